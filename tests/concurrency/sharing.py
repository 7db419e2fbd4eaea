"""Threads that share one engine, each asking the same questions in an order of its own."""

from __future__ import annotations

from random import Random

from policy_router.domain.decision import Determination
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from policy_router.engine.ruling import Ruling
from tests.concurrency.crowd import giving_way, together
from tests.differential.comparing import requests_of
from tests.differential.instants import wandering
from tests.strategies.draws import Dice, pick
from tests.strategies.worlds import any_world

_MOMENTS = (1, 2, 4)
_TIMES = 3


def shared(world_rolls: bytes, request_rolls: bytes, count: int, threads: int) -> list[str]:
    """Ask one engine `count` questions in each of `threads` threads: what is not as defined."""
    world = any_world(Dice(world_rolls))
    dice = Dice(request_rolls)
    asked = [facts for facts, _ in requests_of(dice, world, count)]
    moments = tuple(wandering(dice, world.snapshot, pick(dice, _MOMENTS)))
    questions = [(facts, moments[n % len(moments)]) for n, facts in enumerate(asked)]
    right = [decide(world.snapshot, *question) for question in questions]
    engine = Engine(world.snapshot)

    def work(number: int) -> list[str]:
        order = Random(number).sample(range(count), count)  # noqa: S311 - an order, no secret
        with giving_way(number):
            rulings = [(n, engine.decide(*questions[n])) for n in order for _ in range(_TIMES)]
        return [f"{questions[n]}: {r}" for n, r in rulings if not _agree(r, right[n])]

    return together(work, threads)


def _agree(ruling: Ruling, right: Determination) -> bool:
    """Whether the early answers and the whole decision are the right ones."""
    early = (ruling.outcome, ruling.reason, ruling.route, ruling.chain)
    whole = ruling.determination()
    return (
        early == (right.outcome, right.reason, right.route, right.chain)
        and whole == right
        and decision_json(whole) == decision_json(right)
    )
