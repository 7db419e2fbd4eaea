"""Explain a decision: every verdict with its evidence, what would change it, what instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from policy_router.domain.claim import NO_DEMAND, Moment
from policy_router.domain.decision import Candidate, Determination, RuleVerdict
from policy_router.domain.policy import Policy, Rule
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.engine.decide import Engine
from policy_router.engine.explanation import (
    Alternative,
    Explanation,
    RouteExplanation,
    RuleExplanation,
)
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, enforces
from policy_router.engine.remedies import Remedies, remedies
from policy_router.engine.shortfalls import shortfall, unmet
from policy_router.engine.used import Used, used

MOST_ALTERNATIVES = 5
MOST_REMEDIED = 8


def explain(engine: Engine, facts: RequestFacts, decided: Determination) -> Explanation:
    """The explanation of `decided`, which `engine` decided for `facts`.

    Remedies are searched for the first `MOST_REMEDIED` blocked routes only.
    """
    q = Question(engine.snapshot, facts, Moment(decided.at, decided.known_at))
    covering = covering_policies(q)
    blocked = [c for c in decided.candidates if not c.permitted and c.verdicts]
    searched = {c.route for c in blocked[:MOST_REMEDIED]}
    routes = tuple(
        _route(q, covering, c, with_remedies=c.route in searched) for c in decided.candidates
    )
    rested_on = _used(q, decided)
    return Explanation(
        determination=decided,
        routes=routes,
        alternatives=_alternatives(engine, q, decided),
        policies=tuple(f"{p.id} v{p.version}" for p in covering if enforces(p)),
        law=rested_on.law,
        exceptions=rested_on.exceptions,
        agreements=rested_on.agreements,
        signoffs=rested_on.signoffs,
    )


def explain_route(
    q: Question, covering: Sequence[Policy], candidate: Candidate
) -> RouteExplanation:
    """One candidate explained, remedies included."""
    return _route(q, covering, candidate, with_remedies=True)


def _route(
    q: Question, covering: Sequence[Policy], candidate: Candidate, *, with_remedies: bool
) -> RouteExplanation:
    route = q.snapshot.registry.routes[candidate.route]
    rules = {(p.id, r.id): r for p in covering for r in p.rules}
    blocked = not candidate.permitted and bool(candidate.verdicts)
    found = Remedies((), complete=not blocked)
    if with_remedies and blocked:
        found = remedies(q, covering, candidate)
    return RouteExplanation(
        route=route.id,
        model=route.model,
        permitted=candidate.permitted,
        unsuitable=candidate.unsuitable,
        rules=tuple(_rule(q, v, rules[v.policy, v.rule], route) for v in candidate.verdicts),
        remedies=found.sets,
        complete=found.complete,
    )


def _rule(q: Question, verdict: RuleVerdict, rule: Rule, route: Route) -> RuleExplanation:
    plain = RuleExplanation(
        verdict=verdict,
        title=rule.title,
        cites=rule.cites,
        own_choice=rule.stricter_than_law or not rule.cites,
        span=rule.span,
        shortfalls=(),
        open_facts=(),
    )
    if verdict.verdict.allows:
        return plain
    views = [RouteView(q.snapshot, route, f, q.moment, rule.demand) for f in q.facts.views]
    lacks = dict.fromkeys(shortfall(lack, view) for view in views for lack in unmet(rule, view))
    unknown = dict.fromkeys(t.subject for t in tests_in(rule.when) if not q.knows(t.subject))
    open_facts = () if q.may_apply(rule.when).known_true else tuple(unknown)
    return replace(plain, shortfalls=tuple(lacks), open_facts=open_facts)


def _used(q: Question, decided: Determination) -> Used:
    routes = decided.chain[:1] or tuple(c.route for c in decided.candidates)
    verdicts = [v for c in decided.candidates if c.route in routes for v in c.verdicts]
    return used(q, [q.snapshot.registry.routes[i] for i in routes], verdicts)


def _alternatives(engine: Engine, q: Question, decided: Determination) -> tuple[Alternative, ...]:
    """Permitted routes of any model, in order of preference; only where the request was denied."""
    if decided.permitted or decided.requested is None:
        return ()
    anything = _of_any_model(q.facts)
    chain = engine.decide(anything, q.moment).chain[:MOST_ALTERNATIVES]
    registry = q.snapshot.registry
    asked_for = [registry.routes[c.route] for c in decided.candidates]
    cheapest = {m: _cheapest(q, asked_for, m) for m in ("input", "output")}
    return tuple(_alternative(q, registry.routes[i], cheapest) for i in chain)


def _of_any_model(facts: RequestFacts) -> RequestFacts:
    base = None if facts.base is None else _of_any_model(facts.base)
    return replace(facts, model=None, base=base)


def _price(q: Question, route: Route, meter: str) -> Decimal | None:
    return RouteView(q.snapshot, route, q.facts, q.moment, NO_DEMAND).number(f"price.{meter}")


def _cheapest(q: Question, routes: Iterable[Route], meter: str) -> Decimal | None:
    prices = [p for r in routes if (p := _price(q, r, meter)) is not None]
    return min(prices, default=None)


def _alternative(q: Question, route: Route, cheapest: dict[str, Decimal | None]) -> Alternative:
    prices = {meter: _price(q, route, meter) for meter in ("input", "output")}
    difference = {
        meter: None if price is None or asked is None else price - asked
        for meter, price in prices.items()
        for asked in (cheapest[meter],)
    }
    gateway = q.snapshot.registry.gateways[route.gateway]
    return Alternative(
        route=route.id,
        model=route.model,
        own=not gateway.adds_hop and not gateway.type.is_of_provider,
        input_price=prices["input"],
        output_price=prices["output"],
        input_difference=difference["input"],
        output_difference=difference["output"],
    )
