"""A gateway's own verdicts beside ours: where they differ, and what only one of us knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_router.audit.matrix import Cell, Standing, matrix
from policy_router.domain.claim import Moment
from policy_router.domain.gateway_verdict import GatewayVerdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.importers.drafts import Quarantined
from policy_router.registry.importers.opper_verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A route of which the gateway says one thing and our policies another, for a scenario."""

    verdict: GatewayVerdict
    cell: Cell


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of comparing. `agreeing`: combinations on which both say the same.

    `unknown_to_us`: addresses for which there is no route; `unknown_to_it`: routes through the
    gateway of which it says nothing. `aside`: rows that hold no verdict that can be relied on.
    """

    snapshot: Snapshot
    moment: Moment
    gateway: str
    scenarios: tuple[str, ...]
    agreeing: int
    disagreements: tuple[Disagreement, ...]
    unknown_to_us: tuple[str, ...]
    unknown_to_it: tuple[str, ...]
    aside: tuple[Quarantined, ...]

    @property
    def complete_and_alike(self) -> bool:
        """Whether every row was compared, and both say the same of each."""
        return not self.disagreements and not self.aside


def reconciled(
    snapshot: Snapshot,
    scenarios: Sequence[Scenario],
    gateway: str,
    verdicts: Verdicts,
    moment: Moment,
) -> Reconciliation:
    """Decide every scenario on every route through the gateway, and compare."""
    routes = {r.address: r.id for r in snapshot.registry.routes.values() if r.gateway == gateway}
    said = {routes[v.address]: v for v in verdicts.found if v.address in routes}
    cells = matrix(snapshot, scenarios, sorted(said), moment).cells
    differing = [Disagreement(said[c.route], c) for c in cells if _differ(said[c.route], c)]
    return Reconciliation(
        snapshot=snapshot,
        moment=moment,
        gateway=gateway,
        scenarios=tuple(s.id for s in scenarios),
        agreeing=len(cells) - len(differing),
        disagreements=tuple(differing),
        unknown_to_us=tuple(sorted(v.address for v in verdicts.found if v.address not in routes)),
        unknown_to_it=tuple(sorted(set(routes.values()) - said.keys())),
        aside=verdicts.aside,
    )


def _differ(verdict: GatewayVerdict, cell: Cell) -> bool:
    return verdict.allowed is not (cell.standing is Standing.PERMITTED)
