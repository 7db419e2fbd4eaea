"""Calls as their records tell of them: found again, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from policy_router.audit.record import Kind

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the records of its decisions, the first attempt first, and of how it ended."""

    decisions: tuple[Data, ...]
    outcome: Data | None = None

    @property
    def first(self) -> Data:
        """The record of what was decided before anything was sent."""
        return self.decisions[0]

    @property
    def records(self) -> tuple[Data, ...]:
        """All records of it, in order."""
        return self.decisions if self.outcome is None else (*self.decisions, self.outcome)

    @property
    def at(self) -> datetime:
        """When it came."""
        return datetime.fromisoformat(self.first["recorded_at"])

    @property
    def model(self) -> str | None:
        """The model that was asked for, as far as records say it."""
        decision = self.first["decision"]
        return None if decision is None else decision["requested"]

    @property
    def route(self) -> str | None:
        """The route it was last sent by."""
        admitted = [r for r in self.decisions if r["admitted"]]
        return admitted[-1]["attempt"]["route"] if admitted else None

    @property
    def admitted(self) -> bool:
        """Whether it was about to be sent."""
        return bool(self.first["admitted"])

    @property
    def reason(self) -> str | None:
        """Why it was refused: the reason of the decision, or the code of the refusal."""
        decision = self.first["decision"]
        code = self.first["refused"] or (decision and decision["reason"])
        return None if self.admitted else code

    @property
    def never_decided(self) -> bool:
        """Whether it was refused before anything was decided: it could not be read, say."""
        return not self.admitted and self.first["decision"] is None

    @property
    def ending(self) -> str:
        """How it ended; `refused`, and `unknown` where no record says it."""
        if not self.admitted and not self.first["observed"]:
            return "refused"
        return "unknown" if self.outcome is None else str(self.outcome["ending"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: those of which everything that is not None is so."""

    id: str | None = None
    caller: str | None = None
    model: str | None = None
    route: str | None = None
    reason: str | None = None
    admitted: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    subject: str | None = None

    def holds(self, call: Call) -> bool:
        """Whether `call` is one of them; an id may be the beginning of one."""
        told = (
            (self.caller, call.first["caller"]),
            (self.subject, call.first.get("subject")),
            (self.model, call.model),
            (self.route, call.route),
            (self.reason, call.reason),
            (self.admitted, call.admitted),
        )
        return (
            (self.id is None or call.first["id"].startswith(self.id))
            and all(wanted in {None, found} for wanted, found in told)
            and (self.since is None or call.at >= self.since)
            and (self.until is None or call.at < self.until)
        )


NO_CALLS: Final = tuple(kind for kind in Kind if kind not in {Kind.DECISION, Kind.OUTCOME})
"""The kinds of records that are of no call."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant on and before another; None: without that end."""

    since: datetime | None
    until: datetime | None

    @property
    def stated(self) -> bool:
        """Whether there is a bound."""
        return self.since is not None or self.until is not None

    def holds(self, record: Data) -> bool:
        """Whether a record was kept in that time."""
        at = datetime.fromisoformat(record["recorded_at"])
        since, until = self.since is None or at >= self.since, self.until is None or at < self.until
        return since and until


def is_whole(record: Data) -> bool:
    """Whether a record has what is read of any record of its kind: a log may hold anything."""
    if record.get("kind") not in _KINDS:
        return True
    told = _is_instant(record.get("recorded_at"))
    if record["kind"] in NO_CALLS:
        return told
    told = told and isinstance(record.get("id"), str)
    if record["kind"] == Kind.OUTCOME:
        return told and isinstance(record.get("ending"), str) and "status" in record
    attempt, decision = record.get("attempt"), record.get("decision", _ABSENT)
    return (
        told
        and all(isinstance(record.get(name), bool) for name in ("admitted", "observed"))
        and all(isinstance(record.get(name, 0), str | None) for name in _TEXTS)
        and isinstance(attempt, dict)
        and isinstance(attempt.get("route", 0), str | None)
        and type(attempt.get("number")) is int
        and (
            decision is None
            or (
                isinstance(decision, dict)
                and all(isinstance(decision.get(name, 0), str | None) for name in _DECIDED)
            )
        )
    )


_KINDS: Final = frozenset(kind.value for kind in Kind)
_TEXTS: Final = ("caller", "refused", "point", "gateway")
_DECIDED: Final = ("requested", "reason")
_ABSENT: Final = object()


def _is_instant(text: object) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def calls_in(records: Iterable[Data]) -> Iterator[Call]:
    """The calls in the order in which they ended, each with all its records; then the open ones.

    No more is held than the calls under way: a log may be longer than the memory is large.
    """
    under_way: dict[str, list[Data]] = {}
    for record in records:
        if record["kind"] == Kind.DECISION:
            made = under_way.setdefault(record["id"], [])
            made.append(record)
            if not (made[0]["admitted"] or made[0]["observed"]):
                yield Call(tuple(under_way.pop(record["id"])))
        elif record["kind"] == Kind.OUTCOME and record["id"] in under_way:
            yield Call(tuple(under_way.pop(record["id"])), record)
    for made in under_way.values():
        yield Call(tuple(made))


@dataclass(slots=True)
class Tally:
    """How many calls, by what became of them. `never_decided`: of those that were refused."""

    calls: int = 0
    permitted: int = 0
    never_decided: int = 0
    begin: datetime | None = None
    end: datetime | None = None
    endings: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)

    def add(self, call: Call) -> None:
        """Count one call."""
        self.calls += 1
        self.permitted += call.admitted
        self.never_decided += call.never_decided
        self.begin = min(self.begin or call.at, call.at)
        self.end = max(self.end or call.at, call.at)
        self.endings[call.ending] += 1
        self.callers[call.first["caller"] or "nobody known"] += 1
        if call.reason is not None:
            self.reasons[call.reason] += 1
        if call.route is not None:
            self.routes[call.route] += 1


def tally(calls: Iterable[Call]) -> Tally:
    """Count `calls`."""
    found = Tally()
    for call in calls:
        found.add(call)
    return found
