"""Laws about callers: saying more never opens a door, and knowing less of a call never does."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from policy_router.domain.request import RequestFacts
from tests.property.proving import law
from tests.strategies.draws import pick
from tests.strategies.requests import declared_over, plain_requests
from tests.strategies.worlds import World, permitted, worlds


@st.composite
def worlds_and_a_declaration(draw: st.DrawFn) -> tuple[World, RequestFacts]:
    world = replace(draw(worlds()), facts=draw(plain_requests()))
    return world, draw(declared_over(world.facts))


@law(worlds_and_a_declaration(), tested=0.1)
def test_no_declaration_turns_a_denial_into_a_permission(case: tuple[World, RequestFacts]) -> bool:
    """Where `may_declare` does not name the fact: a fact that it names is part of the floor."""
    world, declared = case
    before, after = world.decide(), replace(world, facts=declared).decide()
    assert permitted(after) <= permitted(before)
    assert before.permitted or not after.permitted
    return bool(declared.declared) and any(c.verdicts for c in before.candidates)


def _forgetting(facts: RequestFacts, name: str) -> RequestFacts:
    sets, scalars = dict(facts.sets), dict(facts.scalars)
    if name in sets:
        sets[name] = replace(sets[name], settled=False)
    scalars.pop(name, None)
    return replace(facts, sets=sets, scalars=scalars)


@st.composite
def worlds_and_a_fact(draw: st.DrawFn) -> tuple[World, str]:
    names = ("data", "regime", "subjects", "subject_location", "purpose", "lawful_basis")
    world = replace(draw(worlds()), facts=draw(plain_requests()))
    return world, pick(draw, (*names, "tenant", "environment", "labels.team", "server_tools"))


@law(worlds_and_a_fact(), tested=0.1)
def test_knowing_less_of_a_call_never_adds_a_route(case: tuple[World, str]) -> bool:
    """Of what policies read; what a model must offer is only ever asked of known needs."""
    world, name = case
    before = world.decide()
    after = replace(world, facts=_forgetting(world.facts, name)).decide()
    assert permitted(after) <= permitted(before)
    return bool(permitted(before))
