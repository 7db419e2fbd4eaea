"""What becomes of scenarios on routes: outcome, reason and obligations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from policy_router.audit.asking import asked
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination, Outcome, Reason
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import by_outcome

Cell = tuple[str, str]
"""The ids of a scenario and of a route that is asked for by its own id."""

Duty = tuple[str, tuple[tuple[str, str], ...]]
"""An obligation as `policy/obligation`, and what it sets, as text."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is decided of a scenario on a route; `reason`: why it is refused, None if it is not."""

    reason: Reason | None
    duties: tuple[Duty, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether the route may carry the scenario."""
        return self.reason is None

    @property
    def outcome(self) -> Outcome:
        """The same in the words of a decision."""
        return Outcome.PERMITTED if self.permitted else Outcome.DENIED


def outlooks(
    snapshot: Snapshot, scenarios: Iterable[Scenario], routes: Sequence[str], moment: Moment
) -> dict[Cell, Outlook]:
    """Every scenario on each of the routes that are on file."""
    engine = Engine(snapshot)
    there = [route for route in routes if route in snapshot.registry.routes]
    found: dict[Cell, Outlook] = {}
    for scenario in scenarios:
        for part in asked(engine, scenario, there, moment, by_outcome):
            for kind in part.kinds:
                outlook = outlook_of(kind.ruling.determination())
                found.update(((scenario.id, route), outlook) for route in part.ids(kind.routes))
    return found


def outlook_of(decided: Determination) -> Outlook:
    """What a decision comes to, whatever the order of policies."""
    duties = (
        (f"{o.policy}/{o.obligation}", tuple(sorted((k, _exact(v)) for k, v in o.set)))
        for o in decided.obligations
    )
    return Outlook(decided.reason, tuple(sorted(duties)))


def _exact(value: object) -> str:
    """A parameter as JSON: `true`, 1 and "1" are not the same."""
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
