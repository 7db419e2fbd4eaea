"""Laws about answers: an explanation says what was decided, and the same question says the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import NoReturn

from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.render import decision_json
from tests.house.tree import ROOT
from tests.property.answers import WORLDS, answers
from tests.property.proving import Effect, law
from tests.strategies.worlds import World, any_world

ASK = "from tests.property.answers import answers; print(*answers(), sep='\\n')"


@law(any_world, tested=0.6)
def test_an_explanation_has_the_verdicts_of_the_decision(world: World) -> Effect:
    decided = world.decide()
    explained = explain(Engine(world.snapshot), world.facts, decided)
    assert explained.determination == decided
    assert [
        (r.route, r.permitted, r.unsuitable, tuple(rule.verdict for rule in r.rules))
        for r in explained.routes
    ] == [(c.route, c.permitted, c.unsuitable, c.verdicts) for c in decided.candidates]
    return Effect.TESTED if decided.candidates else Effect.NONE


@law(any_world, tested=0.3)
def test_a_blocked_route_says_why(world: World) -> Effect:
    explained = explain(Engine(world.snapshot), world.facts, world.decide())
    blocked = [
        rule for r in explained.routes for rule in r.rules if not rule.verdict.verdict.allows
    ]
    assert all(rule.shortfalls or rule.open_facts for rule in blocked)
    return Effect.TESTED if blocked else Effect.NONE


@law(any_world, tested=0.15)
def test_a_decision_is_json_without_floats_that_agrees_with_itself(world: World) -> Effect:
    decided = world.decide()
    data = json.loads(decision_json(decided), parse_float=_no_float)
    permitted = {c["route"] for c in data["candidates"] if c["permitted"]}
    assert data["outcome"] == ("permitted" if data["chain"] else "denied")
    assert set(data["chain"]) <= permitted
    assert (data["reason"] is None) == (data["route"] is not None)
    assert data["route"] == (data["chain"][0] if data["chain"] else None)
    return Effect.TESTED if permitted else Effect.NONE


def _no_float(text: str) -> NoReturn:
    raise AssertionError(Decimal(text))


def test_the_same_question_has_the_same_answer_in_every_process() -> None:
    """Also where sets are walked in another order."""
    here = list(answers())
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-W", "error", "-c", ASK],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert told.stdout.splitlines() == here
    assert len(here) == WORLDS
