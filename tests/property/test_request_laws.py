"""Requests of which the search for steps reads the same: what it finds for one is for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.engine.decide import Engine
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, decide, question
from policy_router.engine.remedies import remedies
from policy_router.engine.steps_read import read_of_request
from tests.property.proving import Effect, law
from tests.strategies.draws import Dice, chance
from tests.strategies.requests import any_request
from tests.strategies.worlds import World, any_world

Pair = tuple[World, RequestFacts]
Value = TypeVar("Value", SetFact, FactValue)
_MIXED = ("data", "subjects", "subject_location", "purpose", "tenant", "lawful_basis")


def _pair(dice: Dice) -> Pair:
    """Draw a world, and its request with some facts of another, few of which rules ask for."""
    world, other = any_world(dice), any_request(dice)
    sets = _mixed(dice, world.facts.sets, other.sets)
    scalars = _mixed(dice, world.facts.scalars, other.scalars)
    return world, replace(world.facts, sets=sets, scalars=scalars)


def _mixed(dice: Dice, ours: Mapping[str, Value], others: Mapping[str, Value]) -> dict[str, Value]:
    taken = {n: said for n, said in others.items() if n in _MIXED and chance(dice, 1, 4)}
    return {**ours, **taken}


@law(_pair, tested=0.06)
def test_the_same_steps_are_found_for_requests_of_which_the_same_is_read(pair: Pair) -> Effect:
    """On every route that either may be put to."""
    world, other = pair
    engine, moment = Engine(world.snapshot), world.moment
    tested = Effect.NONE
    for route in sorted(world.snapshot.registry.routes):
        asked = [replace(facts, model=route) for facts in (world.facts, other)]
        if asked[0] == asked[1]:
            continue
        first, second = (engine.decide(facts, moment).circumstances for facts in asked)
        questions = [question(world.snapshot, facts, moment) for facts in asked]
        read = [read_of_request(q, first) for q in questions]
        if first is second and read[0] == read[1]:
            found = [_remedies(q) for q in questions]
            if all(found):
                assert found[0] == found[1]
                tested = Effect.TESTED
    return tested


def _remedies(q: Question) -> list[object]:
    candidates = decide(q.snapshot, q.facts, q.moment).candidates
    blocked = [c for c in candidates if c.verdicts and not c.permitted]
    return [remedies(q, covering_policies(q), candidate) for candidate in blocked]
