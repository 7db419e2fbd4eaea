"""Differences between two registries, for readers and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_router.audit.changes import ALL_TOGETHER, Difference, Fate, Shift
from policy_router.audit.permissions import Permission
from policy_router.domain.claim import Moment
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

_DIFFERENCES: Final = (
    Column(""),
    Column("Document", fits=True),
    Column("What", fits=True),
    Column("Was", fits=True),
    Column("Is", fits=True),
)
_SHIFTS: Final = (
    Column("Policies"),
    Column("Gained", fits=True),
    Column("Lost", fits=True),
)
_TITLES: Final = ("fate", "kind", "id", "what", "old", "new")
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots and how they differ."""

    old: Snapshot
    new: Snapshot
    moment: Moment
    differences: tuple[Difference, ...]
    shifts: tuple[Shift, ...]


def changes_lines(found: Comparison, most: int, screen: Screen) -> Iterator[str]:
    """What changed, and what that opens and shuts; the latter first, for it is what matters."""
    yield from screen.wrapped(_summary(found))
    moved = [s for s in found.shifts if s.gained or s.lost]
    if moved:
        yield from ("", screen.bold("Permissions that this opens and shuts"))
        yield from table(_SHIFTS, [_shift_row(s) for s in moved], screen)
    yield from difference_lines(found.differences, most, screen, "`--most N`, or `--format csv`")
    yield from ("", *screen.wrapped(LIMITS))


def difference_lines(
    found: Sequence[Difference], most: int, screen: Screen, advice: str
) -> Iterator[str]:
    """What documents say now and did not before; `advice`: how to see what is not shown."""
    if found:
        yield from ("", screen.bold("What changed"))
        yield from table(_DIFFERENCES, [_row(d) for d in found[:most]], screen)
    if len(found) > most:
        yield f"{phrases.counted(len(found) - most, 'further row')}: {advice}"


def _summary(found: Comparison) -> str:
    old, new = (phrases.short_digest(s.digests.registry) for s in (found.old, found.new))
    if not found.differences:
        return f"The registries say the same ({old}, {new})."
    counts = Counter(d.fate for d in found.differences)
    said = ", ".join(f"{counts[fate]:,} {fate.value}" for fate in Fate if counts[fate])
    gained, lost = found.shifts[-1].gained, found.shifts[-1].lost
    return (
        f"From {old} to {new}: {said}. On {phrases.instant(found.moment.at)} the policies in force "
        f"permit {phrases.counted(len(gained), 'combination')} of scenario and route more, and "
        f"{len(lost):,} no longer."
    )


def _shift_row(shift: Shift) -> tuple[str, ...]:
    name = "all together" if shift.policy == ALL_TOGETHER else f"{escaped(shift.policy)} alone"
    return (name, _permissions(shift.gained), _permissions(shift.lost))


def _permissions(found: Sequence[Permission]) -> str:
    """By scenario: how many routes, and which where they are few."""
    by_scenario: dict[str, list[str]] = {}
    for scenario, route in found:
        by_scenario.setdefault(scenario, []).append(route)
    said = [
        f"{escaped(name)}: "
        + (", ".join(map(escaped, routes)) if len(routes) <= _MOST_NAMED else f"{len(routes):,}")
        for name, routes in sorted(by_scenario.items())
    ]
    return "; ".join(said) or "none"


def _row(d: Difference) -> tuple[str, ...]:
    return (
        d.fate.value,
        f"{d.kind} {escaped(d.id)}".rstrip(),
        escaped(d.what),
        escaped(d.old or ""),
        escaped(d.new or ""),
    )


def changes_csv(found: Comparison) -> str:
    """Every difference, one row each."""
    return csv_table(
        _TITLES,
        [(d.fate.value, d.kind, d.id, d.what, d.old or "", d.new or "") for d in found.differences],
    )


def changes_json(found: Comparison) -> str:
    """Differences and permissions as one line of JSON."""
    moment = found.moment
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "old": found.old.digests.registry,
        "new": found.new.digests.registry,
        "differences": [difference_data(d) for d in found.differences],
        "permissions": [
            {
                "policy": shift.policy or None,
                "gained": _pairs(shift.gained),
                "lost": _pairs(shift.lost),
            }
            for shift in found.shifts
        ],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _pairs(found: Sequence[Permission]) -> list[dict[str, str]]:
    return [{"scenario": scenario, "route": route} for scenario, route in found]


def difference_data(d: Difference) -> dict[str, Any]:
    """A difference as plain data."""
    return {
        "fate": d.fate.value,
        "kind": d.kind,
        "id": d.id,
        "what": d.what or None,
        "old": d.old,
        "new": d.new,
    }
