"""Routes in one situation: whatever is decided of one is decided of the other."""

from __future__ import annotations

from dataclasses import replace

from policy_router.audit.situations import situations
from policy_router.domain import policy
from policy_router.domain.decision import Candidate
from policy_router.domain.diagnostic import Span
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import decide
from tests.property.proving import Effect, law
from tests.strategies.draws import Dice
from tests.strategies.worlds import World, any_world

TWIN = "twin"


def twinned(dice: Dice) -> World:
    """Draw a world in which some route has a twin that may differ in one thing."""
    world = any_world(dice)
    registry = world.snapshot.registry
    routes = [registry.routes[i] for i in sorted(registry.routes)]
    first = routes[dice.roll(len(routes))]
    second = routes[dice.roll(len(routes))]
    twin = replace(first, id=TWIN, address=TWIN)
    model = replace(registry.models[first.model], id=TWIN)
    match dice.roll(12):
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
        case 5:
            world = replace(world, snapshot=_naming(world.snapshot))
        case _:
            pass
    grown = replace(
        registry,
        routes={**registry.routes, TWIN: twin},
        models={**registry.models, TWIN: model},
    )
    return replace(world, snapshot=replace(world.snapshot, registry=grown))


def _naming(snapshot: Snapshot) -> Snapshot:
    """Let every rule apply only to the twin, asked for by name."""
    asked = policy.Test("requested.model", policy.Matcher.IS, (TWIN,), None, Span("", 0, 0))
    policies = tuple(
        replace(p, rules=tuple(replace(r, when=policy.All((r.when, asked))) for r in p.rules))
        for p in snapshot.policies.policies
    )
    return replace(snapshot, policies=replace(snapshot.policies, policies=policies))


@law(twinned, tested=0.1)
def test_routes_in_one_situation_come_out_alike(world: World) -> Effect:
    tells_apart = situations(world.snapshot, world.moment)
    found: dict[object, tuple[str, object]] = {}
    tested = Effect.NONE
    for route in world.snapshot.registry.routes.values():
        key = tells_apart.of(route, replace(world.facts, model=route.id))
        outcome = _outcome(world, route)
        if key in found:
            other, expected = found[key]
            assert outcome == expected, f"{route.id} and {other}"
            tested = Effect.TESTED
        found[key] = (route.id, outcome)
    return tested


def _outcome(world: World, route: Route) -> object:
    """All of a decision but names."""
    base = world.facts.base
    facts = replace(
        world.facts,
        model=route.id,
        base=None if base is None else replace(base, model=route.id),
    )
    decided = decide(world.snapshot, facts, world.moment)
    seen = tuple(_verdicts(candidate) for candidate in decided.candidates)
    return (decided.outcome, decided.reason, decided.missing, seen)


def _verdicts(candidate: Candidate) -> object:
    return (candidate.permitted, candidate.unsuitable, candidate.verdicts)
