"""A recorded decision made again from the facts of its record, and how it differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.record import Record
from policy_router.audit.record_shape import says_what_was_asked
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination, Digests
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.unreplayable import Unreplayable
from policy_router.domain.vocabulary import is_number_fact
from policy_router.engine.render import decision_data

_CANONICAL: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_ABSENT: Final = object()
_NAMES: Final = (("route",), ("policy", "rule"), ("policy", "obligation"))
"""What the members of a list are known by, the first that all of them have."""

_OF_THE_QUESTION: Final = frozenset({"at", "known_at", "requested", "digests"})
"""Parts of a decision that say what was asked, and of which documents."""


class Fidelity(StrEnum):
    """What came of making a decision again.

    `OTHER_VERSION`: it is not the same, and another version of the program had made it.
    """

    SAME = "same"
    DIFFERS = "differs"
    OTHER_VERSION = "other_version"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A part of a decision that is not as it was; None where it is not there. Both are JSON."""

    where: str
    recorded: str | None
    again: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recorded decision was made from, and by which version of the program.

    `gateway`: the one whose routes alone counted.
    """

    digests: Digests
    facts: RequestFacts
    moment: Moment
    gateway: str | None
    version: str


def asked_in(record: Record) -> Asked:
    """What the decision in a record was made from; raises `Unreplayable` if it does not say."""
    decision = record["decision"]
    if decision is None:
        advice = "there is nothing to replay: `policy-router log show` says why it was refused"
        raise Unreplayable("LOG504", "the call was refused before anything was decided", advice)
    if not (isinstance(decision, dict) and says_what_was_asked(record)):
        raise Unreplayable("LOG504", _LACKS)
    known_at = decision["known_at"]
    return Asked(
        Digests(decision["digests"]["policies"], decision["digests"]["registry"]),
        facts_of(record["facts"]),
        Moment(_instant(decision["at"]), None if known_at is None else _instant(known_at)),
        record["gateway"],
        record["version"],
    )


_LACKS: Final = "its record lacks a part of what a decision is made from"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def facts_of(data: Record) -> RequestFacts:
    """The facts that a record holds, with what stands in for what it withholds.

    Every policy of the snapshot they were recorded with judges them as it did the facts of the
    call. Raises `KeyError` for a record that lacks any of it.
    """
    base, standing = data["without_declared"], data["stand_ins"]
    scalars = {name: _value(name, value) for name, value in data["scalars"].items()}
    return RequestFacts(
        model=standing.get("model", data["model"]),
        sets={
            name: SetFact(frozenset(said["members"]), said["settled"])
            for name, said in data["sets"].items()
        },
        scalars={name: standing.get(name, value) for name, value in scalars.items()},
        declared=tuple(data["declared"]),
        base=None if base is None else facts_of(base),
        seen=data["seen"],
    )


def _value(name: str, value: str | bool) -> FactValue:
    return Decimal(value) if is_number_fact(name) else value


def withheld_in(record: Record) -> tuple[str, ...]:
    """The facts of which a record holds no words, but what stands in for them."""
    facts = record["facts"]
    views = (facts, facts["without_declared"])
    return tuple(sorted({name for view in views if view is not None for name in view["stand_ins"]}))


def again_data(record: Record, again: Determination) -> dict[str, Any]:
    """A decision made again as a record would have it: what it withheld is withheld."""
    said = record["facts"]
    named = said["model"] if again.requested == facts_of(said).model else again.requested
    return {**decision_data(again), "requested": named}


def canonical(data: object) -> str:
    """The bytes that are compared, as text: sorted keys, no blanks."""
    return _CANONICAL.encode(data)


# ---- how two decisions differ -------------------------------------------------------------------


def deviations(recorded: Record, again: Record) -> tuple[Deviation, ...]:
    """Every part of a decision that is not as it was; empty if all bytes are the same."""
    return tuple(_walk("", recorded, again))


def shifts(recorded: Record, again: Record) -> tuple[Deviation, ...]:
    """The same, but for what says which question was asked."""
    before, after = (
        {name: part for name, part in decision.items() if name not in _OF_THE_QUESTION}
        for decision in (recorded, again)
    )
    return tuple(_walk("", before, after))


def _walk(where: str, was: object, now: object) -> Iterator[Deviation]:
    if was is not _ABSENT and now is not _ABSENT and canonical(was) == canonical(now):
        return
    before, after = _parts(was), _parts(now)
    if before is None or after is None:
        yield Deviation(where, _text(was), _text(now))
        return
    inner = [
        each
        for name in dict.fromkeys((*before, *after))
        for each in _walk(
            _below(where, was, name), before.get(name, _ABSENT), after.get(name, _ABSENT)
        )
    ]
    yield from inner or [Deviation(where, _text(was), _text(now))]


def _parts(value: object) -> Mapping[str, object] | None:
    """What a value is made of, by name; None for what is compared as a whole."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    keys = next((keys for keys in _NAMES if all(each.keys() >= set(keys) for each in value)), ())
    named = {"/".join(str(each[key]) for key in keys): each for each in value}
    return named if len(named) == len(value) else None


def _below(where: str, whole: object, name: str) -> str:
    if isinstance(whole, list):
        return f"{where}[{name}]"
    return f"{where}.{name}" if where else name


def _text(value: object) -> str | None:
    return None if value is _ABSENT else canonical(value)
