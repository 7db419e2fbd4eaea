"""What a decision rests on, and what is recorded in vain: as the definition shows it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from hypothesis import given, settings

from policy_router.audit.matrix import matrix
from policy_router.domain.decision import RuleVerdict, Used
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Mode, Rule
from policy_router.domain.route import Route
from policy_router.engine import matching
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.reference import candidate_for, covering_policies, decide, question
from policy_router.engine.used import together
from policy_router.registry.hops import hops_of
from tests.strategies.changes import with_registry
from tests.strategies.draws import Dice, chance, rolled
from tests.strategies.themes import JUDGED, contract_theme
from tests.strategies.worlds import World, any_world, world_about


def judged_world(dice: Dice) -> World:
    """Draw a world in which contracts and judgements often decide."""
    if not chance(dice, 4, 5):
        return any_world(dice)
    judged = contract_theme(dice, shapes=JUDGED) if chance(dice, 1, 2) else contract_theme(dice)
    return world_about(dice, judged)


def _enforced(world: World, route: str) -> list[RuleVerdict]:
    q = question(world.snapshot, world.facts, world.moment)
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
@given(rolled(judged_world))
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
@given(rolled(judged_world))
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


@settings(max_examples=200)
@given(rolled(judged_world))
def test_every_judgement_and_exception_that_does_not_count_says_why(world: World) -> None:
    """Where a rule asks for one kind of sign-off in vain, no approval about the route counts."""
    q = question(world.snapshot, world.facts, world.moment)
    found = explain(Engine(world.snapshot), world.facts, world.decide())
    rules = {(p.id, r.id): r for p in covering_policies(q) for r in p.rules}
    for told in found.routes:
        route = world.snapshot.registry.routes[told.route]
        said = {(each.rule, each.id) for each in told.no_help}
        assert all(each.why for each in told.no_help)
        for each in told.rules:
            name = f"{each.verdict.policy}/{each.verdict.rule}"
            if each.verdict.verdict.allows:
                assert not any(rule == name for rule, _ in said)
                continue
            rule = rules[each.verdict.policy, each.verdict.rule]
            wanted = {n for s in each.shortfalls if s.subject == "signoff" for n in _kinds(rule)}
            vain = [*_approvals(world, route, wanted), *_exceptions(world, route, each.verdict)]
            assert {(name, i) for i in vain} <= said


def _kinds(rule: Rule) -> tuple[str, ...]:
    """The kind of sign-off a rule asks for, where it asks for one and in one place."""
    parts = [part for part in (rule.require, *rule.forbid) if part is not None]
    asked = [t for part in parts for t in matching.tests_in(part) if t.subject == "signoff"]
    return asked[0].names if len(asked) == 1 and len(asked[0].names) == 1 else ()


def _approvals(world: World, route: Route, kinds: set[str]) -> Iterator[str]:
    hops = hops_of(world.snapshot.registry, route)
    for s in world.snapshot.registry.signoffs:
        about = any_matches(s.routes, route.id) or not s.importers.isdisjoint(hops)
        if s.approved and s.type in kinds and about:
            yield s.id


def _exceptions(world: World, route: Route, ruled: RuleVerdict) -> Iterator[str]:
    for e in world.snapshot.policies.exceptions:
        if (e.policy, e.rule) == (ruled.policy, ruled.rule) and any_matches(e.routes, route.id):
            yield e.id
