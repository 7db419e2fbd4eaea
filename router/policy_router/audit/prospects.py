"""Pack by pack: which scenarios may go to some routes, why not, and what the next step would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.gaps import Gaps, Thing, gaps_by
from policy_router.audit.matrix import Cell, Matrix, Standing, matrix_by
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.nearness import Nearness, distance


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one pack alone makes of scenarios on routes."""

    policy: Policy
    engine: Engine
    matrix: Matrix


def prospects(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Iterator[Prospect]:
    """Each pack in force, as if it were the only one."""
    for policy in snapshot.policies.policies:
        engine = Engine(with_policy(snapshot, policy))
        yield Prospect(policy, engine, matrix_by(engine, scenarios, routes, moment))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The route nearest to a permission for a scenario that may go nowhere, and what it needs.

    `things` None: no list would do, on any route. `complete`: all searches went to their end.
    """

    cell: Cell
    things: tuple[Thing, ...] | None
    complete: bool


def nearest_for(pack: Prospect) -> tuple[Nearest, ...]:
    """Of each scenario that may go to none of the routes, the nearest of them (`Nearness`)."""
    found = pack.matrix
    closed = [s for s in found.scenarios if not found.of(s.id, Standing.PERMITTED)]
    if not closed or not found.routes:
        return ()
    order = Nearness(found.snapshot, found.moment)
    return tuple(_nearest(pack, scenario, order) for scenario in closed)


def _nearest(pack: Prospect, scenario: Scenario, order: Nearness) -> Nearest:
    found = pack.matrix
    missing = gaps_by(pack.engine, [scenario], found.routes, found.moment)
    wanted = {route: need.things for need in missing.needs for route in need.routes}
    cell = min(
        found.of(scenario.id),
        key=lambda c: (
            distance(wanted[c.route]),
            order.place(c.route),
            len({*c.failed, *c.unknown}),
            c.route,
        ),
    )
    return Nearest(cell, wanted[cell.route], complete=not missing.cut)


def missing_for(pack: Prospect, scenario: str, route: str) -> Gaps:
    """What is missing for a scenario on one route; of other routes it says nothing."""
    found = pack.matrix
    (asked,) = (s for s in found.scenarios if s.id == scenario)
    return gaps_by(pack.engine, [asked], [route], found.moment)


def with_policy(snapshot: Snapshot, policy: Policy) -> Snapshot:
    """The snapshot with one policy in force."""
    return replace(snapshot, policies=replace(snapshot.policies, policies=(policy,)))
