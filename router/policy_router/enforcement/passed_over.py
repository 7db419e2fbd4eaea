"""Permitted routes none of which can carry the call: what stands in the way of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policy_router.wire.refusal import Refused

_MOST: Final = 3
"""How many routes are named besides the first."""


def none_left(passed_over: Sequence[tuple[str, Refused]]) -> Refused:
    """The refusal of a call: what stands in the way of the best route, then of the others."""
    first, others = passed_over[0][1], passed_over[1:]
    if not others:
        return first
    told = [f"`{route}` ({why.code.value})" for route, why in others[:_MOST]]
    more = [f"{len(others) - _MOST} more"] if len(others) > _MOST else []
    message = f"{first.message}; nor can it go by {', '.join([*told, *more])}"
    return Refused(first.code, message, first.help, first.parameter)
