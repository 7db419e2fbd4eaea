"""Differences between two registries, for readers and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_router.audit.chances import Chance, Move
from policy_router.audit.changes import ALL_TOGETHER, Difference, Fate, Shift
from policy_router.audit.gaps import SEARCHED
from policy_router.audit.permissions import Permission
from policy_router.domain.claim import Moment
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.differing import document_words, part_words, said_words
from policy_router.report.gaps import brief
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
_CHANCES: Final = (
    Column("Policies", fits=True),
    Column("Where", fits=True),
    Column("Before", fits=True),
    Column("Now", fits=True),
)
_NOT_MET: Final = "not met"
_NOT_KNOWN: Final = "not known to be met"
_NOT_IN_THE_WAY: Final = "not in the way"
_TITLES: Final = ("fate", "kind", "id", "what", "old", "new")
_MOST_NAMED: Final = 3
_MOST_CHANCES: Final = 10


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
    yield from _chance_lines(found, most, screen)
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
    return (_alone(shift), _permissions(shift.gained), _permissions(shift.lost))


def _chance_lines(found: Comparison, most: int, screen: Screen) -> Iterator[str]:
    """What is in the way of what stays refused, where that is something else now."""
    policies: dict[tuple[str, ...], list[str]] = {}
    for shift in found.shifts:
        for row in _chance_rows(found, shift):
            policies.setdefault(row, []).append(_alone(shift))
    rows = [(", ".join(names), *row) for row, names in policies.items()]
    shown = min(most, _MOST_CHANCES)
    if rows:
        yield from (
            "",
            screen.bold("Refused before and now, for other reasons or with other steps"),
        )
        yield from table(_CHANCES, rows[:shown], screen)
    if len(rows) > shown:
        yield f"{phrases.counted(len(rows) - shown, 'further row')}: `--format json`"


def _chance_rows(found: Comparison, shift: Shift) -> list[tuple[str, ...]]:
    """One row for the same before and now, those of most combinations first."""
    alike: dict[tuple[str, str], list[Permission]] = {}
    for move in shift.moves:
        said = (
            _chance(found.old, move.old, move.new),
            _chance(found.new, move.new, move.old),
        )
        if said[0] != said[1]:
            alike.setdefault(said, []).append((move.scenario, move.route))
    ordered = sorted(alike.items(), key=lambda each: (-len(each[1]), each[0]))
    return [(_where(pairs), *said) for said, pairs in ordered]


def _where(pairs: Sequence[Permission]) -> str:
    """Scenarios and routes, those of the same routes together."""
    routes: dict[str, list[str]] = {}
    for scenario, route in pairs:
        routes.setdefault(scenario, []).append(route)
    scenarios: dict[tuple[str, ...], list[str]] = {}
    for scenario, there in routes.items():
        scenarios.setdefault(tuple(there), []).append(escaped(scenario))
    said = (f"{', '.join(names)}: {_routes(there)}" for there, names in scenarios.items())
    return "; ".join(said)


def _routes(ids: Sequence[str]) -> str:
    if len(ids) > _MOST_NAMED:
        return phrases.counted(len(ids), "route")
    return ", ".join(map(escaped, ids))


def _chance(snapshot: Snapshot, here: Chance | None, there: Chance | None) -> str:
    """What stands here and does not there; of what is new or gone, what would permit it."""
    if here is None:
        return "no such route"
    rules = () if there is None else _apart(here, there)
    if there is not None and (here.things, here.reason) == (there.things, there.reason):
        return "; ".join(rules)
    return "; ".join((*rules, _needs(snapshot, here)))


def _apart(here: Chance, there: Chance) -> tuple[str, ...]:
    """How the rules stand here that stand otherwise there."""
    stand, other = (
        {
            rule: word
            for word, rules in ((_NOT_MET, (*c.obligations, *c.failed)), (_NOT_KNOWN, c.unknown))
            for rule in rules
        }
        for c in (here, there)
    )
    names = sorted(name for name in stand | other if stand.get(name) != other.get(name))
    return tuple(f"{escaped(name)}: {stand.get(name, _NOT_IN_THE_WAY)}" for name in names)


def _needs(snapshot: Snapshot, chance: Chance) -> str:
    if chance.things is not None:
        return f"needs {'; '.join(brief(snapshot, thing) for thing in chance.things)}"
    if chance.reason in SEARCHED:
        return "none of the steps that are looked for would permit it"
    return phrases.headline(chance.reason)


def _alone(shift: Shift) -> str:
    return "all together" if shift.policy == ALL_TOGETHER else f"{escaped(shift.policy)} alone"


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
    return (d.fate.value, document_words(d), part_words(d), *said_words(d))


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
                "moves": [_move_data(found, move) for move in shift.moves],
            }
            for shift in found.shifts
        ],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _pairs(found: Sequence[Permission]) -> list[dict[str, str]]:
    return [{"scenario": scenario, "route": route} for scenario, route in found]


def _move_data(found: Comparison, move: Move) -> dict[str, Any]:
    return {
        "scenario": move.scenario,
        "route": move.route,
        "old": _chance_data(found.old, move.old),
        "new": _chance_data(found.new, move.new),
    }


def _chance_data(snapshot: Snapshot, chance: Chance | None) -> dict[str, Any] | None:
    if chance is None:
        return None
    things = chance.things
    steps = None if things is None else [brief(snapshot, thing) for thing in things]
    return {
        "reason": chance.reason.value,
        "obligations": list(chance.obligations),
        "failed": list(chance.failed),
        "unknown": list(chance.unknown),
        "steps": steps,
    }


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
