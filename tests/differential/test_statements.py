"""What is bound says of each single statement what the definition says, on random worlds."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.compiler.bind import Bound
from policy_router.compiler.formula import Atom
from policy_router.compiler.lower import lower
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from policy_router.engine.matching import FactView, RouteView, holds
from policy_router.engine.suitability import Suitability
from policy_router.engine.wording import shortfalls
from tests.differential.comparing import ROLLS_A_REQUEST, requests_of
from tests.strategies.draws import ROLLS, Dice
from tests.strategies.worlds import World, any_world

REQUESTS = 6
WORLDS = st.binary(min_size=ROLLS, max_size=ROLLS)
SEEDS = st.integers(min_value=0, max_value=2**32)


def _asked(world: World, seed: int) -> list[RequestFacts]:
    """Draw requests at the world's own moment: both views of each."""
    dice = Dice(Random(seed).randbytes(REQUESTS * ROLLS_A_REQUEST))  # noqa: S311
    found = [f for f, m in requests_of(dice, world, REQUESTS) if m == world.moment]
    return [view for facts in found for view in facts.views]


@settings(max_examples=150)
@given(WORLDS, SEEDS)
def test_bits_of_facts(rolls: bytes, seed: int) -> None:
    """Every test on a fact, and every condition made of them."""
    world = any_world(Dice(rolls))
    bound = Bound(lower(world.snapshot.policies), world.snapshot, world.moment)
    policies = world.snapshot.policies
    conditions = [
        *((p.policy.scope, p.scope) for p in bound.policies),
        *((r.planned.rule.when, r.when) for p in bound.policies for r in p.rules),
        *((e.when, c) for e, c in zip(policies.prefer, bound.prefer, strict=True)),
    ]
    for facts in _asked(world, seed):
        view = FactView(world.snapshot, facts, world.moment)
        true, possible = bound.reads.packing.split(bound.reads.bits(facts))
        for number, test in enumerate(bound.plan.fact_atoms):
            truth = view.test(test)
            assert bool(true >> number & 1) is truth.known_true, test
            assert bool(possible >> number & 1) is not truth.known_false, test
        for predicate, when in conditions:
            truth = holds(predicate, view.test)
            assert when.holds(true, possible) is truth.known_true, predicate
            assert when.holds(possible, true) is not truth.known_false, predicate


def test_a_fact_that_is_needed_is_known_or_not() -> None:
    """What `needs` asks for is read off the request as `knows` says."""

    @settings(max_examples=60)
    @given(WORLDS, SEEDS)
    def known(rolls: bytes, seed: int) -> None:
        world = any_world(Dice(rolls))
        reads = Bound(lower(world.snapshot.policies), world.snapshot, world.moment).reads
        for facts in _asked(world, seed):
            true, possible = reads.packing.split(reads.bits(facts))
            for name, statement in reads.known.items():
                assert bool(true & statement) is facts.knows(name), name
                assert bool(possible & statement) is facts.knows(name), name

    known()


@settings(max_examples=100)
@given(WORLDS, SEEDS)
def test_bits_of_routes(rolls: bytes, seed: int) -> None:
    """Every test on an attribute of a route, whatever one takes for granted of open facts."""
    world = any_world(Dice(rolls))
    bound = Bound(lower(world.snapshot.policies), world.snapshot, world.moment)
    for facts in _asked(world, seed):
        bits = bound.reads.bits(facts)
        for number, atom in enumerate(bound.plan.route_atoms):
            for doubt in (UNKNOWN, TRUE, FALSE):
                found = bound.demand(Atom(number), facts, bits, doubt=doubt)
                for n, route in enumerate(bound.routes):
                    view = RouteView(world.snapshot, route, facts, world.moment, atom.demand, doubt)
                    assert tuple(found.at(n)) == _four(view.test(atom.test)), (route.id, atom)


@settings(max_examples=60)
@given(WORLDS, SEEDS)
def test_one_route_meets_what_the_set_says(rolls: bytes, seed: int) -> None:
    """Rules about cost are looked at route by route: the same routes meet them."""
    world = any_world(Dice(rolls))
    bound = Bound(lower(world.snapshot.policies), world.snapshot, world.moment)
    rules = [rule for policy in bound.policies for rule in policy.rules]
    for facts in _asked(world, seed):
        bits = bound.reads.bits(facts)
        for rule in rules:
            met = bound.met(rule, facts, bits)
            for n in range(len(bound.routes)):
                assert bound.meets(rule, n, facts, bits) is bool(met >> n & 1), rule.name


@settings(max_examples=100)
@given(WORLDS, SEEDS)
def test_routes_that_meet_a_need(rolls: bytes, seed: int) -> None:
    """The routes known to offer what a call needs lack nothing of it."""
    world = any_world(Dice(rolls))
    routes = tuple(world.snapshot.registry.routes.values())
    models = world.snapshot.registry.models
    suitability = Suitability(world.snapshot.registry, routes)
    for facts in _asked(world, seed):
        found = suitability.of(facts)
        for n, route in enumerate(routes):
            assert bool(found >> n & 1) is (not shortfalls(models[route.model], facts))


def _four(truth: Truth) -> tuple[bool, bool, bool, bool]:
    return truth.known_true, truth.known_false, truth.may_be_true, truth.may_be_false
