"""Explanations and audits ask the engine: on random worlds they say what the definition says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.audit.gaps import Gaps, gaps, thing_of
from policy_router.audit.matrix import matrix, reachable_routes
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.reference import covering_policies, decide, question
from policy_router.engine.remedies import remedies
from tests.differential.comparing import ROLLS_A_REQUEST, requests_of
from tests.differential.explaining import cell, differences
from tests.strategies.draws import Dice, rolled
from tests.strategies.requests import plain_request
from tests.strategies.worlds import World, any_world

REQUESTS = 6


@settings(max_examples=150)
@given(rolled(any_world), st.integers(min_value=0, max_value=2**32))
def test_an_explanation_says_what_the_definition_says(world: World, seed: int) -> None:
    """One engine explains several requests, so that nothing it remembers is of another."""
    engine = Engine(world.snapshot)
    dice = Dice(Random(seed).randbytes(REQUESTS * ROLLS_A_REQUEST))  # noqa: S311 - worlds, no secrets
    for facts, moment in requests_of(dice, world, REQUESTS):
        q = question(world.snapshot, facts, moment)
        decided = decide(world.snapshot, facts, moment)
        found = explain(engine, facts, decided)
        assert differences(q, decided, found) == []
        assert [r.candidate for r in found.routes] == list(decided.candidates)


@settings(max_examples=60)
@given(rolled(any_world))
def test_remedies_of_an_explanation_are_those_of_each_route_alone(world: World) -> None:
    decided = world.decide()
    q = question(world.snapshot, world.facts, world.moment)
    found = explain(Engine(world.snapshot), world.facts, decided)
    for route in found.routes:
        if route.blocked:
            assert route.remedied == remedies(q, covering_policies(q), route.candidate)


def _scenarios(world: World, seed: int) -> list[Scenario]:
    dice = Dice(Random(seed).randbytes(REQUESTS * ROLLS_A_REQUEST))  # noqa: S311 - worlds, no secrets
    requests = [replace(world.facts, base=None), *(plain_request(dice) for _ in range(2))]
    return [Scenario(f"s{n}", "", "", r, Span("", 0, 0)) for n, r in enumerate(requests)]


@settings(max_examples=150)
@given(rolled(any_world), st.integers(min_value=0, max_value=2**32))
def test_a_matrix_says_what_the_definition_says(world: World, seed: int) -> None:
    scenarios = _scenarios(world, seed)
    routes = sorted(world.snapshot.registry.routes)
    found = matrix(world.snapshot, scenarios, routes, world.moment)
    for scenario in scenarios:
        for route, said in zip(routes, found.of(scenario.id), strict=True):
            facts = replace(scenario.request, model=route)
            assert said == cell(question(world.snapshot, facts, world.moment), scenario.id)


@settings(max_examples=40)
@given(rolled(any_world), st.integers(min_value=0, max_value=2**32))
def test_gaps_of_all_routes_are_those_of_each_added_up(world: World, seed: int) -> None:
    scenarios = _scenarios(world, seed)
    routes = reachable_routes(world.snapshot)
    whole = gaps(world.snapshot, scenarios, routes, world.moment)
    parts = [
        gaps(world.snapshot, [scenario], [route], world.moment)
        for scenario in scenarios
        for route in routes
    ]
    for counted in (_totals, _alone, _part_of):
        assert counted(whole) == sum((counted(part) for part in parts), Counter())
    texts = {(m.thing, m.scenarios) for m in whole.missing}
    assert {thing for thing, _ in texts} == {m.thing for part in parts for m in part.missing}


@settings(max_examples=60)
@given(rolled(any_world), st.integers(min_value=0, max_value=2**32))
def test_what_a_route_needs_is_what_its_explanation_begins_with(world: World, seed: int) -> None:
    engine, routes = Engine(world.snapshot), sorted(world.snapshot.registry.routes)
    scenario = _scenarios(world, seed)[0]
    for need in gaps(world.snapshot, [scenario], routes, world.moment).needs:
        for route in need.routes if need.things else ():
            asked = replace(scenario.request, model=route)
            told = explain(engine, asked, decide(world.snapshot, asked, world.moment))
            (only,) = told.routes
            assert need.things == tuple(sorted(set(map(thing_of, only.remedies[0]))))


def _totals(found: Gaps) -> Counter[object]:
    names = ("combinations", "permitted", "blocked", "hopeless", "cut", "unfound", "unsearched")
    return Counter({name: getattr(found, name) for name in names}) + Counter()


def _alone(found: Gaps) -> Counter[object]:
    return Counter({m.thing: m.alone for m in found.missing}) + Counter()


def _part_of(found: Gaps) -> Counter[object]:
    return Counter({m.thing: m.part_of for m in found.missing})


def test_nothing_is_asked_of_no_routes() -> None:
    world = any_world(Dice(b""))
    assert matrix(world.snapshot, _scenarios(world, 0), [], world.moment).cells == ()
