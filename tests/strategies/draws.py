"""Cheap draws: one choice each, simplest first, so that examples are quick and shrink well."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@cache
def _index(count: int) -> st.SearchStrategy[int]:
    return st.integers(min_value=0, max_value=count - 1)


def pick(draw: st.DrawFn, choices: Sequence[T]) -> T:
    """Draw one of `choices`; a choice that is repeated is drawn more often."""
    return choices[draw(_index(len(choices)))]


def chance(draw: st.DrawFn, wins: int, out_of: int) -> bool:
    """Draw true `wins` times `out_of`; shrinks to false."""
    return draw(_index(out_of)) >= out_of - wins


def some(draw: st.DrawFn, choices: Sequence[T], wins: int = 1, out_of: int = 2) -> tuple[T, ...]:
    """Draw a part of `choices`, in their order."""
    return tuple(choice for choice in choices if chance(draw, wins, out_of))


def several(draw: st.DrawFn, choices: Sequence[T], most: int, least: int = 1) -> tuple[T, ...]:
    """Draw from `least` to `most` of `choices`, without repetition, in their order."""
    count = least + draw(_index(most - least + 1))
    left = list(choices)
    while len(left) > count:
        left.pop(draw(_index(len(left))))
    return tuple(left)
