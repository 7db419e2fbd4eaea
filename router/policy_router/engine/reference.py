"""The decision, defined. Everything else must agree with this page.

Plain on purpose: no compilation, no caching. What is *known* about a route (which claim speaks,
the worst over hops, transfer bases, sign-offs, prices) is the registry's answer; what a test
means is `matching`. This page says what follows. `decide` is the order of the questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policy_router.domain.claim import Moment
from policy_router.domain.decision import (
    AppliedObligation,
    Candidate,
    Detail,
    Determination,
    Outcome,
    Reason,
    RuleVerdict,
    Verdict,
)
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import (
    Alias,
    Mode,
    Obligation,
    Policy,
    PolicyException,
    Rule,
)
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.matching import RouteView
from policy_router.engine.open_facts import facts_in_the_way
from policy_router.engine.question import Question
from policy_router.engine.ranking import ranked
from policy_router.engine.wording import (
    conflict_detail,
    missing_detail,
    notice_detail,
    obligation_detail,
    retired_detail,
    shortfalls,
    unasked_detail,
    unreachable_detail,
)
from policy_router.registry.lifecycle import RETIRED, notices, stage_at


def decide(  # noqa: C901, PLR0911, PLR0915 - one page, one question after the other
    snapshot: Snapshot, facts: RequestFacts, moment: Moment
) -> Determination:
    """Which routes may carry the request, which is best, or why none (language reference, 5)."""
    q = question(snapshot, facts, moment)
    covering = covering_policies(q)
    if not any(enforces(p) for p in covering):
        return _deny(q, Reason.NO_POLICY)
    named = routes_named(snapshot, facts.model)
    if not named:
        return _deny(q, Reason.UNKNOWN_MODEL)
    live = [r for r in named if stage_at(r, moment) != RETIRED]
    if not live:
        return _deny(q, Reason.RETIRED, [retired_detail(r, moment) for r in named])
    reachable = [r for r in live if is_reachable(snapshot, r)]
    if not reachable:
        return _deny(q, Reason.NOT_REACHABLE, [unreachable_detail(r) for r in live])
    candidates = [candidate_for(q, covering, r) for r in reachable]
    if all(c.unsuitable for c in candidates):
        return _deny(q, Reason.UNSUITABLE, candidates=candidates)
    missing = _needed_but_unknown(q, covering)
    if missing:
        details = [missing_detail(name, rules) for name, rules in missing]
        return _deny(q, Reason.FACTS_MISSING, details, candidates, [name for name, _ in missing])
    refusing = [(p, o) for p, o in applying_obligations(q, covering) if _refuses(q, o)]
    if refusing:
        return _deny(
            q, Reason.OBLIGATION, [obligation_detail(p.id, o.id) for p, o in refusing], candidates
        )
    stand_in = None if any(c.permitted for c in candidates) else _substitute(q)
    if stand_in is not None:
        candidates += _stand_ins(q, covering, stand_in)
    permitted = [snapshot.registry.routes[c.route] for c in candidates if c.permitted]
    if not permitted:
        return _no_route(q, covering, candidates)
    duties = applying_obligations(q, covering)
    conflicts = _conflicts(duties)
    if conflicts:
        return _deny(q, Reason.OBLIGATION_CONFLICT, conflicts, candidates)
    alias = stand_in or _alias(snapshot, facts.model)
    chain = ranked(q, permitted, alias.models if alias else ())
    chosen = next(c for c in candidates if c.route == chain[0])
    return Determination(
        **_shared(q, candidates),
        outcome=Outcome.PERMITTED,
        reason=None,
        chain=chain,
        substituted=stand_in is not None,
        obligations=tuple(AppliedObligation(p.id, o.id, o.set) for p, o in duties),
        monitor=tuple(
            v for v in chosen.verdicts if v.mode is Mode.MONITOR and not v.verdict.allows
        ),
        warnings=_warnings(q, chain[:1]),
        details=(),
        missing=(),
    )


def question(snapshot: Snapshot, facts: RequestFacts, moment: Moment) -> Question:
    """What is decided on: the request, with the tools that the model it names uses unasked."""
    return Question(snapshot, facts.using(tools_unasked(snapshot, facts.model)), moment)


def covering_policies(q: Question) -> list[Policy]:
    """Policies whose scope is not known false; one that only monitors still records and obliges."""
    return [p for p in q.snapshot.policies.policies if not q.may_apply(p.scope).known_false]


def enforces(policy: Policy) -> bool:
    """Whether a policy has a rule that can refuse a route."""
    return any(r.mode is Mode.ENFORCE for r in policy.rules)


def routes_named(snapshot: Snapshot, name: str | None) -> list[Route]:
    """A route id is a pin, a model a pool, an alias its models; no name is every route."""
    registry = snapshot.registry
    if name is None:
        return [registry.routes[i] for i in sorted(registry.routes)]
    if name in registry.routes:
        return [registry.routes[name]]
    alias = _alias(snapshot, name)
    models = (name,) if alias is None else alias.models
    return [r for _, r in sorted(registry.routes.items()) if r.model in models]


def tools_unasked(snapshot: Snapshot, name: str | None) -> frozenset[str]:
    """The tools that a call to `name` has, whether it asks for them or not.

    Those that the models of all its routes use. A model that uses more is unsuitable (5.1), as is
    any that uses some where no name is given: the router chooses none for a call unasked.
    """
    if name is None:
        return frozenset()
    card = snapshot.registry.card
    used = [card(route).unasked_tools or frozenset() for route in routes_named(snapshot, name)]
    return frozenset[str]().union(*used[:1]).intersection(*used)


def is_reachable(snapshot: Snapshot, route: Route) -> bool:
    """Whether the project lists the route's gateway."""
    gateways = snapshot.policies.gateways
    return gateways is None or route.gateway in gateways


def applying_obligations(q: Question, covering: list[Policy]) -> list[tuple[Policy, Obligation]]:
    """The obligations whose `when` is not known false."""
    return [(p, o) for p in covering for o in p.obligations if not q.may_apply(o.when).known_false]


def verdict(q: Question, policy: Policy, rule: Rule, route: Route) -> RuleVerdict:
    """What one rule says of one route for this request."""
    applies = q.may_apply(rule.when)
    if applies.known_false:
        return RuleVerdict(policy.id, rule.id, rule.mode, Verdict.NOT_APPLICABLE)
    parts = q.demands(rule, route)
    if all(t.known_true for t in parts):
        return RuleVerdict(policy.id, rule.id, rule.mode, Verdict.PASS)
    waivers = [
        e.id
        for e in q.snapshot.policies.exceptions
        if (e.policy, e.rule) == (policy.id, rule.id) and excepts(q, e, rule, route)
    ]
    if waivers:
        return RuleVerdict(policy.id, rule.id, rule.mode, Verdict.EXCEPTED, min(waivers))
    failed = applies.known_true and not all(t.may_be_true for t in parts)
    blocked = Verdict.FAIL if failed else Verdict.UNKNOWN
    return RuleVerdict(policy.id, rule.id, rule.mode, blocked)


def excepts(q: Question, exception: PolicyException, rule: Rule, route: Route) -> bool:
    """Whether all of an exception is known to match: route, time, request, accepted claims."""
    if not (exception.validity.holds(q.moment.at) and q.moment.knows(exception.recorded)):
        return False
    if not any_matches(exception.routes, route.id) or not q.surely(exception.when).known_true:
        return False
    views = [RouteView(q.snapshot, route, f, q.moment, rule.demand) for f in q.facts.views]
    return all(v.claims_one_of(name, values) for name, values in exception.accepts for v in views)


def candidate_for(q: Question, covering: list[Policy], route: Route) -> Candidate:
    """A route with every rule's verdict on it, or with what it lacks for the call."""
    model = q.snapshot.registry.card(route)
    unsuitable = shortfalls(model, q.facts)
    if unsuitable:
        return Candidate(route.id, permitted=False, unsuitable=unsuitable, verdicts=())
    verdicts = tuple(verdict(q, p, rule, route) for p in covering for rule in p.rules)
    permitted = all(v.verdict.allows for v in verdicts if v.mode is Mode.ENFORCE)
    return Candidate(route.id, permitted, (), verdicts)


def _needed_but_unknown(q: Question, covering: list[Policy]) -> list[tuple[str, tuple[str, ...]]]:
    """Facts that applying enforced rules need and that are not known, with those rules."""
    missing: dict[str, list[str]] = {}
    for policy in covering:
        for rule in policy.rules:
            if rule.mode is Mode.ENFORCE and not q.may_apply(rule.when).known_false:
                for name in rule.needs:
                    if not q.knows(name):
                        missing.setdefault(name, []).append(f"{policy.id}/{rule.id}")
    return [(name, tuple(sorted(rules))) for name, rules in sorted(missing.items())]


def _refuses(q: Question, obligation: Obligation) -> bool:
    refusal = obligation.refuse_when
    return refusal is not None and not q.may_apply(refusal).known_false


def _substitute(q: Question) -> Alias | None:
    """The alias that may stand in for the requested model; a pin is never substituted."""
    for substitution in q.snapshot.policies.substitutions:
        if substitution.model == q.facts.model and q.surely(substitution.when).known_true:
            return _alias(q.snapshot, substitution.alias)
    return None


def _stand_ins(q: Question, covering: list[Policy], alias: Alias) -> list[Candidate]:
    return [
        candidate_for(q, covering, r)
        for r in routes_named(q.snapshot, alias.id)
        if r.model != q.facts.model
        and stage_at(r, q.moment) != RETIRED
        and is_reachable(q.snapshot, r)
    ]


def _no_route(q: Question, covering: list[Policy], candidates: list[Candidate]) -> Determination:
    """No compliant route; `facts_missing` where nothing but unknown facts stands in between."""
    open_facts = [facts_in_the_way(q, covering, c) for c in candidates if not c.unsuitable]
    fewest = min((sorted(f) for f in open_facts if f), key=lambda f: (len(f), f), default=[])
    reason = Reason.FACTS_MISSING if fewest else Reason.NO_COMPLIANT_ROUTE
    details = [missing_detail(name, ()) for name in fewest]
    return _deny(q, reason, details, candidates, fewest)


def _conflicts(duties: list[tuple[Policy, Obligation]]) -> list[Detail]:
    """Parameters that two obligations set differently."""
    wanted: dict[str, list[tuple[str, object]]] = {}
    for policy, obligation in duties:
        for parameter, value in obligation.set:
            wanted.setdefault(parameter, []).append((f"{policy.id}/{obligation.id}", value))
    return [
        conflict_detail(parameter, setters)
        for parameter, setters in sorted(wanted.items())
        if len({(isinstance(value, bool), value) for _, value in setters}) > 1
    ]


def _alias(snapshot: Snapshot, name: str | None) -> Alias | None:
    return next((a for a in snapshot.policies.aliases if a.id == name), None)


def _deny(
    q: Question,
    reason: Reason,
    details: Sequence[Detail] = (),
    candidates: Sequence[Candidate] = (),
    missing: Sequence[str] = (),
) -> Determination:
    named = q.facts.model is not None
    return Determination(
        **_shared(q, candidates),
        outcome=Outcome.DENIED,
        reason=reason,
        chain=(),
        substituted=False,
        obligations=(),
        monitor=(),
        warnings=_warnings(q, [c.route for c in candidates] if named else []),
        details=tuple(details),
        missing=tuple(missing),
    )


def _shared(q: Question, candidates: Sequence[Candidate]) -> dict[str, Any]:
    return {
        "at": q.moment.at,
        "known_at": q.moment.known_at,
        "requested": q.facts.model,
        "declared": q.facts.declared,
        "candidates": tuple(sorted(candidates, key=lambda c: c.route)),
        "digests": q.snapshot.digests,
    }


def _warnings(q: Question, routes: Sequence[str]) -> tuple[Detail, ...]:
    """What third parties say about the stage of the routes concerned; tools used unasked."""
    found = [q.snapshot.registry.routes[i] for i in sorted(routes)]
    stages = [notice_detail(r, event) for r in found for event in notices(r, q.moment)]
    name = q.facts.model
    tools = tools_unasked(q.snapshot, name)
    return (*stages, unasked_detail(name, tools)) if name and tools else tuple(stages)
