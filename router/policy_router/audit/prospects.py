"""Pack by pack: which scenarios may go to some routes, why not, and what the next step would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.gaps import Need, Thing, needs_in_turn
from policy_router.audit.matrix import Cell, Matrix, Standing, matrix_by
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.nearness import ONE_STEP, Distance, Nearness, Rank, distance


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one pack alone makes of scenarios on routes. `order`: which are nearer than others."""

    policy: Policy
    engine: Engine
    matrix: Matrix
    order: Nearness


def prospects(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Iterator[Prospect]:
    """Each pack in force, as if it were the only one."""
    order = Nearness(snapshot, moment)
    for policy in snapshot.policies.policies:
        engine = Engine(with_policy(snapshot, policy))
        yield Prospect(policy, engine, matrix_by(engine, scenarios, routes, moment), order)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The route nearest to a permission for a scenario, and what it needs.

    `things` None: no list would do, on any of the routes. `complete`: every search that it took to
    say so went to its end.
    """

    cell: Cell
    things: tuple[Thing, ...] | None
    complete: bool


def nearest_for(pack: Prospect) -> tuple[Nearest, ...]:
    """Of each scenario that may go to none of the routes, the nearest of them."""
    found = pack.matrix
    closed = (s.id for s in found.scenarios if not found.of(s.id, Standing.PERMITTED))
    return tuple(nearest_of(pack, scenario, found.routes) for scenario in closed if found.routes)


def nearest_of(pack: Prospect, scenario: str, routes: Sequence[str]) -> Nearest:
    """The nearest of some routes for a scenario, as `Nearness` settles; there is at least one.

    None of them permits it. Steps are searched for route by route as they rank among equals, until
    one is found of which as little is wanted as of any: of a model with dozens of routes that is
    mostly the first.
    """
    found = pack.matrix
    (asked,) = (s for s in found.scenarios if s.id == scenario)
    ranks = {c.route: _rank(pack, c) for c in found.of(scenario)}
    searched: list[tuple[Distance, Rank, Need]] = []
    whole = True
    for need, complete in needs_in_turn(
        pack.engine, asked, routes, found.moment, ranks.__getitem__
    ):
        whole = whole and complete
        searched.append((distance(need.things), min(ranks[r] for r in need.routes), need))
        if searched[-1][0] == ONE_STEP:
            break
    _, (*_, route), need = min(searched, key=lambda each: each[:2])
    (cell,) = (c for c in found.of(scenario) if c.route == route)
    return Nearest(cell, need.things, complete=whole)


def _rank(pack: Prospect, cell: Cell) -> Rank:
    return pack.order.place(cell.route), len({*cell.failed, *cell.unknown}), cell.route


def with_policy(snapshot: Snapshot, policy: Policy) -> Snapshot:
    """The snapshot with one policy in force."""
    return replace(snapshot, policies=replace(snapshot.policies, policies=(policy,)))
