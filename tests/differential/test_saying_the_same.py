"""Rulings that are said to say the same do so, whatever the size of a call and its instant."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from policy_router.engine.render import decision_data
from policy_router.engine.ruling import Ruling
from tests.differential.instants import wandering
from tests.strategies.draws import Dice, chance, pick, rolled
from tests.strategies.worlds import World, any_world

SIZES: Final = [Decimal(size) for size in (1, 900, 1_000, 100_000, 250_000, 2_000_000)]
MOMENTS = 12
ROLLS_A_WALK = 400
WORLDS, OFTEN = 200, 0.2


@given(rolled(any_world), st.binary(min_size=ROLLS_A_WALK, max_size=ROLLS_A_WALK))
def test_rulings_that_say_the_same_are_the_same_but_for_their_instants(
    world: World, rolls: bytes
) -> None:
    for one, other in pairwise(_rulings(world, Dice(rolls))):
        if one.says_the_same(other):
            assert _said(one) == _said(other)


def test_permissions_mostly_say_the_same_from_one_call_to_the_next() -> None:
    same: list[bool] = []

    @settings(max_examples=WORLDS, derandomize=True, database=None)
    @given(rolled(any_world), st.binary(min_size=ROLLS_A_WALK, max_size=ROLLS_A_WALK))
    def count(world: World, rolls: bytes) -> None:
        for one, other in pairwise(_rulings(world, Dice(rolls))):
            if one.reason is None:
                same.append(one.says_the_same(other))

    count()
    assert sum(same) >= OFTEN * len(same) > 0


def _rulings(world: World, dice: Dice) -> list[Ruling]:
    """One call after the other, each of another size, all of which somebody has looked at."""
    engine, found = Engine(world.snapshot), list[Ruling]()
    for wandered in wandering(dice, world.snapshot, MOMENTS):
        moment = wandered if chance(dice, 1, 8) else Moment(wandered.at)
        ruling = engine.decide(_sized(world.facts, pick(dice, SIZES)), moment)
        ruling.determination()
        found.append(ruling)
    return found


def _sized(facts: RequestFacts, size: Decimal) -> RequestFacts:
    base = None if facts.base is None else _sized(facts.base, size)
    return replace(facts, scalars={**facts.scalars, "tokens.input": size}, base=base)


def _said(ruling: Ruling) -> dict[str, Any]:
    return {**decision_data(ruling.determination()), "at": None}
