"""What lapses, for readers and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from policy_router.audit import worded
from policy_router.audit.hanging import Hanging
from policy_router.audit.lapses import Lapse, LapseKind
from policy_router.audit.leaving import Leaving
from policy_router.domain.claim import Moment
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.leaving import leaving_lines
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS, facts_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

_COLUMNS: Final = (
    Column("Last day"),
    Column("What", fits=True),
    Column("Routes", right=True),
    Column("Permissions that hang on it", fits=True),
    Column("What to do", fits=True),
)
_TITLES: Final = (
    "lapses_at",
    "kind",
    "about",
    "limit_days",
    "attributes",
    "routes",
    "permissions",
    "place",
)
_READ_AGAIN: Final = "read it again, and record when"
_TO_DO: Final = {
    LapseKind.CLAIM: _READ_AGAIN,
    LapseKind.AGREEMENT: "renew it, or record the new one",
    LapseKind.SIGNOFF: "judge again",
    LapseKind.EXCEPTION: "let it end, or ask again",
    LapseKind.ADEQUACY: "have another basis ready",
    LapseKind.RATE: "write the next one",
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lapses within a span of time, seen from a moment of a snapshot."""

    snapshot: Snapshot
    moment: Moment
    within: timedelta
    found: tuple[Hanging, ...]
    leaving: tuple[Leaving, ...]


def lapses_lines(outlook: Outlook, most: int, screen: Screen) -> Iterator[str]:
    """What lapses soon or already has, what most permissions hang on first.

    Routes of one's own that are gone or soon will be stand before all else.
    """
    yield from leaving_lines(outlook.leaving, screen, most)
    yield from screen.wrapped(_summary(outlook))
    if outlook.found:
        rows = [_row(each, outlook.moment) for each in outlook.found[:most]]
        yield from ("", *table(_COLUMNS, rows, screen))
    hidden = len(outlook.found) - most
    if hidden > 0:
        yield f"{phrases.counted(hidden, 'further row')}: `--most N`, or `--format csv`"
    yield from ("", *screen.wrapped(LIMITS))


def _summary(outlook: Outlook) -> str:
    moment = outlook.moment
    at = facts_of(moment.at, moment.known_at, outlook.snapshot.digests)
    days = phrases.counted(outlook.within.days, "day")
    if not outlook.found:
        return f"Nothing within reach lapses within {days}. Facts of {at}."
    past = sum(each.lapse.at <= moment.at for each in outlook.found)
    soon = len(outlook.found) - past
    parts = [f"{soon:,} to lapse within {days}"] if soon else []
    parts += [f"{past:,} lapsed already"] if past else []
    return (
        f"{' and '.join(parts)}. A permission (a scenario on a route) hangs on something if it is "
        f"there with it and not without it, all else left as it is. Facts of {at}."
    )


def _row(each: Hanging, moment: Moment) -> tuple[str, ...]:
    return (
        _last_day_and_past(each.lapse, moment),
        what_lapses(each.lapse),
        f"{len(each.lapse.routes):,}",
        _permissions(each),
        what_to_do(each.lapse),
    )


def what_to_do(lapse: Lapse) -> str:
    """What to do about something that lapses."""
    aged = lapse.kind is LapseKind.AGREEMENT and lapse.limit_days is not None
    return _READ_AGAIN if aged else _TO_DO[lapse.kind]


def last_day(lapse: Lapse) -> str:
    """The last day on which it counts."""
    return worded.last_day(lapse.at)


def _last_day_and_past(lapse: Lapse, moment: Moment) -> str:
    return f"{last_day(lapse)} (past)" if lapse.at <= moment.at else last_day(lapse)


def what_lapses(lapse: Lapse) -> str:
    """What it is, in a few words."""
    age = (
        f" (older than {phrases.counted(lapse.limit_days, 'day')})"
        if lapse.limit_days is not None
        else ""
    )
    if lapse.kind is not LapseKind.CLAIM:
        return f"{lapse.kind.value} `{escaped(lapse.about)}`{age}"
    titles = ", ".join(phrases.title_of(name) for name in lapse.attributes)
    return f"claims about {titles}{age}: {escaped(lapse.about)}"


def _permissions(each: Hanging) -> str:
    counts = Counter(scenario for scenario, _ in each.permissions)
    said = ", ".join(f"{escaped(name)} on {n:,}" for name, n in sorted(counts.items()))
    return said or "none"


def lapses_csv(outlook: Outlook) -> str:
    """What lapses, one row each."""
    return csv_table(_TITLES, [_cells(each) for each in outlook.found])


def _cells(each: Hanging) -> tuple[str, ...]:
    lapse = each.lapse
    return (
        instant(lapse.at),
        lapse.kind.value,
        lapse.about,
        "" if lapse.limit_days is None else str(lapse.limit_days),
        " ".join(lapse.attributes),
        str(len(lapse.routes)),
        " ".join(f"{scenario}@{route}" for scenario, route in each.permissions),
        _place(lapse),
    )


def _place(lapse: Lapse) -> str:
    return "" if lapse.span is None else f"{lapse.span.file}:{lapse.span.line}"


def lapses_json(outlook: Outlook) -> str:
    """What lapses, as one line of JSON."""
    moment, digests = outlook.moment, outlook.snapshot.digests
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "within_days": outlook.within.days,
        "leaving": [_leaving(each) for each in outlook.leaving],
        "lapses": [_data(each, moment) for each in outlook.found],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _leaving(each: Leaving) -> dict[str, Any]:
    return {
        "route": each.route,
        "stage": each.event.stage,
        "from": instant(each.event.start),
        "in_use": each.used,
        "counts": each.own,
        "successor": each.event.successor,
        "source": each.event.evidence.reference,
    }


def _data(each: Hanging, moment: Moment) -> dict[str, Any]:
    lapse = each.lapse
    return {
        "at": instant(lapse.at),
        "past": lapse.at <= moment.at,
        "kind": lapse.kind.value,
        "about": lapse.about,
        "limit_days": lapse.limit_days,
        "attributes": list(lapse.attributes),
        "routes": sorted(lapse.routes),
        "permissions": [{"scenario": s, "route": r} for s, r in each.permissions],
        "place": _place(lapse) or None,
    }
