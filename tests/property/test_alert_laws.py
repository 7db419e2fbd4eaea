"""What an audit finds lost and newly unknown beside a saved one is so by the definition."""

from __future__ import annotations

from dataclasses import replace

from policy_router.audit.alerts import Alert, Comparison, Condition, Watched
from policy_router.audit.baseline import baseline_of
from policy_router.audit.matrix import Matrix, Standing, matrix, reachable_routes
from policy_router.audit.outlooks import Cell
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import decide, is_reachable
from policy_router.report.matrix_data import matrix_json
from tests.property.proving import Effect, law
from tests.property.test_diff_laws import Changed, changed


def audit(snapshot: Snapshot, case: Changed) -> Matrix:
    world, _, scenarios = case
    return matrix(snapshot, scenarios, reachable_routes(snapshot), world.moment)


def carried(snapshot: Snapshot, case: Changed) -> set[Cell]:
    """What the definition permits of each scenario on each route within reach."""
    world, _, scenarios = case

    def permits(scenario: Scenario, route: str) -> bool:
        return decide(snapshot, replace(scenario.request, model=route), world.moment).permitted

    return {
        (s.id, name)
        for s in scenarios
        for name, route in snapshot.registry.routes.items()
        if is_reachable(snapshot, route) and permits(s, name)
    }


def told(alerts: tuple[Alert, ...]) -> list[Cell]:
    return [(s, r) for alert in alerts for s in alert.scenarios for r in alert.routes]


@law(changed, tested=0.5, seen=0.2, times=1)
def test_what_is_lost_and_newly_unknown_is_told(case: Changed) -> Effect:
    world, new, _ = case
    then, now = audit(world.snapshot, case), audit(new, case)
    baseline = baseline_of(matrix_json(then, then.cells))
    assert baseline.standings == {(c.scenario, c.route): c.standing for c in then.cells}
    compared = Comparison(now, baseline)
    lost = compared.outcome(Condition(Watched.LOST, 0))
    before, after = carried(world.snapshot, case), carried(new, case)
    assert sorted(told(lost.alerts)) == sorted(before - after)
    assert (lost.found, lost.fails) == (len(before - after), bool(before - after))
    unknown = compared.outcome(Condition(Watched.UNKNOWN, 0))
    carrying = {route for _, route in before | after}
    expected = {
        (c.scenario, c.route)
        for c in now.cells
        if c.standing is Standing.UNKNOWN
        and c.route in carrying
        and baseline.standings.get((c.scenario, c.route)) not in {None, Standing.UNKNOWN}
    }
    assert set(told(unknown.alerts)) == expected
    return Effect.SEEN if lost.fails or unknown.fails else Effect.TESTED
