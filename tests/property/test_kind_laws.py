"""Routes of one kind: whatever is said of one holds of the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from policy_router.audit.asking import Sorting, asked
from policy_router.domain import policy
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Model, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import Kinds, by_claims, by_outcome, by_steps
from policy_router.engine.reference import covering_policies, decide, question
from policy_router.engine.remedies import remedies
from policy_router.engine.shortfalls import rests_on_claims
from tests.differential.explaining import shortfalls_of
from tests.property.proving import Effect, law
from tests.small import exception
from tests.strategies.changes import with_registry
from tests.strategies.draws import Dice, chance
from tests.strategies.worlds import World, any_world

TWIN = "twin"
_NAMED = 5
_EXCEPTED = 6


def twinned(dice: Dice) -> World:
    """Draw a world in which some route has a twin that may differ in one thing."""
    world = any_world(dice)
    if chance(dice, 2, 3):
        world = with_registry(world, _of_providers_alone(world.snapshot.registry))
    registry = world.snapshot.registry
    routes = [registry.routes[i] for i in sorted(registry.routes)]
    first, second = (routes[dice.roll(len(routes))] for _ in range(2))
    kind = dice.roll(12)
    twin, model = _twin(kind, first, second, registry)
    grown = replace(
        registry,
        routes={**registry.routes, TWIN: twin},
        models={**registry.models, TWIN: model},
    )
    snapshot = replace(world.snapshot, registry=grown)
    if kind == _EXCEPTED:
        snapshot = _excepting(snapshot, first)
    return replace(world, snapshot=_naming(snapshot) if kind == _NAMED else snapshot)


def _twin(kind: int, first: Route, second: Route, registry: Registry) -> tuple[Route, Model]:
    """A route that is `first` but for one thing, which it has from `second`; and a model."""
    twin = replace(first, id=TWIN, address=TWIN)
    model = replace(registry.models[first.model], id=TWIN)
    match kind:
        case 0:
            twin = replace(twin, claims=second.claims, provider=second.provider)
        case 1:
            twin = replace(twin, prices=second.prices, stage=second.stage)
        case 2:
            twin = replace(twin, model=second.model)
        case 3:
            twin = replace(twin, gateway=second.gateway)
        case 4:
            model = replace(model, claims=registry.models[second.model].claims)
            twin = replace(twin, model=model.id)
        case _:
            pass
    return twin, model


def _of_providers_alone(registry: Registry) -> Registry:
    """Let routes and models claim nothing of their own, as in most catalogues."""
    return replace(
        registry,
        routes={i: replace(r, claims=()) for i, r in registry.routes.items()},
        models={i: replace(m, claims=()) for i, m in registry.models.items()},
    )


def _naming(snapshot: Snapshot) -> Snapshot:
    """Let every rule apply only to the twin, asked for by name."""
    asked = policy.Test("requested.model", policy.Matcher.IS, (TWIN,), None, Span("", 0, 0))
    policies = tuple(
        replace(p, rules=tuple(replace(r, when=policy.All((r.when, asked))) for r in p.rules))
        for p in snapshot.policies.policies
    )
    return replace(snapshot, policies=replace(snapshot.policies, policies=policies))


def _excepting(snapshot: Snapshot, route: Route) -> Snapshot:
    """Let every rule except one route, and not its twin, once it claims what is not claimed yet."""
    rules = [f"{p.id}/{r.id}" for p in snapshot.policies.policies for r in p.rules]
    granted = tuple(
        exception(f"for-{n}", of=rule, routes=(route.id,), training=("prohibited",))
        for n, rule in enumerate(rules)
    )
    return replace(snapshot, policies=replace(snapshot.policies, exceptions=granted))


@law(twinned, tested=0.2)
def test_routes_of_one_kind_come_out_alike(world: World) -> Effect:
    """In every word, but for the name and what is a route's own."""
    return _compared(world, by_claims, _in_every_word)


@law(twinned, tested=0.2)
def test_routes_of_one_kind_have_the_same_remedies(world: World) -> Effect:
    """What would change it is the same for all of them."""
    return _compared(world, by_claims, _remedies)


@law(twinned, tested=0.2)
def test_routes_alike_in_what_is_read_have_the_same_remedies(world: World) -> Effect:
    """However much else tells them apart, if they can be used at all."""

    def usable(c: Circumstances, facts: RequestFacts, suitable: int) -> Kinds:
        can_be_used = suitable & c.bound.live & c.bound.reachable
        alike = (bits & can_be_used for bits in by_steps(c, facts).sets)
        return Kinds(filter(None, alike), len(c.bound.routes))

    return _compared(world, usable, _remedies)


@law(twinned, tested=0.6)
def test_routes_with_one_outcome_have_the_same_verdicts(world: World) -> Effect:
    """However different what is claimed of them."""
    return _compared(world, by_outcome, _verdicts)


def _compared(world: World, sort: Sorting, outcome: Callable[[World, str], object]) -> Effect:
    alone = replace(world, facts=replace(world.facts, base=None))
    scenario = Scenario("s", "", "", alone.facts, Span("", 0, 0))
    routes = sorted(world.snapshot.registry.routes)
    tested = Effect.NONE
    for part in asked(Engine(world.snapshot), scenario, routes, world.moment, sort):
        for kind in part.kinds:
            first, *others = part.ids(kind.routes)
            if others:
                said = outcome(alone, first)
                assert all(outcome(alone, other) == said for other in others)
                tested = Effect.TESTED
    return tested


def _verdicts(world: World, route: str) -> object:
    decided = decide(world.snapshot, replace(world.facts, model=route), world.moment)
    seen = tuple((c.permitted, bool(c.unsuitable), c.verdicts) for c in decided.candidates)
    return (decided.outcome, decided.reason, decided.missing, seen)


def _in_every_word(world: World, route: str) -> object:
    """All that the definition says of a route."""
    q = question(world.snapshot, replace(world.facts, model=route), world.moment)
    found: list[object] = [_verdicts(world, route)]
    for candidate in decide(q.snapshot, q.facts, q.moment).candidates:
        shared = [s for s in shortfalls_of(q, candidate) if rests_on_claims(s.subject)]
        found.append(shared)
    return found


def _remedies(world: World, route: str) -> object:
    """What would change what is decided of a route."""
    q = question(world.snapshot, replace(world.facts, model=route), world.moment)
    candidates = decide(q.snapshot, q.facts, q.moment).candidates
    blocked = [c for c in candidates if c.verdicts and not c.permitted]
    return [remedies(q, covering_policies(q), candidate) for candidate in blocked]
