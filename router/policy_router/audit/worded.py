"""A part of a document in plain words, without places in files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, assert_never

from policy_router.domain.claim import Claim, Evidence, Listing, Members, Validity
from policy_router.domain.contract import Clause
from policy_router.domain.policy import All, AnyOf, Not, Predicate, Test
from policy_router.engine import words
from policy_router.engine.render import instant

_INSTANT: Final = timedelta(microseconds=1)
_PAIR: Final = 2


def worded(value: Any) -> str:  # noqa: ANN401 - any part of a document
    """A part of a document on one line; empty if it says nothing."""
    match value:
        case frozenset():
            of_claims = any(isinstance(member, Claim) for member in value)
            return ("; " if of_claims else ", ").join(sorted(map(worded, value)))
        case tuple():
            return ", ".join(filter(None, map(_member, _by_source(value))))
        case Test() | Not() | All() | AnyOf():
            return in_words(value)
        case Members() | Listing():
            return words.claimed(value, "")
        case Claim() | Evidence() | Validity() | Clause():
            return _of_law_or_claim(value)
        case _:
            return _parts(value) if is_dataclass(value) else _plain(value)


def _of_law_or_claim(value: Claim | Evidence | Validity | Clause) -> str:
    match value:
        case Claim():
            return _record(value)
        case Evidence():
            return _evidence(value)
        case Validity():
            return span(value)
        case Clause():
            return words.clause_name(value)


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return words.number(value)
        case datetime():
            return _day(value)
        case StrEnum():
            return value.value.replace("_", " ")
        case _:
            return str(value)


def _by_source(value: tuple[Any, ...]) -> Iterable[Any]:
    """The members of a list; names that were read in one source as one member."""
    if not all(isinstance(m, tuple) and isinstance(m[-1], Evidence) for m in value):
        return value
    names: dict[Evidence, list[str]] = {}
    for name, source in value:
        names.setdefault(source, []).append(name)
    return [(", ".join(found), source) for source, found in names.items()]


def _member(value: Any) -> str:  # noqa: ANN401 - any member of a list
    """A member of a list; one that is a name with a value as such."""
    if isinstance(value, tuple) and len(value) == _PAIR and isinstance(value[0], str):
        name, stated = value
        return f"{name.replace('_', ' ')} {_stated(name, stated)}".rstrip()
    return worded(value)


def _stated(name: str, stated: Any) -> str:  # noqa: ANN401 - any value of a name
    """What a name is given; `true`, 1 and "1" are told apart, as a call would carry them."""
    match stated:
        case bool():
            return str(stated).lower()
        case str() if _is_json(stated):
            return json.dumps(stated)
        case Members():
            return words.claimed(stated, name)
        case _:
            return worded(stated)


def _is_json(text: str) -> bool:
    """Whether a text without its quotation marks would be something else than a text."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _parts(value: Any) -> str:  # noqa: ANN401 - any dataclass
    named = ((f.name.replace("_", " "), worded(getattr(value, f.name))) for f in fields(value))
    return ", ".join(f"{name} {text}" for name, text in named if text and name != "span")


# ---- dates --------------------------------------------------------------------------------------


def last_day(end: datetime) -> str:
    """The last day before an end that is excluded."""
    return (end - _INSTANT).date().isoformat()


def span(found: Validity) -> str:
    """From which day until which, both included; an instant within a day by its time."""
    begin = f"from {_day(found.start)}" if found.start else ""
    if found.end is None:
        return " ".join(filter(None, (begin, "without end")))
    whole_days = found.end.time() == time()
    end = f"until {last_day(found.end)}" if whole_days else f"until {instant(found.end)}, excluded"
    return " ".join(filter(None, (begin, end)))


def _day(at: datetime) -> str:
    return at.date().isoformat() if at.time() == time() else instant(at)


# ---- claims -------------------------------------------------------------------------------------


def _record(claim: Claim) -> str:
    """A record without where it stands: its value, evidence, validity and the models it covers."""
    parts = [words.claimed(claim.value, claim.attribute), worded(claim.evidence)]
    if claim.validity != Validity():
        parts.append(span(claim.validity))
    if claim.covers is not None:
        parts.append(f"for {worded(claim.covers)}")
    return ", ".join(parts)


def _evidence(found: Evidence) -> str:
    checked = f", verified {found.verified_on} by {found.verified_by}" if found.verified_on else ""
    return f"{worded(found.kind)} {found.reference} read {found.read_on}{checked}"


# ---- conditions ---------------------------------------------------------------------------------


def in_words(when: Predicate) -> str:
    """The requests or routes a predicate is about; every one if it asks nothing."""
    return "; ".join(_conditions(when)) or "every request"


def _conditions(when: Predicate) -> Iterator[str]:
    match when:
        case Test():
            yield f"{when.subject.replace('_', ' ')} {words.demanded(when, wanted=True)}"
        case Not(part):
            yield f"not ({in_words(part)})"
        case All(parts):
            for part in parts:
                yield from _conditions(part)
        case AnyOf(parts):
            yield f"any of ({' | '.join(map(in_words, parts))})"
        case _:
            assert_never(when)
