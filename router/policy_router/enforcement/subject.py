"""Whose data a call is about: a person whom the caller names for the records, as a pseudonym."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from policy_router.enforcement.facts import Floor
from policy_router.log.subjects import Subjects
from policy_router.wire.headers import all_of
from policy_router.wire.http_call import HttpCall

HEADER: Final = "x-governance-data-subject"
_LONGEST: Final = 256


def with_pseudonym(call: HttpCall, floor: Floor | None, subjects: Subjects | None) -> HttpCall:
    """`call` with the pseudonym of the person it names, and no longer with the name.

    Where no pseudonyms are kept, where nobody knows the caller, and where it names nobody or
    several, the header stays, and is refused like everything nobody has looked at. Raises `OSError`
    if the store cannot be used.
    """
    if subjects is None or floor is None:
        return call
    named = all_of(call.headers, HEADER)
    if len(named) != 1 or not 0 < len(named[0]) <= _LONGEST:
        return call
    headers = tuple(header for header in call.headers if header[0] != HEADER)
    return replace(call, headers=headers, subject=subjects.pseudonym(named[0]))
