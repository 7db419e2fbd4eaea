"""Where a scenario may not go to a route: what is in the way, in one registry and in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_router.audit.gaps import Thing, gaps
from policy_router.audit.matrix import Cell, Matrix, Standing
from policy_router.audit.permissions import Permission
from policy_router.domain.decision import Reason
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route

Documents = frozenset[tuple[str, str]]
"""Documents that differ, by kind and id."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What is in the way of a scenario on a route that may not carry it, and what would permit it.

    `reason`: why it may not; `obligations`, `failed`, `unknown`: what is in the way before any
    rule, and the rules, as of a `Cell`. `things`: the first of the smallest sets of steps; None: no
    set was found, or none was looked for, as the route is refused before any rule.
    """

    reason: Reason
    obligations: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    things: tuple[Thing, ...] | None


@dataclass(frozen=True, slots=True)
class Move:
    """A scenario on a route that may carry it in neither registry, and what is in the way there.

    None: there is no such route within reach.
    """

    scenario: str
    route: str
    old: Chance | None
    new: Chance | None


def moves(old: Matrix, new: Matrix, changed: Documents) -> tuple[Move, ...]:
    """Where nothing is permitted before and after, and yet something else is in the way.

    Looked at are the routes of which a verdict or what stands behind it differs, and those of
    which a document is among `changed`.
    """
    was, now = _cells(old), _cells(new)
    routes = {
        route for at in was.keys() | now.keys() if was.get(at) != now.get(at) for route in at[1:]
    }
    routes |= {r.id for side in (old, new) for r in _touched(side.snapshot.registry, changed)}
    before, after = _chances(old, was, routes), _chances(new, now, routes)
    found = (
        Move(*at, before.get(at), after.get(at))
        for at in sorted(before.keys() | after.keys())
        if before.get(at) != after.get(at) and not (_permits(was.get(at)) or _permits(now.get(at)))
    )
    return tuple(found)


def _cells(matrix: Matrix) -> Mapping[Permission, Cell]:
    return {(cell.scenario, cell.route): cell for cell in matrix.cells}


def _permits(cell: Cell | None) -> bool:
    return cell is not None and cell.standing is Standing.PERMITTED


def _touched(registry: Registry, changed: Documents) -> Iterator[Route]:
    """The routes that one of these documents is about, as their own or that of a party or model."""
    for route in registry.routes.values():
        parties = {("provider", name) for name in (route.provider, *route.subprocessors)}
        own = {("route", route.id), ("model", route.model), ("gateway", route.gateway)}
        if changed & (own | parties):
            yield route


def _chances(
    matrix: Matrix, cells: Mapping[Permission, Cell], routes: Iterable[str]
) -> dict[Permission, Chance]:
    """What would permit each scenario on each of these routes that may not carry it."""
    there: Sequence[str] = sorted({*routes} & {*matrix.routes})
    scenarios: tuple[Scenario, ...] = matrix.scenarios
    needs = gaps(matrix.snapshot, scenarios, there, matrix.moment).needs
    found: dict[Permission, Chance] = {}
    for need in needs:
        for route in need.routes:
            cell = cells[need.scenario, route]
            if cell.reason is not None:
                rules = cell.obligations, cell.failed_rules, cell.unknown_rules
                found[need.scenario, route] = Chance(cell.reason, *rules, need.things)
    return found
