"""Worlds are built from rolls of dice that Hypothesis throws.

All rolls of an example are one draw, so that examples are quick and differ much; a lower roll is
an earlier choice and choices are listed simplest first, so that examples shrink to what matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

ROLLS = 1500
_SIDES = 256


class Dice:
    """The rolls of one example, used up one by one; then every roll is the lowest."""

    def __init__(self, rolls: bytes) -> None:
        self._rolls = iter(rolls)

    def roll(self, sides: int) -> int:
        """Roll from 0 to `sides` - 1."""
        return next(self._rolls, 0) * sides // _SIDES


_THROW = st.binary(min_size=ROLLS, max_size=ROLLS)


@st.composite
def rolled(draw: st.DrawFn, build: Callable[[Dice], T]) -> T:
    """Draw what `build` makes of the dice."""
    return build(Dice(draw(_THROW)))


def pick(dice: Dice, choices: Sequence[T]) -> T:
    """Draw one of `choices`; a choice that is repeated is drawn more often."""
    return choices[dice.roll(len(choices))]


def chance(dice: Dice, wins: int, out_of: int) -> bool:
    """Draw true `wins` times `out_of`; shrinks to false."""
    return dice.roll(out_of) >= out_of - wins


def some(dice: Dice, choices: Sequence[T], wins: int = 1, out_of: int = 2) -> tuple[T, ...]:
    """Draw a part of `choices`, in their order."""
    return tuple(choice for choice in choices if chance(dice, wins, out_of))


def several(dice: Dice, choices: Sequence[T], most: int, least: int = 1) -> tuple[T, ...]:
    """Draw from `least` to `most` of `choices`, without repetition, in their order."""
    count = least + dice.roll(most - least + 1)
    left = list(choices)
    while len(left) > count:
        left.pop(dice.roll(len(left)))
    return tuple(left)
