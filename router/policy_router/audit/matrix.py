"""The matrix: what may go where, for scenarios and routes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from policy_router.audit.situations import situations
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Candidate, Determination, Reason, RuleVerdict, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Mode, Rule
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, decide, is_reachable
from policy_router.engine.shortfalls import unmet
from policy_router.engine.used import Used, used


class Standing(StrEnum):
    """Whether a route may carry a scenario; `UNKNOWN` is refused for want of knowledge."""

    PERMITTED = "permitted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario on one route.

    `rules`: the enforced rules in the way, as `policy/rule`. `because`: attributes of the route
    behind them. `facts`: facts of the scenario that are not known and matter.
    """

    scenario: str
    route: str
    standing: Standing
    reason: Reason | None
    rules: tuple[str, ...]
    because: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every scenario on every route, at one moment of one snapshot, and what it rests on."""

    snapshot: Snapshot
    moment: Moment
    scenarios: tuple[Scenario, ...]
    routes: tuple[str, ...]
    cells: tuple[Cell, ...]
    used: Used

    def of(self, scenario: str, standing: Standing | None = None) -> list[Cell]:
        """The cells of a scenario, of one standing if that is asked for."""
        return [c for c in self.cells if c.scenario == scenario and standing in {None, c.standing}]


def reachable_routes(snapshot: Snapshot) -> tuple[str, ...]:
    """The ids of the routes through gateways the project lists, in order."""
    registry = snapshot.registry
    return tuple(i for i in sorted(registry.routes) if is_reachable(snapshot, registry.routes[i]))


def matrix(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Matrix:
    """Decide every scenario on every route, each route asked for by its own id (a pin).

    Routes in one situation are decided once.
    """
    tells_apart = situations(snapshot, moment)
    known: dict[Hashable, tuple[Cell, Used | None]] = {}
    cells: list[Cell] = []
    for scenario in scenarios:
        for route in routes:
            facts = route_facts(scenario, route)
            key = (scenario.id, tells_apart.of(snapshot.registry.routes[route], facts))
            if key not in known:
                known[key] = _decided(snapshot, scenario.id, facts, moment)
            cells.append(replace(known[key][0], route=route))
    rested = [used for _, used in known.values() if used is not None]
    return Matrix(
        snapshot, moment, tuple(scenarios), tuple(routes), tuple(cells), _together(rested)
    )


def route_facts(scenario: Scenario, route: str | None) -> RequestFacts:
    """The scenario's request, pinned to a route."""
    return replace(scenario.request, model=route)


def _decided(
    snapshot: Snapshot, scenario: str, facts: RequestFacts, moment: Moment
) -> tuple[Cell, Used | None]:
    """The cell of a scenario on the route that `facts` name, and what a permission rests on."""
    q = Question(snapshot, facts, moment)
    decided = decide(snapshot, facts, moment)
    return _cell(q, scenario, decided), _rested(q, decided) if decided.permitted else None


def _cell(q: Question, scenario: str, decided: Determination) -> Cell:
    candidate = next(iter(decided.candidates), None)
    stopping = [] if candidate is None else blocked_rules(q, candidate)
    refused = any(v.verdict is Verdict.FAIL for v, _ in stopping)
    named = [(v, r) for v, r in stopping if not refused or v.verdict is Verdict.FAIL]
    return Cell(
        scenario=scenario,
        route=decided.requested or "",
        standing=_standing(decided, refused=refused),
        reason=decided.reason,
        rules=_rules(decided, named),
        because=tuple(sorted({s for _, rule in named for s in _subjects(q, rule, decided)})),
        facts=tuple(sorted({*decided.missing, *(f for _, r in named for f in _open(q, r))})),
    )


def blocked_rules(q: Question, candidate: Candidate) -> list[tuple[RuleVerdict, Rule]]:
    """The enforced rules in the way of a candidate, with their verdicts."""
    rules = {(p.id, r.id): r for p in covering_policies(q) for r in p.rules}
    return [
        (v, rules[v.policy, v.rule])
        for v in candidate.verdicts
        if v.mode is Mode.ENFORCE and not v.verdict.allows
    ]


def _standing(decided: Determination, *, refused: bool) -> Standing:
    if decided.permitted:
        return Standing.PERMITTED
    open_reasons = {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING}
    return Standing.UNKNOWN if decided.reason in open_reasons and not refused else Standing.REFUSED


def _rules(decided: Determination, named: Iterable[tuple[RuleVerdict, Rule]]) -> tuple[str, ...]:
    """The rules in the way; for what is refused before any rule, what the decision names."""
    if decided.reason in {Reason.OBLIGATION, Reason.OBLIGATION_CONFLICT}:
        return tuple(detail.about for detail in decided.details)
    return tuple(f"{v.policy}/{v.rule}" for v, _ in named)


def _subjects(q: Question, rule: Rule, decided: Determination) -> Iterator[str]:
    """The attributes of the route that keep the rule's demands from being known to be met."""
    route = q.snapshot.registry.routes[decided.requested or ""]
    for facts in q.facts.views:
        view = RouteView(q.snapshot, route, facts, q.moment, rule.demand)
        yield from (lack.test.subject for lack in unmet(rule, view))


def _open(q: Question, rule: Rule) -> Iterator[str]:
    """The facts of the request that leave open whether the rule applies."""
    if not q.may_apply(rule.when).known_true:
        yield from (t.subject for t in tests_in(rule.when) if not q.knows(t.subject))


def _rested(q: Question, decided: Determination) -> Used:
    routes = [q.snapshot.registry.routes[c.route] for c in decided.candidates]
    return used(q, routes, [v for c in decided.candidates for v in c.verdicts])


def _together(found: Sequence[Used]) -> Used:
    """What stands behind any of several decisions."""
    return Used(
        law=_all(u.law for u in found),
        exceptions=_all(u.exceptions for u in found),
        agreements=_all(u.agreements for u in found),
        signoffs=_all(u.signoffs for u in found),
    )


def _all(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for part in parts for name in part}))
