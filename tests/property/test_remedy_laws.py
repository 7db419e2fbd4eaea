"""The sets of steps that a search finds are all the smallest there are: tried one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, islice

from policy_router.domain.decision import Candidate
from policy_router.engine.proposals import Proposals
from policy_router.engine.reference import candidate_for, covering_policies, question
from policy_router.engine.remedies import LARGEST_SET, MOST_KEPT, Search, remedies
from policy_router.engine.setwise import Bounds
from policy_router.engine.steps import Step, about_route
from policy_router.engine.trial import Trial, blocking
from tests.property.proving import Effect, law
from tests.strategies.changes import with_rules
from tests.strategies.draws import Dice, chance
from tests.strategies.worlds import World, any_world

MOST_STEPS = 8
MOST_WAYS = 2


def sparing(dice: Dice) -> World:
    """Draw a world in which mostly nothing may be waived, so that there is something to search."""
    world = any_world(dice)
    if chance(dice, 1, 4):
        return world
    return with_rules(world, lambda p: tuple(replace(r, waivable=False) for r in p.rules))


def _blocked(world: World) -> list[Candidate]:
    return [c for c in world.decide().candidates if c.verdicts and not c.permitted]


@law(sparing, tested=0.2, seen=0.15)
def test_every_smallest_set_is_found_and_nothing_else(world: World) -> Effect:
    """Of the steps proposed, in the first ways to choose what they say."""
    q = question(world.snapshot, world.facts, world.moment)
    tested = Effect.NONE
    for candidate in _blocked(world):
        trial = Trial(q, covering_policies(q), q.snapshot.registry.routes[candidate.route])
        bounds, blocked = Bounds(LARGEST_SET, MOST_KEPT), tuple(blocking(candidate.verdicts))
        contents = Proposals(trial.now, trial.rules, blocked, bounds).contents()
        for steps in islice(contents, MOST_WAYS):
            found = Search(trial, steps, blocked, bounds).smallest()
            if len(steps) <= MOST_STEPS and not bounds.cut:
                assert sorted(found) == sorted(_tried_one_by_one(trial, steps))
                tested = Effect.SEEN if found else max(tested, Effect.TESTED, key=len)
    return tested


def _tried_one_by_one(trial: Trial, steps: Sequence[Step]) -> list[int]:
    found: list[int] = []
    for size in range(len(steps) + 1):
        for chosen in combinations(range(len(steps)), size):
            bits = sum(1 << n for n in chosen)
            smaller = any(f & bits == f for f in found)
            if not smaller and trial.permits([steps[n] for n in chosen]):
                found.append(bits)
    return found


@law(sparing, tested=0.3)
def test_looking_at_one_route_alone_changes_nothing(world: World) -> Effect:
    """What a search starts from: the route by itself, its agreements hop by hop."""
    q = question(world.snapshot, world.facts, world.moment)
    covering = covering_policies(q)
    for candidate in world.decide().candidates:
        route = q.snapshot.registry.routes[candidate.route]
        alone = replace(q, snapshot=about_route(q, route))
        assert candidate_for(alone, covering, route) == candidate
    return Effect.TESTED if world.decide().candidates else Effect.NONE


@law(sparing, tested=0.2)
def test_the_order_of_documents_and_the_time_of_asking_change_no_remedy(world: World) -> Effect:
    q = question(world.snapshot, world.facts, world.moment)
    registry = world.snapshot.registry
    turned = replace(
        registry,
        agreements=registry.agreements[::-1],
        signoffs=registry.signoffs[::-1],
        routes=dict(sorted(registry.routes.items(), reverse=True)),
    )
    other = replace(q, snapshot=replace(world.snapshot, registry=turned))
    blocked = _blocked(world)
    for candidate in blocked:
        first = remedies(q, covering_policies(q), candidate)
        assert remedies(q, covering_policies(q), candidate) == first
        assert remedies(other, covering_policies(other), candidate) == first
    return Effect.TESTED if blocked else Effect.NONE
