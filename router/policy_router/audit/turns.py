"""Every scenario and route of which another snapshot decides otherwise, and what did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_router.audit.causes import Cause, Causes, Turn
from policy_router.audit.changes import Difference, differences
from policy_router.audit.documents import policy_documents, registry_documents
from policy_router.audit.groups import grouped
from policy_router.audit.matrix import reachable_routes
from policy_router.audit.outlooks import Cell, outlooks
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Turned:
    """One and the same change: for these scenarios, on each of these routes, from one cause."""

    scenarios: tuple[str, ...]
    routes: tuple[str, ...]
    turn: Turn
    cause: Cause


@dataclass(frozen=True, slots=True)
class Turns:
    """All that differs between two snapshots, and what comes of it at a moment."""

    old: Snapshot
    new: Snapshot
    moment: Moment
    scenarios: tuple[Scenario, ...]
    differences: tuple[Difference, ...]
    turned: tuple[Turned, ...]


def turns(old: Snapshot, new: Snapshot, scenarios: Sequence[Scenario], moment: Moment) -> Turns:
    """What differs, and every scenario and route within reach that this decides otherwise."""
    before, after = (
        {**policy_documents(s.policies), **registry_documents(s.registry)} for s in (old, new)
    )
    found = differences(before, after)
    changed = _changed(old, new, scenarios, moment) if found else {}
    causes = Causes(old, new, found, scenarios, moment).of(changed)
    return Turns(old, new, moment, tuple(scenarios), found, _turned(scenarios, changed, causes))


def _changed(
    old: Snapshot, new: Snapshot, scenarios: Sequence[Scenario], moment: Moment
) -> dict[Cell, Turn]:
    routes = sorted({*reachable_routes(old), *reachable_routes(new)})
    before, after = (outlooks(s, scenarios, routes, moment) for s in (old, new))
    every = ((s.id, route) for s in scenarios for route in routes)
    found = {cell: Turn(before.get(cell), after.get(cell)) for cell in every}
    return {cell: turn for cell, turn in found.items() if turn.is_one}


def _turned(
    scenarios: Sequence[Scenario], changed: dict[Cell, Turn], causes: dict[Cell, Cause]
) -> tuple[Turned, ...]:
    """Identical changes once."""
    cells = ((s, r, (turn, _general(causes[s, r]))) for (s, r), turn in changed.items())
    return tuple(
        Turned(group.scenarios, group.routes, *group.said)
        for group in grouped(cells, [s.id for s in scenarios])
    )


def _general(cause: Cause) -> Cause:
    """A cause without the names of routes whose own documents came or went: one for all."""
    return Cause(tuple(map(_nameless, cause.alone)), tuple(map(_nameless, cause.together)))


def _nameless(difference: Difference) -> Difference:
    whole = difference.kind == "route" and not difference.what
    return Difference(difference.fate, "route", "", "", None, None) if whole else difference
