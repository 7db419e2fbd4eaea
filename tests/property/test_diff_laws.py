"""What a change of documents turns: all of it, and nothing else; by the definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from policy_router.audit.causes import Cause, Turn
from policy_router.audit.changes import Difference
from policy_router.audit.mixing import Mixture
from policy_router.audit.outlooks import Cell, Outlook, outlook_of
from policy_router.audit.turns import Turns, turns
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Used
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, decide, is_reachable, question
from policy_router.engine.used import rested_on
from tests.property.proving import Effect, law
from tests.small import HERE
from tests.strategies.draws import Dice, chance, pick
from tests.strategies.policies import policy_set
from tests.strategies.registries import registry
from tests.strategies.requests import any_request
from tests.strategies.worlds import World, any_world

Changed = tuple[World, Snapshot, tuple[Scenario, ...]]
_PARTS = ("gateways", "providers", "models", "routes", "agreements", "signoffs", "adequacy")


def changed(dice: Dice) -> Changed:
    """Draw a world, another state of its documents, and two scenarios."""
    world = any_world(dice)
    old = world.snapshot
    other = Snapshot(policy_set(dice, world.theme), registry(dice, world.theme))
    policies, known = old.policies, old.registry
    if chance(dice, 1, 2):
        policies = replace(policies, policies=other.policies.policies)
    if chance(dice, 1, 4):
        exceptions, gateways = other.policies.exceptions, other.policies.gateways
        policies = replace(policies, exceptions=exceptions, gateways=gateways)
    for part in _PARTS:
        if chance(dice, 1, 3):
            known = replace(known, **{part: getattr(other.registry, part)})
    known = _without_one_route(dice, known) if chance(dice, 1, 4) else known
    facts = world.facts, any_request(dice)
    scenarios = tuple(Scenario(f"s{n}", "", "", f, HERE) for n, f in enumerate(facts))
    return world, Snapshot(policies, known), scenarios


def _without_one_route(dice: Dice, known: Registry) -> Registry:
    gone = pick(dice, sorted(known.routes))
    return replace(known, routes={n: r for n, r in known.routes.items() if n != gone})


def defined(
    snapshot: Snapshot, scenarios: Iterable[Scenario], moment: Moment
) -> dict[Cell, Outlook]:
    """What the definition decides of each scenario on each route."""
    return {
        (s.id, route): outlook(question(snapshot, replace(s.request, model=route), moment))
        for s in scenarios
        for route in snapshot.registry.routes
    }


def outlook(q: Question) -> Outlook:
    decided = decide(q.snapshot, q.facts, q.moment)
    if not decided.permitted:
        return outlook_of(decided, Used())
    return outlook_of(decided, rested_on(q, covering_policies(q), decided.candidates[0]))


def reported(found: Turns) -> dict[Cell, tuple[Turn, Cause]]:
    return {
        (scenario, route): (each.turn, each.cause)
        for each in found.turned
        for scenario in each.scenarios
        for route in each.routes
    }


@law(changed, tested=0.5, seen=0.3, times=2)
def test_every_change_is_told_and_no_other(case: Changed) -> Effect:
    world, new, scenarios = case
    old, moment = world.snapshot, world.moment
    before, after = (defined(s, scenarios, moment) for s in (old, new))
    within = {
        name
        for s in (old, new)
        for name, route in s.registry.routes.items()
        if is_reachable(s, route)
    }
    expected = {
        cell
        for cell in {*before, *after}
        if cell[1] in within and _differs(before.get(cell), after.get(cell))
    }
    found = reported(turns(old, new, scenarios, moment))
    assert set(found) == expected
    for cell, (turn, _) in found.items():
        assert (turn.before, turn.after) == (before.get(cell), after.get(cell))
    return Effect.SEEN if expected else Effect.TESTED


def _differs(one: Outlook | None, other: Outlook | None) -> bool:
    if one is None or other is None:
        return any(o is not None and o.permitted for o in (one, other))
    return one != other


@law(changed, tested=0.5, seen=0.3, times=1)
def test_what_is_said_to_have_done_it_did_and_nothing_can_be_left_out(case: Changed) -> Effect:
    world, new, scenarios = case
    old, moment = world.snapshot, world.moment
    found = turns(old, new, scenarios, moment)
    mixture = Mixture(old, new, {*old.registry.routes, *new.registry.routes})
    every = defined(mixture.with_(found.differences), scenarios, moment)
    made: dict[tuple[Difference, ...], Mapping[Cell, Outlook]] = {}

    def does_it(cell: Cell, turn: Turn, differences: tuple[Difference, ...]) -> bool:
        if differences not in made:
            made[differences] = defined(mixture.with_(differences), scenarios, moment)
        return not _differs(made[differences].get(cell), turn.after)

    for cell, (turn, cause) in reported(found).items():
        assert not _differs(every.get(cell), turn.after)
        own = tuple(d for d in found.differences if d.kind != "route" or d.id == cell[1])
        alone = [d for d in own if does_it(cell, turn, (d,))]
        assert {_nameless(d) for d in alone} == set(cause.alone)
        assert bool(cause.alone) is not bool(cause.together)
        together = tuple(d for d in own if _nameless(d) in cause.together)
        assert len(together) == len(cause.together)
        assert not together or does_it(cell, turn, together)
        for left_out in together:
            assert not does_it(cell, turn, tuple(d for d in together if d != left_out))
    return Effect.SEEN if found.turned else Effect.TESTED


def _nameless(d: Difference) -> Difference:
    return replace(d, id="") if d.kind == "route" and not d.what else d
