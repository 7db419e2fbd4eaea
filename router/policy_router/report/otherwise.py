"""What a recorded decision would be otherwise: what changes, and which rule or claim does it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from policy_router.audit.changes import Difference, Fate
from policy_router.audit.otherwise import (
    Candidacy,
    Turn,
    candidacies,
    documents_concerned,
    policies_changed,
    turns,
)
from policy_router.audit.record import Record
from policy_router.audit.replay import Deviation, again_data, canonical, shifts
from policy_router.domain.decision import Determination, Verdict
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.explanation import Explanation, RuleExplanation
from policy_router.engine.render import decision_data, instant
from policy_router.report import phrases
from policy_router.report.reasons import briefly
from policy_router.report.replayed import deviation_data
from policy_router.report.screen import Screen, Style
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_TURNS: Final = (
    Column("Rule", fits=True),
    Column("Was"),
    Column("Is"),
    Column("Routes", fits=True),
    Column("Because", fits=True),
)
_DOCUMENTS: Final = (
    Column(""),
    Column("Document", fits=True),
    Column("What", fits=True),
    Column("Was", fits=True),
    Column("Is", fits=True),
)
_MOST_NAMED: Final = 3
_MOST_ROWS: Final = 20
_FATES: Final = {
    Fate.ADDED: "was added",
    Fate.CHANGED: "says something else",
    Fate.REMOVED: "is gone",
}
_WITHHELD: Final = (
    "note: the record withholds words of the caller ({}), and other documents may judge them "
    "otherwise than those it was decided from: this answer holds for words that they do not ask for"
)
_NOT_AS_RECORDED: Final = (
    "note: made again it is not what was recorded, so what is compared here is not that: see "
    "`policy-router replay --decision` without other circumstances"
)


@dataclass(frozen=True)
class Otherwise:
    """A recorded decision, as it `was` when made again, and as it is under what is asked.

    `withheld`: the facts whose words its record does not hold.
    """

    record: Record
    was: Decision
    now: Decision
    withheld: tuple[str, ...]

    @cached_property
    def shifts(self) -> tuple[Deviation, ...]:
        """What of the decision is another."""
        before, after = self.was.determination, self.now.determination
        return shifts(decision_data(before), decision_data(after))

    @property
    def is_as_recorded(self) -> bool:
        """Whether made again, under its own circumstances, it is what was recorded."""
        again = again_data(self.record, self.was.determination)
        return canonical(again) == canonical(self.record["decision"])

    @property
    def in_doubt(self) -> bool:
        """Whether other documents than its own may judge what the record withholds otherwise."""
        return bool(self.withheld) and self._snapshots[0].digests != self._snapshots[1].digests

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The verdicts that are others."""
        return turns(self.was.determination, self.now.determination)

    @property
    def candidacies(self) -> tuple[Candidacy, ...]:
        """The routes that came or went."""
        return candidacies(self.was.determination, self.now.determination)

    @property
    def documents(self) -> tuple[Difference, ...]:
        """What the documents say otherwise that could have made a difference."""
        determinations = self.was.determination, self.now.determination
        return documents_concerned(*self._snapshots, *determinations)

    @property
    def policies(self) -> tuple[tuple[str, Fate], ...]:
        """What the policies say otherwise."""
        old, new = self._snapshots
        return policies_changed(old.policies, new.policies)

    @property
    def _snapshots(self) -> tuple[Snapshot, Snapshot]:
        return self.was.snapshot, self.now.snapshot


def otherwise_lines(found: Otherwise, screen: Screen) -> Iterator[str]:
    """What was decided, what would be, and why it is not the same."""
    was, now = found.was.determination, found.now.determination
    attempt = found.record["attempt"]["number"]
    yield screen.bold(f"Call {escaped(found.record['id'])}, attempt {attempt}")
    yield from screen.wrapped(f"was:  {_outcome(was)} ({_circumstances(was)})")
    yield from screen.wrapped(f"is:   {_outcome(now)} ({_circumstances(now)})")
    same = screen.styled("the same", Style.GOOD)
    other = screen.styled("not the same", Style.BAD)
    yield f"the decision is {other if found.shifts else same}"
    yield from _turned(found, screen)
    yield from _came_and_went(found.candidacies, screen)
    yield from _said_otherwise(found, screen)
    if not found.is_as_recorded:
        yield from ("", *screen.wrapped(_NOT_AS_RECORDED))
    if found.in_doubt:
        yield from ("", *screen.wrapped(_WITHHELD.format(phrases.names(found.withheld))))


def _outcome(d: Determination) -> str:
    if d.reason is not None:
        return f"refused, {phrases.headline(d.reason)}"
    return f"permitted by {escaped(d.route or '')}"


def _circumstances(d: Determination) -> str:
    known = "" if d.known_at is None else f", as known at {instant(d.known_at)}"
    policies, registry = map(phrases.short_digest, (d.digests.policies, d.digests.registry))
    return f"at {instant(d.at)}{known}; policies {policies}, registry {registry}"


def _turned(found: Otherwise, screen: Screen) -> Iterator[str]:
    rows = _turn_rows(found)
    if rows:
        yield ""
        yield from table(_TURNS, rows[:_MOST_ROWS], screen)
    if len(rows) > _MOST_ROWS:
        yield f"{phrases.counted(len(rows) - _MOST_ROWS, 'further row')}: `--format json`"


def _turn_rows(found: Otherwise) -> list[tuple[str, str, str, str, str]]:
    """Rows in which routes of which the same is said stand together."""
    routes: dict[tuple[str, str, str, str], list[str]] = {}
    for turn, because in _explained(found):
        rule = f"{escaped(turn.policy)}/{escaped(turn.rule)}"
        row = (rule, _verdict(turn.was), _verdict(turn.now), because)
        routes.setdefault(row, []).append(escaped(turn.route))
    return [(rule, was, now, _few(names), why) for (rule, was, now, why), names in routes.items()]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _MOST_NAMED else phrases.counted(len(names), "route")


def _verdict(found: Verdict | None) -> str:
    return "not asked" if found is None else phrases.verdict(found)


def _explained(found: Otherwise) -> Iterator[tuple[Turn, str]]:
    """Each turn with what the rule finds wanting now, or found wanting then."""
    turned = found.turns
    if not turned:
        return
    before, after = (_rules(d.explain(), turned) for d in (found.was, found.now))
    for turn in turned:
        key = (turn.route, turn.policy, turn.rule)
        is_stopped = turn.now is not None and not turn.now.allows
        rule = after.get(key) if is_stopped else before.get(key)
        because = "" if rule is None else briefly(rule)
        yield turn, because if is_stopped or not because else f"it was: {because}"


def _rules(
    explanation: Explanation, wanted: Sequence[Turn]
) -> dict[tuple[str, str, str], RuleExplanation]:
    routes = {turn.route for turn in wanted}
    return {
        (route.route, rule.verdict.policy, rule.verdict.rule): rule
        for route in explanation.routes
        if route.route in routes
        for rule in route.rules
    }


def _came_and_went(found: Sequence[Candidacy], screen: Screen) -> Iterator[str]:
    groups = (
        ("routes that could not be asked for then", True, False),
        ("routes that can no longer be asked for", False, False),
        ("routes that can do now what the call needs", True, True),
        ("routes that can no longer do what the call needs", False, True),
    )
    for title, is_now, unsuitable in groups:
        names = [c.route for c in found if (c.now, c.unsuitable) == (is_now, unsuitable)]
        if names:
            said = _few([escaped(name) for name in names])
            yield from ("", *screen.wrapped(f"{title}: {said}"))


def _said_otherwise(found: Otherwise, screen: Screen) -> Iterator[str]:
    if found.policies:
        yield ""
        yield screen.bold("What the policies say otherwise")
        yield from screen.listed(f"{escaped(n)} {_FATES[fate]}" for n, fate in found.policies)
    documents = found.documents
    if documents:
        yield ""
        yield screen.bold("What the documents say otherwise of the routes concerned")
        yield from table(_DOCUMENTS, [_row(d) for d in documents[:_MOST_ROWS]], screen)
    if len(documents) > _MOST_ROWS:
        yield f"{phrases.counted(len(documents) - _MOST_ROWS, 'further row')}: `--format json`"


def _row(d: Difference) -> tuple[str, ...]:
    what, old, new = (escaped(text or "") for text in (d.what, d.old, d.new))
    return d.fate.value, f"{d.kind} {escaped(d.id)}", what, old, new


def otherwise_json(found: Otherwise) -> str:
    """The same for programs."""
    data: dict[str, Any] = {
        "id": found.record["id"],
        "attempt": found.record["attempt"]["number"],
        "same": not found.shifts,
        "as_recorded": found.is_as_recorded,
        "was": again_data(found.record, found.was.determination),
        "is": again_data(found.record, found.now.determination),
        "shifts": [deviation_data(each) for each in found.shifts],
        "rules": [_turn(turn, because) for turn, because in _explained(found)],
        "policies": [{"what": name, "fate": fate.value} for name, fate in found.policies],
        "documents": [_document(each) for each in found.documents],
        "withheld": list(found.withheld) if found.in_doubt else [],
    }
    return json.dumps(data, indent=2)


def _turn(turn: Turn, because: str) -> dict[str, Any]:
    return {
        "route": turn.route,
        "rule": f"{turn.policy}/{turn.rule}",
        "was": turn.was,
        "is": turn.now,
        "because": because,
    }


def _document(d: Difference) -> dict[str, Any]:
    named = {"kind": d.kind, "id": d.id, "what": d.what or None}
    return {"fate": d.fate.value, **named, "was": d.old, "is": d.new}
