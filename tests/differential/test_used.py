"""What a permission rests on: the named and nothing else, as trying it in the definition shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hypothesis import given, settings

from policy_router.audit.matrix import matrix
from policy_router.domain.decision import RuleVerdict
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Mode
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import Used
from policy_router.engine.question import Question
from policy_router.engine.reference import candidate_for, covering_policies, decide
from policy_router.engine.used import together
from tests.strategies.changes import with_registry
from tests.strategies.draws import Dice, chance, rolled
from tests.strategies.themes import JUDGED, contract_theme
from tests.strategies.worlds import World, any_world, world_about


def _world(dice: Dice) -> World:
    """Draw a world in which contracts and judgements often decide."""
    if not chance(dice, 4, 5):
        return any_world(dice)
    judged = contract_theme(dice, shapes=JUDGED) if chance(dice, 1, 2) else contract_theme(dice)
    return world_about(dice, judged)


def _enforced(world: World, route: str) -> list[RuleVerdict]:
    q = Question(world.snapshot, world.facts, world.moment)
    found = candidate_for(q, covering_policies(q), world.snapshot.registry.routes[route])
    return [v for v in found.verdicts if v.mode is Mode.ENFORCE]


def _with_only(world: World, kept: Collection[str]) -> World:
    """The world without the agreements and approvals that are not kept."""
    registry = world.snapshot.registry
    less = replace(
        registry,
        agreements=tuple(a for a in registry.agreements if a.id in kept),
        signoffs=tuple(s for s in registry.signoffs if s.id in kept or not s.approved),
    )
    return with_registry(world, less)


@settings(max_examples=200)
@given(rolled(_world))
def test_a_permission_rests_on_what_is_named_and_on_no_less(world: World) -> None:
    decided = world.decide()
    if decided.route is None:
        return
    used = explain(Engine(world.snapshot), world.facts, decided).used
    named = {*used.agreements, *used.signoffs}
    before = _enforced(world, decided.route)
    assert _enforced(_with_only(world, named), decided.route) == before
    for each in named:
        assert _enforced(_with_only(world, named - {each}), decided.route) != before
    assert set(used.exceptions) == {v.exception for v in before if v.exception}


@settings(max_examples=100)
@given(rolled(_world))
def test_an_audit_rests_on_what_its_permissions_rest_on(world: World) -> None:
    routes = sorted(world.snapshot.registry.routes)
    request = replace(world.facts, base=None)
    scenario = Scenario("s", "", "", request, Span("", 0, 0))
    found = matrix(world.snapshot, [scenario], routes, world.moment)
    engine = Engine(world.snapshot)
    each: list[Used] = []
    for route in routes:
        asked = replace(request, model=route)
        decided = decide(world.snapshot, asked, world.moment)
        if decided.permitted:
            each.append(explain(engine, asked, decided).used)
    assert found.used == together(each)
