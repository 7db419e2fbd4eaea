"""Sizes of calls that are denied alike: what is said of one of them holds of every other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from policy_router.domain.claim import Moment
from policy_router.engine.classes import bounds
from policy_router.engine.epoch import Epoch
from policy_router.service.decision import Decision
from policy_router.wire.call import INPUT_TOKENS, OUTPUT_TOKENS

Sizes = tuple[Decimal | int | None, ...]
"""Equal for two denials of one kind that are told the same."""

_Bounds = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def size_of(decision: Decision) -> Sizes:
    """The size of a call that was denied: exact where what is said may depend on that.

    It does where rules ask what a call costs, and where a route lacks the room for it.
    """
    sizes = [_count(decision, name) for name in (INPUT_TOKENS, OUTPUT_TOKENS)]
    if _is_exact(decision):
        return tuple(sizes)
    at = decision.determination
    whole = decision.engine.epoch(Moment(at.at, at.known_at))  # of which an alternative may be any
    of_input, of_output, of_both = _bounds(whole)
    both = None if None in sizes else sum(filter(None, sizes), Decimal())
    return (
        _reached(of_input, sizes[0]),
        _reached(of_output, sizes[1]),
        _reached(of_both, both),
    )


def _count(decision: Decision, name: str) -> Decimal | None:
    said = decision.facts.scalar(name)
    return said if isinstance(said, Decimal) else None


def _is_exact(decision: Decision) -> bool:
    covering = decision.ruling.circumstances.covering
    costs = any(rule.costs for policy in covering for rule in policy.rules)
    return costs or any(c.unsuitable for c in decision.determination.candidates)


@lru_cache(maxsize=2)  # of the documents in force, and of those before them
def _bounds(epoch: Epoch) -> _Bounds:
    found = bounds(epoch)
    return _rising(found.input), _rising(found.output), _rising(found.both)


def _rising(counts: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(counts))


def _reached(counts: tuple[int, ...], size: Decimal | None) -> int | None:
    """How many of the counts a size has reached; None if it is not known."""
    return None if size is None else bisect_right(counts, size)
