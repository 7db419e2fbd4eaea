"""Where a gateway's verdicts and ours differ, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy_router.audit.matrix import Standing
from policy_router.audit.reconciliation import Disagreement, Reconciliation
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.imports import aside_data, aside_lines
from policy_router.report.matrix import cause
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS, facts_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

_COLUMNS: Final = (
    Column("Scenario"),
    Column("Route", fits=True),
    Column("The gateway", fits=True),
    Column("Our policies", fits=True),
)
_TITLES: Final = ("scenario", "route", "gateway_allows", "blocked_by", "reason", "ours", "because")
_OURS: Final = {
    Standing.PERMITTED: "permit it",
    Standing.REFUSED: "refuse it",
    Standing.UNKNOWN: "refuse it for want of knowledge",
}
_MOST_NAMED: Final = 3


def reconciliation_lines(found: Reconciliation, most: int, screen: Screen) -> Iterator[str]:
    """Where the verdicts differ, on a screen."""
    yield from screen.wrapped(_summary(found))
    if found.disagreements:
        rows = [_row(d) for d in found.disagreements[:most]]
        yield from ("", *table(_COLUMNS, rows, screen))
    hidden = len(found.disagreements) - most
    if hidden > 0:
        yield f"{phrases.counted(hidden, 'further row')}: `--most N`, or `--format csv`"
    yield from aside_lines(found.aside, most, screen)
    about = {
        "Rows of the gateway about models that no route here leads to": found.unknown_to_us,
        "Routes here of which the gateway says nothing": found.unknown_to_it,
    }
    for title, names in about.items():
        if names:
            yield from ("", *screen.wrapped(f"{title}: {_some(names)}."))
    yield from ("", *screen.wrapped(LIMITS))


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = phrases.names(map(escaped, names[:_MOST_NAMED]))
    return f"{shown} and {more:,} more" if more > 0 else shown


def _summary(found: Reconciliation) -> str:
    at = facts_of(found.moment.at, found.moment.known_at, found.snapshot.digests)
    scenarios = phrases.names(map(escaped, found.scenarios))
    bypass = sum(d.verdict.allowed for d in found.disagreements)
    return (
        f"Gateway `{escaped(found.gateway)}` and our policies agree on "
        f"{phrases.counted(found.agreeing, 'combination')} of route and scenario ({scenarios}). "
        f"On {bypass:,} the gateway would let a call through that our policies refuse: only this "
        f"program stands in between. On "
        f"{len(found.disagreements) - bypass:,} it would block what they permit. Facts of {at}."
    )


def _row(d: Disagreement) -> tuple[str, ...]:
    because = "" if d.cell.standing is Standing.PERMITTED else f": {cause(d.cell)}"
    return (
        escaped(d.cell.scenario),
        escaped(d.cell.route),
        _gateway(d),
        f"{_OURS[d.cell.standing]}{because}",
    )


def _gateway(d: Disagreement) -> str:
    if d.verdict.allowed:
        return "allows it"
    by = f" by {escaped(d.verdict.blocked_by)}" if d.verdict.blocked_by else ""
    why = f": {escaped(d.verdict.reason)}" if d.verdict.reason else ""
    return f"blocks it{by}{why}"


def reconciliation_csv(found: Reconciliation) -> str:
    """Every difference, one row each."""
    return csv_table(_TITLES, [tuple(_data(d).values()) for d in found.disagreements])


def _data(d: Disagreement) -> dict[str, str]:
    return {
        "scenario": d.cell.scenario,
        "route": d.cell.route,
        "gateway_allows": "yes" if d.verdict.allowed else "no",
        "blocked_by": d.verdict.blocked_by or "",
        "reason": d.verdict.reason or "",
        "ours": d.cell.standing.value,
        "because": "" if d.cell.standing is Standing.PERMITTED else cause(d.cell),
    }


def reconciliation_json(found: Reconciliation) -> str:
    """Every difference, as one line of JSON."""
    moment, digests = found.moment, found.snapshot.digests
    data: dict[str, Any] = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "gateway": found.gateway,
        "scenarios": list(found.scenarios),
        "agreeing": found.agreeing,
        "disagreements": [
            {**_data(d), "gateway_allows": d.verdict.allowed} for d in found.disagreements
        ],
        "unknown_to_us": list(found.unknown_to_us),
        "unknown_to_it": list(found.unknown_to_it),
        "quarantined": aside_data(found.aside),
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
