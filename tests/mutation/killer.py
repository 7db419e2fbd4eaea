"""The worlds that look for a mutant: engine and definition compared on answers known beforehand.

Nothing is drawn anew for a mutant, so that each meets what all others met.
"""

from __future__ import annotations

from contextlib import nullcontext
from random import Random

from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from tests.differential.comparing import ROLLS_A_REQUEST, requests_of
from tests.differential.forgetting import forgetful
from tests.differential.instants import wandering
from tests.mutation.asked import Asked
from tests.strategies.draws import ROLLS, Dice, chance
from tests.strategies.worlds import Question, any_world

WORLDS, REQUESTS = 160, 12


def differs(asked: Asked) -> bool:
    """Whether the engine answers something else, or something else early than on demand."""
    with forgetful(2) if asked.forgetting else nullcontext():
        engine = Engine(asked.snapshot)
        return not all(_agrees(engine, q, answer) for q, answer in asked.questions)


def drawn() -> list[Asked]:
    """Draw the worlds, always the same; the definition answers."""
    return [_drawn(seed) for seed in range(WORLDS)]


def _drawn(seed: int) -> Asked:
    rng = Random(seed)  # noqa: S311 - worlds to compare, no secrets
    world = any_world(Dice(rng.randbytes(ROLLS)))
    dice = Dice(rng.randbytes(REQUESTS * ROLLS_A_REQUEST))
    asked = list(requests_of(dice, world, REQUESTS))
    moments = wandering(dice, world.snapshot, REQUESTS)
    wander = chance(dice, 1, 2)
    questions = [(facts, next(moments) if wander else at) for facts, at in asked]
    answers = [decision_json(decide(world.snapshot, *q)) for q in questions]
    return Asked(world.snapshot, list(zip(questions, answers, strict=True)), seed % 2 == 1)


def _agrees(engine: Engine, question: Question, answer: str) -> bool:
    ruling = engine.decide(*question)
    chain = ruling.chain
    found = ruling.determination()
    early = (ruling.outcome, ruling.reason, ruling.route, chain)
    whole = (found.outcome, found.reason, found.route, found.chain)
    return early == whole and decision_json(found) == answer
