"""Scenarios that no route within reach may carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from policy_router.audit.lint.findings import Finding, Flaw
from policy_router.audit.matrix import Cell, Standing, matrix
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.words import counted

_MOST_RULES: Final = 3


def scenario_findings(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Iterator[Finding]:
    """The scenarios that are permitted on none of the routes, and what is in the way."""
    found = matrix(snapshot, scenarios, routes, moment)
    for scenario in scenarios:
        if not found.of(scenario.id, Standing.PERMITTED):
            why = _in_the_way(found.of(scenario.id))
            yield Finding(Flaw.SCENARIO_SHUT, scenario.id, scenario.span, why, scenario.request)


def _in_the_way(cells: Sequence[Cell]) -> str:
    """The obligations and rules that keep most routes out; else why the requests are refused."""
    if not cells:
        return "no route is within reach"
    stopping = ({*c.obligations, *c.failed_rules, *c.unknown_rules} for c in cells)
    found = Counter(name for names in stopping for name in names)
    most = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_RULES]
    if most:
        said = ", ".join(f"`{name}` {amount:,}" for name, amount in most)
        return f"of {counted(len(cells), 'route')} within reach, these rules keep out: {said}"
    reasons = Counter(c.reason.value for c in cells if c.reason is not None)
    ((reason, amount),) = reasons.most_common(1)
    return f"of {counted(len(cells), 'route')} within reach {amount:,} are refused as `{reason}`"
