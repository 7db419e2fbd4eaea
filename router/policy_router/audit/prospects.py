"""Pack by pack: which scenarios may go to some routes, why not, and what the next step would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.gaps import Gaps, gaps
from policy_router.audit.matrix import Cell, Matrix, Standing, matrix
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy
from policy_router.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one pack alone makes of scenarios on routes.

    `steps`: by scenario, for its first route that is not permitted, what would permit it.
    """

    policy: Policy
    matrix: Matrix
    steps: dict[str, Gaps]


def prospects(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Iterator[Prospect]:
    """Each pack in force, as if it were the only one."""
    for policy in snapshot.policies.policies:
        alone = with_policy(snapshot, policy)
        found = matrix(alone, scenarios, routes, moment)
        steps = {s.id: _step(alone, s, found, moment) for s in scenarios if _blocked(found, s)}
        yield Prospect(policy, found, steps)


def with_policy(snapshot: Snapshot, policy: Policy) -> Snapshot:
    """The snapshot with one policy in force."""
    return replace(snapshot, policies=replace(snapshot.policies, policies=(policy,)))


def _blocked(found: Matrix, scenario: Scenario) -> list[Cell]:
    return [c for c in found.of(scenario.id) if c.standing is not Standing.PERMITTED]


def _step(snapshot: Snapshot, scenario: Scenario, found: Matrix, moment: Moment) -> Gaps:
    """What is missing for the first route that is not permitted; as for the others, mostly."""
    return gaps(snapshot, [scenario], [_blocked(found, scenario)[0].route], moment)
