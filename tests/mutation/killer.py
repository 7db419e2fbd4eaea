"""The fast killer: engine and definition compared on worlds whose answers are known beforehand.

`--write FILE` decides them by the definition; `FILE` asks the engine, and exits 1 at the first
answer that differs. Nothing in it is drawn anew, so that a mutant meets what all others met.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from random import Random

from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from tests.differential.comparing import ROLLS_A_REQUEST, requests_of
from tests.differential.forgetting import forgetful
from tests.differential.instants import wandering
from tests.strategies.draws import ROLLS, Dice, chance
from tests.strategies.worlds import Question, any_world

WORLDS, REQUESTS = 160, 12
_WRITE = "--write"


def worlds() -> Iterator[tuple[Engine, list[Question]]]:
    """Make the engines to ask, and what to ask them; every other forgets all the time."""
    for seed in range(WORLDS):
        rng = Random(seed)  # noqa: S311 - worlds to compare, no secrets
        world = any_world(Dice(rng.randbytes(ROLLS)))
        dice = Dice(rng.randbytes(REQUESTS * ROLLS_A_REQUEST))
        asked = list(requests_of(dice, world, REQUESTS))
        moments = wandering(dice, world.snapshot, REQUESTS)
        wander = chance(dice, 1, 2)
        questions = [(facts, next(moments) if wander else at) for facts, at in asked]
        with forgetful(2) if seed % 2 else nullcontext():
            yield Engine(world.snapshot), questions


def write(file: Path) -> None:
    """Write the right answers, world by world."""
    right = [
        [decision_json(decide(engine.snapshot, *q)) for q in questions]
        for engine, questions in worlds()
    ]
    file.write_text(json.dumps(right), "utf-8")


def killed(file: Path) -> bool:
    """Whether some answer is not the right one."""
    right = json.loads(file.read_text("utf-8"))
    return any(
        not _agrees(engine, question, answer)
        for (engine, questions), answers in zip(worlds(), right, strict=True)
        for question, answer in zip(questions, answers, strict=True)
    )


def _agrees(engine: Engine, question: Question, answer: str) -> bool:
    ruling = engine.decide(*question)
    chain = ruling.chain
    found = ruling.determination()
    early = (ruling.outcome, ruling.reason, ruling.route, chain)
    whole = (found.outcome, found.reason, found.route, found.chain)
    return early == whole and decision_json(found) == answer


if __name__ == "__main__":
    if sys.argv[1] == _WRITE:
        write(Path(sys.argv[2]))
    else:
        sys.exit(killed(Path(sys.argv[1])))
