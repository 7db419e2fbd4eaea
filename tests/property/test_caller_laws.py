"""Laws about callers: saying more never opens a door, and knowing less of a call never does."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.request import RequestFacts
from policy_router.enforcement.facts import Floor, joined
from tests.property.proving import Effect, effect, law
from tests.strategies.draws import Dice, pick
from tests.strategies.requests import Call, call, declared_over, plain_request
from tests.strategies.worlds import World, any_world, permitted


def world_and_declaration(dice: Dice) -> tuple[World, RequestFacts]:
    world = replace(any_world(dice), facts=plain_request(dice))
    return world, declared_over(dice, world.facts)


@law(world_and_declaration, tested=0.15, seen=0.002)
def test_no_declaration_turns_a_denial_into_a_permission(
    case: tuple[World, RequestFacts],
) -> Effect:
    """Where `may_declare` does not name the fact: a fact that it names is part of the floor."""
    world, declared = case
    before, after = world.decide(), replace(world, facts=declared).decide()
    assert permitted(after) <= permitted(before)
    assert before.permitted or not after.permitted
    return effect(permitted(before), permitted(after), at_stake=bool(declared.declared))


def world_and_call(dice: Dice) -> tuple[World, Call]:
    return any_world(dice), call(dice)


@law(world_and_call, tested=0.1)
def test_only_what_a_caller_may_declare_opens_anything(case: tuple[World, Call]) -> Effect:
    """Facts joined as they are where calls come in over HTTP."""
    world, made = case
    floor = Floor(made.floor, made.may_declare, "caller")
    settled = tuple(said for said in made.declared if said[0] in made.may_declare)
    before, after = (
        replace(world, facts=joined(floor, made.shown, said)).decide()
        for said in (settled, made.declared)
    )
    assert permitted(after) <= permitted(before)
    assert before.permitted or not after.permitted
    return effect(permitted(before), permitted(after), at_stake=settled != made.declared)


def world_and_free_call(dice: Dice) -> tuple[World, Call]:
    world, made = world_and_call(dice)
    return world, replace(made, may_declare=frozenset(name for name, _ in made.declared))


@law(world_and_free_call, tested=0.1, seen=0.015)
def test_what_a_caller_may_declare_is_as_good_as_its_floor(case: tuple[World, Call]) -> Effect:
    world, made = case
    declared = joined(Floor(made.floor, made.may_declare, "caller"), made.shown, made.declared)
    mere = joined(Floor(made.floor, frozenset(), "caller"), made.shown, made.declared)
    assert declared.base is None
    before, after = (replace(world, facts=f).decide() for f in (mere, declared))
    assert permitted(before) <= permitted(after)
    return effect(permitted(before), permitted(after))


def _forgetting(facts: RequestFacts, name: str) -> RequestFacts:
    sets, scalars = dict(facts.sets), dict(facts.scalars)
    if name in sets:
        sets[name] = replace(sets[name], settled=False)
    scalars.pop(name, None)
    return replace(facts, sets=sets, scalars=scalars)


def world_and_fact(dice: Dice) -> tuple[World, str]:
    names = ("data", "regime", "subjects", "subject_location", "purpose", "lawful_basis")
    world = replace(any_world(dice), facts=plain_request(dice))
    return world, pick(dice, (*names, "labels.team", "server_tools", "stateful"))


@law(world_and_fact, tested=0.15, seen=0.002)
def test_knowing_less_of_a_call_never_adds_a_route(case: tuple[World, str]) -> Effect:
    """Of what policies read; what a model must offer is only ever asked of known needs."""
    world, name = case
    before = permitted(world.decide())
    after = permitted(replace(world, facts=_forgetting(world.facts, name)).decide())
    assert after <= before
    return effect(before, after)
