"""What becomes of scenarios on routes: outcome, reason, rules, grounds and obligations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from policy_router.audit.asking import OneKind, asked
from policy_router.audit.grounds import Grounds
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination, Outcome, Reason, Used, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Mode
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import by_outcome

Cell = tuple[str, str]
"""The ids of a scenario and of a route that is asked for by its own id."""

Duty = tuple[str, tuple[tuple[str, str], ...]]
"""An obligation as `policy/obligation`, and what it sets, as text."""


InTheWay = tuple[str, Verdict]
"""A rule as `policy/rule`, and what it says."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is decided of a scenario on a route; `reason`: why it is refused, None if it is not.

    `rules`: the enforced rules in the way. `exceptions`, `signoffs`: what a permission rests on.
    """

    reason: Reason | None
    duties: tuple[Duty, ...] = ()
    rules: tuple[InTheWay, ...] = ()
    exceptions: tuple[str, ...] = ()
    signoffs: tuple[str, ...] = ()

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
            grounds = Grounds(part)
            for kind in part.kinds:
                for alike, outlook in _of_kind(kind, grounds):
                    found.update(((scenario.id, route), outlook) for route in part.ids(alike))
    return found


def _of_kind(kind: OneKind, grounds: Grounds) -> Iterator[tuple[int, Outlook]]:
    decided = kind.ruling.determination()
    if not decided.permitted:
        yield kind.routes, outlook_of(decided, Used())
        return
    for routes, used in grounds.of(kind):
        yield routes, outlook_of(decided, used)


def outlook_of(decided: Determination, used: Used) -> Outlook:
    """What a decision comes to, whatever the order of policies. `used`: what it rests on."""
    rules = (
        (f"{v.policy}/{v.rule}", v.verdict)
        for candidate in decided.candidates
        for v in candidate.verdicts
        if v.mode is Mode.ENFORCE and not v.verdict.allows
    )
    duties = (
        (f"{o.policy}/{o.obligation}", tuple(sorted((k, _exact(v)) for k, v in o.set)))
        for o in decided.obligations
    )
    return Outlook(
        decided.reason,
        tuple(sorted(duties)),
        tuple(sorted(rules)),
        used.exceptions,
        used.signoffs,
    )


def _exact(value: object) -> str:
    """A parameter as JSON: `true`, 1 and "1" are not the same."""
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
