"""How a law is proved: on many worlds, a fair share of which put it to the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from hypothesis import given, settings

from tests.strategies.draws import Dice, rolled


class Effect(StrEnum):
    """What a change did in one world."""

    NONE = "nothing was at stake"
    TESTED = "something was at stake and nothing changed"
    SEEN = "what is permitted changed, as it may"


_TIMES = 5
"""Worlds are cheap: of most laws, so many times the examples of other properties."""

Case = TypeVar("Case")


def effect(before: frozenset[str], after: frozenset[str], *, at_stake: bool = True) -> Effect:
    """Tell what a change of the permitted routes means for a law."""
    if before != after:
        return Effect.SEEN
    return Effect.TESTED if before and at_stake else Effect.NONE


def law(
    build: Callable[[Dice], Case], *, tested: float, seen: float = 0, times: int = _TIMES
) -> Callable[[Callable[[Case], Effect]], Callable[[], None]]:
    """Run a law on cases that `build` draws; it raises AssertionError where it does not hold.

    In at least the share `tested` of them something must have been at stake, and in the share
    `seen` the change must have had an effect: a law that nothing tests proves nothing. With `-s`
    the shares are shown. `times`: how many times the examples of other properties.
    """

    def wrap(check: Callable[[Case], Effect]) -> Callable[[], None]:
        def test() -> None:
            tally: Counter[Effect] = Counter()

            @settings(max_examples=times * settings().max_examples)
            @given(rolled(build))
            def holds(case: Case) -> None:
                tally[check(case)] += 1

            holds()
            print(*(f"{n / tally.total():6.1%} {what}" for what, n in sorted(tally.items())))  # noqa: T201
            at_stake = tally.total() - tally[Effect.NONE]
            assert at_stake >= tested * tally.total(), tally
            assert tally[Effect.SEEN] >= seen * tally.total(), tally

        test.__name__ = check.__name__
        test.__doc__ = check.__doc__
        return test

    return wrap
