"""What enforcing would have refused, for readers and for programs: what to put right first."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Final

from policy_router.audit.observed import Observed, Trouble
from policy_router.domain.decision import Reason
from policy_router.report import phrases, recorded_reasons
from policy_router.report.recorded import undecided
from policy_router.report.screen import Screen
from policy_router.report.tables import Column, csv_table, markdown_table, table
from policy_router.report.visible import escaped
from policy_router.wire.refusal import RefusalCode

_COLUMNS: Final = (
    Column("Calls", right=True),
    Column("Callers", fits=True),
    Column("Why", fits=True),
    Column("What to do", fits=True),
)
_TITLES: Final = ("calls", "callers", "reason", "about")
_TO_DO: Final[dict[str, str]] = {
    Reason.NO_POLICY: "cover it by a policy",
    Reason.UNKNOWN_MODEL: "record the model, or have another name used",
    Reason.RETIRED: "have another model used",
    Reason.NOT_REACHABLE: "list its gateway under `gateways`, or have another model used",
    Reason.UNSUITABLE: "have the call ask for less, or another model used",
    Reason.FACTS_MISSING: "state them in the callers' documents, or have the callers send them",
    Reason.OBLIGATION: "have the calls leave out what their data rule out",
    Reason.NO_COMPLIANT_ROUTE: "`policy-router gaps` says what would permit more",
    Reason.OBLIGATION_CONFLICT: "settle which of the policies counts",
    RefusalCode.BODY_UNSEEN: "have them sent to the sidecar, which reads them",
    RefusalCode.KEY_MISSING: "set the gateway's key",
    RefusalCode.OUTDATED_DOCUMENTS: "mend the documents: `policy-router check` says what is wrong",
    RefusalCode.UNDECIDED: "see the process's own log",
}
_ELSE: Final = "change the program that calls"


def observed_lines(found: Observed, screen: Screen) -> Iterator[str]:
    """What to put right before enforcing, what concerns most calls first."""
    yield from screen.wrapped(_summary(found))
    if found.troubles:
        yield ""
        yield from table(_COLUMNS, [_row(trouble) for trouble in found.troubles], screen)


def observed_markdown(found: Observed) -> Iterator[str]:
    """The same as Markdown."""
    yield _summary(found)
    if found.troubles:
        yield ""
        yield from markdown_table(_COLUMNS, [_row(trouble) for trouble in found.troubles])


def _summary(found: Observed) -> str:
    if not found.calls:
        return "No call was observed: the log holds none, or the project does not observe."
    span = f"from {escaped(str(found.begin))} to {escaped(str(found.end))}"
    calls = f"{phrases.counted(found.calls, 'call')} observed {span}"
    if not found.troubles:
        return f"{calls}: enforcing would have refused none of them."
    before = undecided(found.never_decided)
    return f"{calls}: enforcing would have refused {found.refused:,}{before}."


def _row(trouble: Trouble) -> tuple[str, ...]:
    about = ", ".join(f"`{escaped(each)}`" for each in trouble.about)
    why = recorded_reasons.why(trouble.reason) + (f": {about}" if about else "")
    callers = ", ".join(escaped(caller) for caller in trouble.callers)
    return f"{trouble.calls:,}", callers, why, _TO_DO.get(trouble.reason, _ELSE)


def observed_json(found: Observed) -> str:
    """The same as one line of JSON."""
    return json.dumps({**dataclasses.asdict(found), "refused": found.refused}, sort_keys=True)


def observed_csv(found: Observed) -> str:
    """The same as CSV, a cause a line."""
    rows = [
        (str(t.calls), " ".join(t.callers), t.reason, " ".join(t.about)) for t in found.troubles
    ]
    return csv_table(_TITLES, rows)
