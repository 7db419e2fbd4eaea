"""What records say that permissions rest on is what an explanation finds, whoever asked before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Used
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from policy_router.engine.reference import covering_policies, question
from policy_router.engine.used import rested_on, together
from policy_router.service.decision import Decision
from tests.differential.instants import wandering
from tests.differential.test_used import judged_world
from tests.strategies.draws import Dice, chance, pick, rolled
from tests.strategies.requests import any_request
from tests.strategies.worlds import World

SIZES: Final = [Decimal(size) for size in (1, 900, 100_000, 2_000_000)]
CALLS: Final = 8
ROLLS: Final = 1_200
WORLDS: Final = 150


@settings(max_examples=WORLDS)
@given(rolled(judged_world), st.binary(min_size=ROLLS, max_size=ROLLS))
def test_one_engine_says_of_each_call_what_its_permissions_rest_on(
    world: World, rolls: bytes
) -> None:
    for decision in _decisions(world, Dice(rolls)):
        for route in decision.chain:
            assert decision.rests_on([route]) == _found_alone(decision, [route])
        assert decision.rests_on(decision.chain) == _found_alone(decision, decision.chain)


def test_calls_mostly_rest_on_something_that_another_call_did_not() -> None:
    """The test above would find an engine that told the same of all of them."""
    found: list[set[Used]] = []

    @settings(max_examples=WORLDS, derandomize=True, database=None)
    @given(rolled(judged_world), st.binary(min_size=ROLLS, max_size=ROLLS))
    def count(world: World, rolls: bytes) -> None:
        said = _decisions(world, Dice(rolls))
        found.append({_found_alone(d, [route]) for d in said for route in d.chain[:1]})

    count()
    assert sum(len(each) > 1 for each in found) >= len(found) / 20


def _decisions(world: World, dice: Dice) -> Iterator[Decision]:
    """Permitted calls, one after the other, by an engine that remembers those before."""
    engine = Engine(world.snapshot)
    for wandered in wandering(dice, world.snapshot, CALLS):
        moment = wandered if chance(dice, 1, 3) else world.moment
        facts = any_request(dice) if chance(dice, 1, 2) else world.facts
        facts = _sized(facts, pick(dice, SIZES)) if chance(dice, 1, 2) else facts
        decision = Decision(engine, engine.decide(facts, moment), facts)
        if decision.permitted:
            yield decision


def _sized(facts: RequestFacts, size: Decimal) -> RequestFacts:
    base = None if facts.base is None else _sized(facts.base, size)
    return replace(facts, scalars={**facts.scalars, "tokens.input": size}, base=base)


def _found_alone(decision: Decision, routes: tuple[str, ...] | list[str]) -> Used:
    """The same, route by route, by nobody who remembers anything."""
    made = decision.determination
    q = question(decision.snapshot, decision.facts, Moment(made.at, made.known_at))
    covering = covering_policies(q)
    candidates = (c for c in made.candidates if c.route in routes)
    return together(rested_on(q, covering, each) for each in candidates)
