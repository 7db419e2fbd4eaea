"""Laws about policies: they only narrow; what widens is an exception, and only where it says."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.decision import Reason
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Mode, Policy, PolicyException, Rule
from tests.property.proving import Effect, effect, law
from tests.strategies.changes import (
    demanding_more,
    tightened,
    with_policies,
    with_rules,
)
from tests.strategies.draws import Dice, pick
from tests.strategies.policies import exception, policy, rule
from tests.strategies.worlds import World, any_world, permitted


def world_and_rule(dice: Dice) -> tuple[World, str, Rule]:
    world = any_world(dice)
    into = pick(dice, world.snapshot.policies.policies).id
    return world, into, rule(dice, "u9", world.theme)


@law(world_and_rule, tested=0.15, seen=0.08)
def test_adding_a_rule_never_adds_a_route(case: tuple[World, str, Rule]) -> Effect:
    world, into, added = case
    decided = world.decide()
    if decided.reason is Reason.NO_POLICY:
        return Effect.NONE
    more = with_rules(world, lambda p: (*p.rules, added) if p.id == into else p.rules)
    before, after = permitted(decided), permitted(more.decide())
    assert after <= before
    return effect(before, after)


def world_and_policy(dice: Dice) -> tuple[World, Policy]:
    world = any_world(dice)
    return world, policy(dice, "k9", world.theme)


@law(world_and_policy, tested=0.15, seen=0.08)
def test_adding_a_policy_never_adds_a_route(case: tuple[World, Policy]) -> Effect:
    world, added = case
    policies = world.snapshot.policies
    decided = world.decide()
    if decided.reason is Reason.NO_POLICY:
        return Effect.NONE
    changed = replace(policies, policies=(*policies.policies, added))
    before, after = permitted(decided), permitted(with_policies(world, changed).decide())
    assert after <= before
    return effect(before, after)


@law(any_world, tested=0.15, seen=0.002)
def test_tightening_a_bound_never_adds_a_route(world: World) -> Effect:
    before = permitted(world.decide())
    after = permitted(with_rules(world, lambda p: tuple(map(tightened, p.rules))).decide())
    assert after <= before
    return effect(before, after)


@law(any_world, tested=0.15, seen=0.002)
def test_demanding_better_evidence_never_adds_a_route(world: World) -> Effect:
    def demanding(of: Policy) -> tuple[Rule, ...]:
        return tuple(replace(r, demand=demanding_more(r.demand)) for r in of.rules)

    before = permitted(world.decide())
    after = permitted(with_rules(world, demanding).decide())
    assert after <= before
    return effect(before, after)


def world_and_exception(dice: Dice) -> tuple[World, PolicyException]:
    world = any_world(dice)
    return world, exception(dice, "e9", world.snapshot.policies.policies, world.theme)


@law(world_and_exception, tested=0.2, seen=0.03)
def test_an_exception_adds_only_routes_it_names(case: tuple[World, PolicyException]) -> Effect:
    world, added = case
    policies = world.snapshot.policies
    before = frozenset(world.decide().chain)
    changed = replace(policies, exceptions=(*policies.exceptions, added))
    after = frozenset(with_policies(world, changed).decide().chain)
    assert all(any_matches(added.routes, route) for route in after - before)
    return effect(before, after)


@law(world_and_rule, tested=0.6)
def test_a_rule_that_only_monitors_changes_no_outcome(case: tuple[World, str, Rule]) -> Effect:
    world, into, drawn = case
    watching = replace(drawn, mode=Mode.MONITOR)
    before = world.decide()
    after = with_rules(world, lambda p: (*p.rules, watching) if p.id == into else p.rules).decide()
    assert (after.outcome, after.reason, after.chain) == (
        before.outcome,
        before.reason,
        before.chain,
    )
    return Effect.TESTED if before.candidates else Effect.NONE
