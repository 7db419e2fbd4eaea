"""Everything that documents say to no effect at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policy_router.audit.lint.findings import Finding
from policy_router.audit.lint.rules import examined, rule_findings
from policy_router.audit.lint.scenarios import scenario_findings
from policy_router.audit.lint.signoffs import signoff_findings
from policy_router.audit.matrix import reachable_routes
from policy_router.compiler.bind import Bound
from policy_router.compiler.lower import lower
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.lifecycle import RETIRED, stage_at


def in_use(snapshot: Snapshot, moment: Moment) -> Bound:
    """The policies, bound to the routes within reach that are not retired."""
    registry = snapshot.registry
    routes = {
        name: registry.routes[name]
        for name in reachable_routes(snapshot)
        if stage_at(registry.routes[name], moment) != RETIRED
    }
    there = replace(snapshot, registry=replace(registry, routes=routes))
    return Bound(lower(there.policies), there, moment)


def findings(
    snapshot: Snapshot, scenarios: Iterable[Scenario], moment: Moment
) -> tuple[Finding, ...]:
    """Rules, exceptions, sign-offs and scenarios; of rules only where there is a route at all."""
    bound = in_use(snapshot, moment)
    routes = tuple(route.id for route in bound.routes)
    found = [*scenario_findings(snapshot, tuple(scenarios), routes, moment)]
    if routes:
        found += (each for rule in examined(bound) for each in rule_findings(rule))
        found += signoff_findings(bound)
    return tuple(found)
