"""What became worse since a saved audit, and what soon will: for a build to stop at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from policy_router.audit.baseline import Baseline
from policy_router.audit.gaps import Gaps, gaps
from policy_router.audit.groups import grouped
from policy_router.audit.hanging import hanging
from policy_router.audit.lapses import Lapse, lapses
from policy_router.audit.matrix import Cell as Decided
from policy_router.audit.matrix import Matrix, Standing, matrix, reachable_routes
from policy_router.audit.outlooks import Cell
from policy_router.audit.permissions import permissions
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.engine.decide import Engine

MOST_SEARCHED: Final = 40
"""Scenarios on routes of which steps that would permit them again are searched."""


_JUST_BEFORE: Final = timedelta(microseconds=1)


class Watched(StrEnum):
    """What a condition is about."""

    LOST = "lost-routes"
    UNKNOWN = "newly-unknown"
    EXPIRING = "expiring"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a build fails. `limit`: an amount that may not be exceeded, or days ahead."""

    watched: Watched
    limit: int

    def __str__(self) -> str:
        if self.watched is Watched.EXPIRING:
            return f"{self.watched.value}<{self.limit}d"
        return f"{self.watched.value}>{self.limit}"


@dataclass(frozen=True, slots=True)
class Alert:
    """One cause, and the scenarios on routes it concerns.

    `lapsed`: what ended or will and did or would do it; `by_time`: the documents did not do it;
    `decided`: how one of them is decided after it, None if its route is not within reach any more;
    `steps`: what would permit one of them.
    """

    watched: Watched
    scenarios: tuple[str, ...]
    routes: tuple[str, ...]
    lapsed: tuple[Lapse, ...]
    by_time: bool
    decided: Decided | None
    steps: Gaps | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one condition: how many combinations it concerns, and whether it fails."""

    condition: Condition
    found: int
    alerts: tuple[Alert, ...]

    @property
    def fails(self) -> bool:
        """Whether the build stops."""
        limit = 0 if self.condition.watched is Watched.EXPIRING else self.condition.limit
        return self.found > limit


class Comparison:
    """An audit of now, and one saved before; `baseline` None: nothing is compared."""

    def __init__(self, now: Matrix, baseline: Baseline | None) -> None:
        self._now = now
        self._then = baseline
        self._cells = {(c.scenario, c.route): c for c in now.cells}
        self._scenarios = {s.id: s for s in now.scenarios}

    def outcome(self, condition: Condition) -> Outcome:
        """What came of a condition."""
        if condition.watched is Watched.EXPIRING:
            alerts = tuple(self._expiring(timedelta(days=condition.limit)))
            cells = {(s, r) for a in alerts for s in a.scenarios for r in a.routes}
            return Outcome(condition, len(cells), alerts)
        lost = condition.watched is Watched.LOST
        found = list(self._lost() if lost else self._newly_unknown())
        return Outcome(condition, len(found), tuple(self._alerts(condition.watched, found)))

    # ---- compared with then ----

    def _standings(self) -> Mapping[Cell, Standing]:
        """What stood then, of the scenarios that are looked at now."""
        then = {} if self._then is None else self._then.standings
        return {cell: s for cell, s in then.items() if cell[0] in self._scenarios}

    def _lost(self) -> Iterator[Cell]:
        """What was permitted and is not: refused, not known, or out of reach."""
        within_reach = set(reachable_routes(self._now.snapshot))
        for cell, standing in sorted(self._standings().items()):
            if standing is Standing.PERMITTED:
                now = self._cells.get(cell)
                gone = cell[1] not in within_reach
                if gone or (now is not None and now.standing is not Standing.PERMITTED):
                    yield cell

    def _newly_unknown(self) -> Iterator[Cell]:
        """What is not known and was, on routes that carried or carry something."""
        then = self._standings()
        carrying = {route for (_, route), s in then.items() if s is Standing.PERMITTED}
        carrying |= {c.route for c in self._now.cells if c.standing is Standing.PERMITTED}
        for cell, now in self._cells.items():
            unknown = now.standing is Standing.UNKNOWN and cell[1] in carrying
            if unknown and then.get(cell) not in {None, Standing.UNKNOWN}:
                yield cell

    def _alerts(self, watched: Watched, cells: Sequence[Cell]) -> Iterator[Alert]:
        ended = self._ended(cells)
        said = ((*cell, (ended.get(cell), self._way(cell, ended))) for cell in cells)
        for group in grouped(said, list(self._scenarios)):
            first = self._cells.get((group.scenarios[0], group.routes[0]))
            lapsed = group.said[0]
            alert = Alert(
                watched, group.scenarios, group.routes, lapsed or (), lapsed is not None, first
            )
            yield replace(alert, steps=self._steps(alert))

    def _way(self, cell: Cell, ended: Mapping[Cell, tuple[Lapse, ...]]) -> Decided | None:
        """How a cell is decided, without its names; None where what ended says it all."""
        return None if ended.get(cell) else _nameless(self._cells.get(cell))

    def _steps(self, alert: Alert) -> Gaps | None:
        """The smallest sets of steps that would permit it; None where none are looked for."""
        few = len(alert.scenarios) * len(alert.routes) <= MOST_SEARCHED
        if alert.decided is None or alert.lapsed or not few:
            return None
        scenarios = [self._scenarios[name] for name in alert.scenarios]
        return gaps(self._now.snapshot, scenarios, alert.routes, self._now.moment)

    # ---- what time did, and will do ----

    def _ended(self, cells: Sequence[Cell]) -> dict[Cell, tuple[Lapse, ...]]:
        """What ended since then and took a permission with it that these documents gave then."""
        moment, routes = self._now.moment, sorted({route for _, route in cells} & self._there)
        if self._then is None or not routes or self._then.at >= moment.at:
            return {}
        scenarios = self._named(cells)
        before = replace(moment, at=self._then.at)
        had = permissions(Engine(self._now.snapshot), scenarios, routes, before)
        passed = lapses(self._now.snapshot, routes, moment, moment.at - before.at)
        since = [lapse for lapse in passed if before.at < lapse.at <= moment.at]
        found: dict[Cell, tuple[Lapse, ...]] = dict.fromkeys(had.intersection(cells), ())
        for each in hanging(self._now.snapshot, scenarios, since, moment):
            for cell in found.keys() & each.permissions:
                found[cell] = (*found[cell], each.lapse)
        return found

    def _expiring(self, within: timedelta) -> Iterator[Alert]:
        """What ends within these days and will take permissions with it."""
        moment, names = self._now.moment, list(self._scenarios)
        ahead = lapses(self._now.snapshot, self._now.routes, moment, within)
        soon = [lapse for lapse in ahead if moment.at < lapse.at < moment.at + within]
        told: set[Cell] = set()
        for each in hanging(self._now.snapshot, self._now.scenarios, soon, moment):
            known = sorted(self._permitted.intersection(each.permissions))
            told.update(known)
            for group in grouped(((*cell, each.lapse) for cell in known), names):
                first = self._cells[group.scenarios[0], group.routes[0]]
                yield Alert(
                    Watched.EXPIRING, group.scenarios, group.routes, (group.said,), True, first
                )
        yield from self._lost_by(replace(moment, at=moment.at + within - _JUST_BEFORE), told)

    def _lost_by(self, then: Moment, told: Collection[Cell]) -> Iterator[Alert]:
        """What is permitted now and will not be, for something that no calendar lists."""
        left = sorted(self._permitted.difference(told))
        routes = sorted({route for _, route in left})
        scenarios, snapshot = self._named(left), self._now.snapshot
        kept = permissions(Engine(snapshot), scenarios, routes, then)
        lost = [cell for cell in left if cell not in kept]
        after = matrix(snapshot, self._named(lost), sorted({r for _, r in lost}), then)
        decided = {(c.scenario, c.route): c for c in after.cells}
        said = ((*cell, _nameless(decided[cell])) for cell in lost)
        for group in grouped(said, list(self._scenarios)):
            first = decided[group.scenarios[0], group.routes[0]]
            yield Alert(Watched.EXPIRING, group.scenarios, group.routes, (), True, first)

    @property
    def _permitted(self) -> frozenset[Cell]:
        standing = Standing.PERMITTED
        return frozenset(cell for cell, c in self._cells.items() if c.standing is standing)

    @property
    def _there(self) -> set[str]:
        return set(self._now.snapshot.registry.routes)

    def _named(self, cells: Sequence[Cell]) -> list[Scenario]:
        names = {scenario for scenario, _ in cells}
        return [s for name, s in self._scenarios.items() if name in names]


def _nameless(cell: Decided | None) -> Decided | None:
    return None if cell is None else replace(cell, scenario="", route="")
