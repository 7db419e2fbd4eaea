"""What the benchmarks time gives the same answers everywhere; nothing here is timed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench import baseline, calls, others, rules, tuned
from bench.calls import Asking
from bench.speed import must_answer_alike
from bench.world import NOW, World, world
from policy_router.domain.policy import PolicySet
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide

SIZE = 200
ASKED = 400


@pytest.fixture(scope="module")
def small() -> World:
    return world(SIZE)


def chosen(w: World, policies: PolicySet, asked: list[Asking]) -> list[str | None]:
    engine = Engine(w.under(policies))
    return [engine.decide(a.facts, NOW).route for a in asked]


def looped(w: World, asked: list[Asking]) -> list[str | None]:
    return [baseline.choose(w.rows, a.call) for a in asked]


def test_the_world_has_the_size_asked_for_and_a_row_for_every_route(small: World) -> None:
    assert len(small.rows) == SIZE
    assert [row.id for row in small.rows] == sorted(small.registry.routes)


def test_a_world_is_the_same_every_time(small: World) -> None:
    assert world(SIZE) == small


def test_no_two_requests_are_the_same() -> None:
    for asked in (calls.usual(ASKED, 1), calls.many(ASKED, 1)):
        stated = {(*sorted(a.facts.sets["data"].members), *a.facts.scalars.values()) for a in asked}
        assert len(stated) == ASKED


def test_the_loop_gives_the_engines_answers(small: World) -> None:
    asked = calls.usual(ASKED, 1)
    answers = looped(small, asked)
    assert answers == chosen(small, rules.usual(), asked)
    assert None in answers
    assert len(set(answers)) > 5


def test_the_tuned_loop_gives_the_same_answers(small: World) -> None:
    asked = calls.usual(ASKED, 1)
    slotted = [tuned.slotted(row) for row in small.rows]
    assert [tuned.choose(slotted, a.call) for a in asked] == looped(small, asked)


def test_the_loop_over_a_models_routes_gives_the_engines_answers(small: World) -> None:
    asked = calls.usual(ASKED, 2, models=sorted(small.registry.models))
    answers = [
        baseline.choose([r for r in small.rows if r.model == a.facts.model], a.call) for a in asked
    ]
    assert answers == chosen(small, rules.usual(), asked)
    assert len(set(answers)) > 5


def test_the_loop_by_cost_gives_the_engines_answers(small: World) -> None:
    asked = calls.usual(ASKED, 3, sized=True)
    answers = [baseline.choose_by_cost(small.rows, a.call, *a.size) for a in asked]
    assert answers == chosen(small, rules.usual(rules.BY_COST), asked)
    assert answers != looped(small, asked)


def test_the_loop_under_many_rules_gives_the_engines_answers(small: World) -> None:
    asked = calls.many(ASKED, 4)
    answers = looped(small, asked)
    assert answers == chosen(small, rules.many(), asked)
    assert len(set(answers)) > 5


def test_nothing_is_timed_that_is_answered_otherwise(small: World) -> None:
    must_answer_alike(small, small.under(rules.usual()))
    cards = {i: replace(m, input_modalities=None) for i, m in small.registry.models.items()}
    unknown = replace(small, registry=replace(small.registry, models=cards))
    with pytest.raises(RuntimeError, match="the engine chooses `None` where the loop has"):
        must_answer_alike(small, unknown.under(rules.usual()))


@pytest.mark.parametrize("policies", [rules.usual(), rules.usual(rules.BY_COST), rules.many()])
def test_the_reference_gives_the_engines_answers(small: World, policies: PolicySet) -> None:
    snapshot = small.under(policies)
    asked = [*calls.usual(2, 5), *calls.usual(2, 6, sized=True), *calls.many(2, 7)]
    engine = Engine(snapshot)
    for asking in asked:
        decided = engine.decide(asking.facts, NOW).determination()
        assert decided == decide(snapshot, asking.facts, NOW)


@pytest.mark.parametrize("engine", others.PACKAGES)
def test_other_engines_give_the_same_answers(small: World, engine: str) -> None:
    if not others.installed(engine):
        pytest.skip(f"{engine} is not installed; `make bench` installs it")
    asked = calls.usual(20, 8)
    assert list(others.answers(engine, small.rows, asked).routes) == looped(small, asked)


def test_an_engine_that_fails_says_why(small: World) -> None:
    if not others.PYTHON.exists():
        pytest.skip("`make bench` makes the environment for other engines")
    with pytest.raises(RuntimeError, match="no-such-engine"):
        others.answers("no-such-engine", small.rows, [])
