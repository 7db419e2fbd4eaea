"""What is known about a statement: strong Kleene logic over three outcomes.

A statement about a *set* can come out true, false or mixed (partly inside). What is known of
it is the span of outcomes still open: `TRUE`, `MIXED` and `FALSE` are settled, `UNKNOWN` is
all of them. Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64, applied
to the chain false < mixed < true.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class Outcome(IntEnum):
    """How a statement comes out once everything is known."""

    FALSE = 0
    MIXED = 1
    TRUE = 2


_FALSE, _TRUE = Outcome.FALSE, Outcome.TRUE
"""By a shorter way than through their class: this is asked millions of times."""
_MIRRORED = tuple(reversed(Outcome))


class Truth(NamedTuple):
    """The lowest and the highest outcome that what is known leaves open."""

    low: Outcome
    high: Outcome

    @property
    def known_true(self) -> bool:
        """No outcome but true is left."""
        return self.low is _TRUE

    @property
    def known_false(self) -> bool:
        """No outcome but false is left."""
        return self.high is _FALSE

    @property
    def may_be_true(self) -> bool:
        """True is among the outcomes left."""
        return self.high is _TRUE

    @property
    def may_be_false(self) -> bool:
        """False is among the outcomes left."""
        return self.low is _FALSE


TRUE = Truth(Outcome.TRUE, Outcome.TRUE)
MIXED = Truth(Outcome.MIXED, Outcome.MIXED)
FALSE = Truth(Outcome.FALSE, Outcome.FALSE)
UNKNOWN = Truth(Outcome.FALSE, Outcome.TRUE)


def negation(t: Truth) -> Truth:
    """`not t`: outcomes mirrored; mixed stays mixed, unknown stays unknown."""
    return Truth(_MIRRORED[t.high], _MIRRORED[t.low])


def conjunction(parts: Iterable[Truth]) -> Truth:
    """All of `parts`: the worst of them; nothing at all is true.

    Nothing is asked of those behind one that is false.
    """
    found = TRUE
    for part in parts:
        if part.high is _FALSE:
            return FALSE
        if part is not found:
            found = Truth(min(found.low, part.low), min(found.high, part.high))
    return found


def disjunction(parts: Iterable[Truth]) -> Truth:
    """Any of `parts`: the best of them; nothing at all is false.

    Nothing is asked of those behind one that is true.
    """
    found = FALSE
    for part in parts:
        if part.low is _TRUE:
            return TRUE
        if part is not found:
            found = Truth(max(found.low, part.low), max(found.high, part.high))
    return found


def known(value: bool) -> Truth:
    """A settled true or false."""
    return TRUE if value else FALSE
