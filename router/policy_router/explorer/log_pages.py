"""The pages about the log of decisions: calls, one call, and whether the log is what was kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from policy_router.audit.recorded import Call, Wanted, calls_in
from policy_router.explorer.choice import BadChoice, Pairs, addressed, checked, single
from policy_router.explorer.documents import Documents
from policy_router.explorer.pages import NotFound, html, paged
from policy_router.language.suggest import nearest
from policy_router.log.segment import LogDamaged, segments_in
from policy_router.report.recorded import (
    attempt_title,
    ending_words,
    fact_rows,
    rests_on_words,
    verdict_rows,
)
from policy_router.report.recorded_reasons import CODES
from policy_router.report.verified import Standing, grounds, outcome, standing
from policy_router.service.recorded import latest_of, records_of, shaped
from policy_router.service.verifying import CannotVerify, against_all, lost, named_by, proof_of
from policy_router.store.described import LogPlace

MOST_CALLS: Final = 1_000
_MOST_VERDICTS: Final = 500
_SAYING: Final = (attempt_title, ending_words, fact_rows, rests_on_words, verdict_rows)
_MARKS: Final = {
    None: ("refused", "✕"),
    Standing.ANCHORED: ("permitted", "✓"),
    Standing.SIGNED: ("unknown", "?"),
    Standing.CONSISTENT: ("unknown", "?"),
}
"""How a log is shown that nothing is wrong with: only an anchor excludes that it was replaced."""

_FIELDS: Final = (
    ("id", "Id, or how it begins"),
    ("caller", "Caller"),
    ("model", "Asked for"),
    ("route", "Sent by"),
    ("reason", "Refused for (code)"),
)
_COLUMNS: Final = ("When (UTC)", "Call", "Caller", "Asked for", "Sent by, or why not", "Ending")
_DAYS: Final = ("since", "until")
_KNOWN: Final = {*(name for name, _ in _FIELDS), *_DAYS, "outcome", "page"}
_OUTCOMES: Final = {"": None, "permitted": True, "refused": False}
_LATEST: Final = (
    "The end of the log as it lies there, unchecked. A search reads all of it, and follows every "
    "record from the one before."
)


@dataclass(frozen=True, slots=True)
class LogPages:
    """The pages about the project's log. `former`: public keys it was signed with before."""

    documents: Documents
    former: tuple[str, ...] = ()

    def search(self, request: Request) -> Response:
        """Calls like those that are asked for, the latest first."""
        content, place = self._place()
        pairs = checked(request.query_params.multi_items(), _KNOWN)
        typed = {
            name: value for name in sorted(_KNOWN - {"page"}) if (value := single(pairs, name))
        }
        found = _found(place.folder, _wanted(pairs)) if typed else _latest(place.folder)
        calls = tuple(sorted(found, key=lambda c: (c.at, c.first["id"]), reverse=True))
        shown, pager = paged(calls, single(pairs, "page"))
        content |= {"calls": shown, "pager": pager, "typed": typed, "codes": CODES}
        return html(
            "log.html",
            content | {"fields": _FIELDS, "columns": _COLUMNS, "told": _told(calls, typed)},
        )

    def call(self, request: Request) -> Response:
        """Everything that was recorded of one call."""
        content, place = self._place()
        name = single(checked(request.query_params.multi_items(), {"id"}), "id")
        wanted = Wanted(id=name)
        call = next((c for c in _calls(place.folder, wanted) if c.first["id"] == name), None)
        if call is None:
            raise NotFound("no call in the log has this id")
        deque(shaped(call.records), maxlen=0)
        told = {f.__name__: f for f in _SAYING}
        return html("call.html", content | told | {"call": call, "most": _MOST_VERDICTS})

    def verify(self, request: Request) -> Response:
        """Read the whole log beside the anchors of the project, and say what that proves."""
        del request
        content, place = self._place(may_be_lost=True)
        try:
            proof = proof_of(place.folder, against_all(place, self.former))
        except CannotVerify as error:
            raise BadChoice(str(error)) from error
        verdict, *sentences = outcome(proof)
        content |= {"verdict": verdict, "sentences": sentences, "grounds": grounds(proof)}
        content |= {"mark": _MARKS[standing(proof)]}
        return html("verified.html", content)

    def _place(self, *, may_be_lost: bool = False) -> tuple[dict[str, Any], LogPlace]:
        """What every page shows, and where the log is; there must be one, or have been."""
        in_force = self.documents.current()
        project = in_force.loaded.project
        if project is None or project.log is None:
            raise NotFound("the project names no log")
        named = project.title or project.id
        what = lost(project.log.folder, named_by(project.log))
        if what is not None and not may_be_lost:
            raise LogDamaged(what)
        if what is None and not segments_in(project.log.folder):
            raise NotFound("nothing was recorded in the log of the project yet")
        common = {"project": named, "logged": True, "notice": in_force.notice, "address": addressed}
        return common, project.log


def _latest(folder: Path) -> Iterator[Call]:
    return calls_in(latest_of(folder))


def _found(folder: Path, wanted: Wanted) -> Iterator[Call]:
    """The latest calls that are wanted, `MOST_CALLS` of them."""
    return iter(deque(_calls(folder, wanted), maxlen=MOST_CALLS))


def _calls(folder: Path, wanted: Wanted) -> Iterator[Call]:
    return filter(wanted.holds, calls_in(records_of(folder)))


def _told(calls: tuple[Call, ...], typed: dict[str, str]) -> str:
    if not typed:
        return _LATEST
    most = f" The latest {MOST_CALLS:,} are listed." if len(calls) == MOST_CALLS else ""
    return f"The whole log was read.{most}"


def _wanted(pairs: Pairs) -> Wanted:
    told = {name: single(pairs, name) or None for name, _ in _FIELDS}
    result = single(pairs, "outcome")
    if result not in _OUTCOMES:
        raise BadChoice(f"`{result}` is no outcome")
    if told["reason"] not in {None, *CODES}:
        meant = nearest(told["reason"] or "", CODES)
        advice = f"; did you mean `{meant}`?" if meant else ""
        raise BadChoice(f"`{told['reason']}` is no code of a refusal{advice}")
    since, until = (_day(single(pairs, name)) for name in _DAYS)
    end = None if until is None else until + timedelta(days=1)
    return Wanted(**told, admitted=_OUTCOMES[result], since=since, until=end)


def _day(text: str) -> datetime | None:
    """The beginning of a day, in UTC."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(tzinfo=UTC))
    except ValueError:
        raise BadChoice(f"`{text}` is no day: write it as 2026-11-22") from None
