"""What is asked of the explorer, as the query of an address says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Span
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import LABEL_PREFIX
from policy_router.engine.words import number
from policy_router.language.facts import request_facts

Pairs = tuple[tuple[str, str], ...]

SETS: Final = ("data", "regime", "subjects", "features", "input_modalities", "output_modalities")
LISTS: Final = ("subject_location", "server_tools")
"""Sets that are typed as one text, with commas."""
NAMES: Final = (
    "purpose",
    "lawful_basis",
    "special_condition",
    "decision_effect",
    "tenant",
    "project",
    "environment",
    "endpoint",
)
FLAGS: Final = ("streaming", "stateful")
TOKENS: Final = {"tokens_input": "input", "tokens_output": "output"}
LABELS: Final = "labels"
FACTS: Final = (*SETS, *LISTS, *NAMES, *FLAGS, *TOKENS, LABELS)
_NOON: Final = time(12, tzinfo=UTC)
_LONGEST: Final = 500
_MOST: Final = 200


class Reach(StrEnum):
    """Which routes are asked about."""

    FIRST = "first"
    WITHIN = "within"
    ALL = "all"


class BadChoice(ValueError):
    """A query that asks nothing; `str` says why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A request and the routes it is put to.

    `stated`: facts by field, as typed. `at`, `known_at`: as typed, a day is its noon in UTC; empty:
    now, and all that is recorded. `part`: only routes whose id holds it.
    """

    stated: Pairs = ()
    at: str = ""
    known_at: str = ""
    reach: Reach = Reach.FIRST
    part: str = ""

    def facts(self) -> RequestFacts:
        """The facts that are stated; raises `DocumentErrors` for a name or value not known."""
        return request_facts(_document(self.stated), _Fields())

    def moment(self, now: datetime) -> Moment:
        """Both instants; raises `BadChoice` for what is no day or instant."""
        return Moment(_instant(self.at) or now, _instant(self.known_at))

    def values(self, name: str) -> list[str]:
        """Everything that is stated of a field."""
        return [value for field, value in self.stated if field == name]

    def value(self, name: str) -> str:
        """What is stated of a field, as one text."""
        return ", ".join(self.values(name))

    @property
    def pairs(self) -> Pairs:
        """The choice as the fields of a query."""
        reach = "" if self.reach is Reach.FIRST else self.reach.value
        others = (
            ("at", self.at), ("known_at", self.known_at), ("reach", reach), ("part", self.part)
        )  # fmt: skip
        return (*self.stated, *(pair for pair in others if pair[1]))

    def address(self, path: str, *more: tuple[str, str]) -> str:
        """The address of a page about this choice."""
        return addressed(path, (*self.pairs, *more))


def addressed(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A path with a query."""
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def choice_of(pairs: Iterable[tuple[str, str]], others: Iterable[str] = ()) -> Choice:
    """The choice in a query; `others` are fields of the page itself, and left out.

    Raises `BadChoice` for a field that nobody knows, is said twice, or is too long.
    """
    kept = checked(pairs, {*FACTS, "at", "known_at", "reach", "part", *others})
    once = {name: single(kept, name) for name in ("at", "known_at", "reach", "part")}
    for name in (*LISTS, *NAMES, *FLAGS, *TOKENS, LABELS):
        single(kept, name)
    try:
        reach = Reach(once["reach"] or Reach.FIRST)
    except ValueError:
        raise BadChoice(f"`{once['reach']}` is no choice of routes") from None
    stated = sorted({pair for pair in kept if pair[0] in FACTS}, key=_place)
    return Choice(tuple(stated), once["at"], once["known_at"], reach, once["part"])


def checked(pairs: Iterable[tuple[str, str]], known: set[str]) -> Pairs:
    """The fields that say something; raises `BadChoice` for one not known, or too much."""
    kept = tuple((name, value.strip()) for name, value in pairs if value.strip())
    if len(kept) > _MOST or any(len(value) > _LONGEST for _, value in kept):
        raise BadChoice("this says more than anybody would ask")
    for name, _ in kept:
        if name not in known:
            raise BadChoice(f"there is no field `{name[:_LONGEST]}`")
    return kept


def single(pairs: Pairs, name: str) -> str:
    """The value of a field, empty without one; raises `BadChoice` where it is said twice."""
    found = [value for field, value in pairs if field == name]
    if len(found) > 1:
        raise BadChoice(f"the field `{name}` is said twice")
    return found[0] if found else ""


def _place(pair: tuple[str, str]) -> tuple[int, str]:
    return FACTS.index(pair[0]), pair[1]


def choice_about(facts: RequestFacts, start: Choice) -> Choice:
    """The choice `start`, about these facts instead."""
    pairs = sorted(set(_said(facts)), key=_place)
    return Choice(tuple(pairs), start.at, start.known_at, start.reach, start.part)


def _said(facts: RequestFacts) -> Iterator[tuple[str, str]]:
    for name, found in facts.sets.items():
        if name in LISTS and found.members:
            yield name, ", ".join(sorted(found.members))
        else:
            yield from ((name, member) for member in found.members)
    labels = []
    for name, value in facts.scalars.items():
        if name.startswith(LABEL_PREFIX):
            labels.append(f"{name.removeprefix(LABEL_PREFIX)}={value}")
        elif value is not False and (field := name.replace(".", "_")) in FACTS:
            yield field, _scalar(value)
    if labels:
        yield LABELS, ", ".join(sorted(labels))


def _scalar(value: str | bool | Decimal) -> str:
    if isinstance(value, bool):
        return "yes"
    return value if isinstance(value, str) else number(value)


def _document(stated: Pairs) -> dict[str, Any]:
    """The facts as a document would write them."""
    told: dict[str, Any] = {}
    for name, value in stated:
        if name in SETS:
            told.setdefault(name, []).append(value)
        elif name in LISTS:
            told[name] = _parts(value)
        elif name in FLAGS:
            told[name] = "true"
        elif name in TOKENS:
            told.setdefault("tokens", {})[TOKENS[name]] = value
        elif name == LABELS:
            told[LABELS] = dict(map(_label, _parts(value)))
        else:
            told[name] = value
    return told


def _parts(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]


def _label(text: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise BadChoice(f"`{text}` is no label: write name=value")
    return name, value


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = datetime.combine(date.fromisoformat(text), _NOON)
    except ValueError:
        return _with_zone(text)
    return day


def _with_zone(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadChoice(f"`{text}` is no day: write it as 2026-11-22")
    return found.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Fields:
    """Places of facts: the field of the form that says them."""

    def at(self, *path: str | int) -> Span:
        """The field of a fact."""
        return Span(str(path[0]).replace("_", " ") if path else "the request", 0, 0)

    def key_at(self, *path: str | int) -> Span:
        """The field of a fact."""
        return self.at(*path)
