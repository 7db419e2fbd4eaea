"""The same questions, answered in whatever process asks them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.render import decision_json
from tests.strategies.draws import ROLLS, Dice
from tests.strategies.worlds import any_world

WORLDS = 150


def answers() -> Iterator[str]:
    """Decide and explain the same worlds, one line each."""
    for seed in range(WORLDS):
        world = any_world(Dice(Random(seed).randbytes(ROLLS)))  # noqa: S311 - no secret
        decided = world.decide()
        explained = explain(Engine(world.snapshot), world.facts, decided)
        remedies = [route.remedies for route in explained.routes]
        yield f"{decision_json(decided)} {remedies}"
