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
from policy_router.engine.shortfalls import shortfall, unmet
from policy_router.engine.used import Used, used


class Standing(StrEnum):
    """Whether a route may carry a scenario; `UNKNOWN` is refused for want of knowledge."""

    PERMITTED = "permitted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario on one route.

    `failed_rules`, `unknown_rules`: the enforced rules in the way, as `policy/rule`: known not to
    be met, and not known to be met. `failed`, `unknown`: attributes of the route behind them.
    `facts`: facts of the scenario that are not known and matter. `watched`: rules that are only
    watched and whose verdict is not known.
    """

    scenario: str
    route: str
    standing: Standing
    reason: Reason | None
    failed_rules: tuple[str, ...]
    unknown_rules: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    facts: tuple[str, ...]
    watched: tuple[str, ...]

    @property
    def leaves_open(self) -> bool:
        """Whether anything that an enforced rule asks for is not known, however it came out."""
        return bool(self.unknown_rules or self.unknown or self.facts)


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
    failing = [(v, r) for v, r in stopping if v.verdict is Verdict.FAIL]
    lacks = {lack for v, r in stopping for lack in _lacks(q, v, r, decided)}
    failed = {subject for subject, known in lacks if known}
    return Cell(
        scenario=scenario,
        route=decided.requested or "",
        standing=_standing(decided, refused=bool(failing)),
        reason=decided.reason,
        failed_rules=_failed_rules(decided, failing),
        unknown_rules=tuple(_name(v) for v, _ in stopping if v.verdict is Verdict.UNKNOWN),
        failed=tuple(sorted(failed)),
        unknown=tuple(sorted({subject for subject, _ in lacks} - failed)),
        facts=tuple(sorted({*decided.missing, *(f for _, r in stopping for f in _open(q, r))})),
        watched=() if candidate is None else tuple(_watched(candidate)),
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


def _failed_rules(
    decided: Determination, failing: Iterable[tuple[RuleVerdict, Rule]]
) -> tuple[str, ...]:
    """The rules not met; for what is refused before any rule, what the decision names."""
    if decided.reason in {Reason.OBLIGATION, Reason.OBLIGATION_CONFLICT}:
        return tuple(detail.about for detail in decided.details)
    return tuple(_name(v) for v, _ in failing)


def _name(verdict: RuleVerdict) -> str:
    return f"{verdict.policy}/{verdict.rule}"


def _watched(candidate: Candidate) -> Iterator[str]:
    for v in candidate.verdicts:
        if v.mode is Mode.MONITOR and v.verdict is Verdict.UNKNOWN:
            yield _name(v)


def _lacks(
    q: Question, verdict: RuleVerdict, rule: Rule, decided: Determination
) -> Iterator[tuple[str, bool]]:
    """The attributes of the route that the rule wants otherwise, and whether that is known.

    Of a rule whose verdict is not known only what is not known counts: another branch of it may
    still be met, or it may not apply.
    """
    route = q.snapshot.registry.routes[decided.requested or ""]
    for facts in q.facts.views:
        view = RouteView(q.snapshot, route, facts, q.moment, rule.demand)
        for lack in unmet(rule, view):
            known = shortfall(lack, view).known
            if not known or verdict.verdict is Verdict.FAIL:
                yield lack.test.subject, known


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
