"""Pack by pack: which scenarios may go to some routes, why not, and what the next step would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.gaps import Gaps, gaps_by
from policy_router.audit.matrix import Matrix, matrix_by
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine


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


def missing_for(pack: Prospect, scenario: str, route: str) -> Gaps:
    """What is missing for a scenario on one route; of other routes it says nothing."""
    found = pack.matrix
    (asked,) = (s for s in found.scenarios if s.id == scenario)
    return gaps_by(pack.engine, [asked], [route], found.moment)


def with_policy(snapshot: Snapshot, policy: Policy) -> Snapshot:
    """The snapshot with one policy in force."""
    return replace(snapshot, policies=replace(snapshot.policies, policies=(policy,)))
