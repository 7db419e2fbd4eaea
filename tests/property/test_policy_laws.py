"""Laws about policies: they only narrow; what widens is an exception, and only where it says."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from policy_router.domain.policy import Mode, Policy, PolicyException, Rule
from policy_router.domain.patterns import any_matches
from tests.property.proving import law
from tests.strategies.changes import (
    demanding_more,
    tightened,
    with_policies,
    with_rules,
)
from tests.strategies.draws import chance, pick
from tests.strategies.policies import exception, policy, rule
from tests.strategies.worlds import World, permitted, worlds


@st.composite
def worlds_and_a_rule(draw: st.DrawFn) -> tuple[World, str, Rule]:
    world = draw(worlds())
    into = pick(draw, world.snapshot.policies.policies).id
    return world, into, rule(draw, "u9", world.matchable, watched=chance(draw, 1, 6))


@law(worlds_and_a_rule(), tested=0.1)
def test_adding_a_rule_never_adds_a_route(case: tuple[World, str, Rule]) -> bool:
    world, into, added = case
    before = permitted(world.decide())
    after = permitted(
        with_rules(world, lambda p: (*p.rules, added) if p.id == into else p.rules).decide()
    )
    assert after <= before
    return bool(before)


@st.composite
def worlds_and_a_policy(draw: st.DrawFn) -> tuple[World, Policy]:
    world = draw(worlds())
    return world, policy(draw, "k9", world.matchable)


@law(worlds_and_a_policy(), tested=0.1)
def test_adding_a_policy_never_adds_a_route(case: tuple[World, Policy]) -> bool:
    world, added = case
    policies = world.snapshot.policies
    decided = world.decide()
    if not any(c.verdicts for c in decided.candidates):
        return False
    changed = replace(policies, policies=(*policies.policies, added))
    assert permitted(with_policies(world, changed).decide()) <= permitted(decided)
    return decided.permitted


@law(worlds(), tested=0.1)
def test_tightening_a_bound_never_adds_a_route(world: World) -> bool:
    before = permitted(world.decide())
    after = permitted(with_rules(world, lambda p: tuple(map(tightened, p.rules))).decide())
    assert after <= before
    return after < before


@law(worlds(), tested=0.1)
def test_demanding_better_evidence_never_adds_a_route(world: World) -> bool:
    def demanding(of: Policy) -> tuple[Rule, ...]:
        return tuple(replace(r, demand=demanding_more(r.demand)) for r in of.rules)

    before = permitted(world.decide())
    after = permitted(with_rules(world, demanding).decide())
    assert after <= before
    return after < before


@st.composite
def worlds_and_an_exception(draw: st.DrawFn) -> tuple[World, PolicyException]:
    world = draw(worlds())
    return world, exception(draw, "e9", world.snapshot.policies.policies, world.matchable)


@law(worlds_and_an_exception(), tested=0.05)
def test_an_exception_adds_only_routes_it_names(case: tuple[World, PolicyException]) -> bool:
    world, added = case
    policies = world.snapshot.policies
    before = frozenset(world.decide().chain)
    changed = replace(policies, exceptions=(*policies.exceptions, added))
    after = frozenset(with_policies(world, changed).decide().chain)
    assert all(any_matches(added.routes, route) for route in after - before)
    return after > before


@law(worlds_and_a_rule(), tested=0.3)
def test_a_rule_that_only_monitors_changes_no_outcome(case: tuple[World, str, Rule]) -> bool:
    world, into, drawn = case
    watching = replace(drawn, mode=Mode.MONITOR)
    before = world.decide()
    after = with_rules(
        world, lambda p: (*p.rules, watching) if p.id == into else p.rules
    ).decide()
    assert (after.outcome, after.reason, after.chain) == (before.outcome, before.reason, before.chain)
    return bool(before.candidates)
