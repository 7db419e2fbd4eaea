"""Whose data a call is about: a person whom the caller names for the records, as a pseudonym."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from policy_router.log.subjects import Subjects
from policy_router.wire.headers import all_of
from policy_router.wire.http_call import HttpCall

HEADER: Final = "x-governance-data-subject"
_LONGEST: Final = 256


def names_a_person(call: HttpCall) -> bool:
    """Whether `call` names one person.

    Where it names none, or several, the header stays, and is refused like everything nobody has
    looked at; so it is where no pseudonyms are kept, and where nobody knows the caller.
    """
    named = all_of(call.headers, HEADER)
    return len(named) == 1 and 0 < len(named[0]) <= _LONGEST


def with_pseudonym(call: HttpCall, subjects: Subjects) -> HttpCall:
    """`call` with the pseudonym of the person it names, and no longer with the name.

    Raises `OSError` if the store cannot be used; another process that writes is waited for.
    """
    (named,) = all_of(call.headers, HEADER)
    headers = tuple(header for header in call.headers if header[0] != HEADER)
    return replace(call, headers=headers, subject=subjects.pseudonym(named))
