"""What the definition says of a route, test by test: explanations and audits must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.audit.matrix import Cell, Standing
from policy_router.domain.decision import (
    Candidate,
    Determination,
    Reason,
    RuleVerdict,
    Used,
    Verdict,
)
from policy_router.domain.policy import Mode, Rule
from policy_router.engine.explanation import Explanation, Shortfall
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, decide
from policy_router.engine.shortfalls import shortfall, unmet
from policy_router.engine.used import rested_on


def rules_of(q: Question, candidate: Candidate) -> Iterator[tuple[RuleVerdict, Rule]]:
    """The verdicts on a candidate, each with its rule."""
    rules = {(p.id, r.id): r for p in covering_policies(q) for r in p.rules}
    return ((v, rules[v.policy, v.rule]) for v in candidate.verdicts)


def shortfalls_of(q: Question, candidate: Candidate) -> list[Shortfall]:
    """What a candidate falls short of, rule by rule, each once for a rule."""
    return [
        shortfall
        for v, rule in rules_of(q, candidate)
        if not v.verdict.allows
        for shortfall in dict.fromkeys(_lacking(q, rule, candidate.route))
    ]


def _lacking(q: Question, rule: Rule, route: str) -> Iterator[Shortfall]:
    for facts in q.facts.views:
        found = q.snapshot.registry.routes[route]
        view = RouteView(q.snapshot, found, facts, q.moment, rule.demand)
        for lack in unmet(rule, view):
            truth = view.test(lack.test)
            known = not (truth.may_be_true if lack.wanted else truth.may_be_false)
            yield shortfall(lack, view, known=known)


def open_facts_of(q: Question, rule: Rule) -> list[str]:
    """The facts that leave open whether a rule applies."""
    if q.may_apply(rule.when).known_true:
        return []
    return list(dict.fromkeys(t.subject for t in tests_in(rule.when) if not q.knows(t.subject)))


def differences(q: Question, decided: Determination, found: Explanation) -> list[str]:
    """Everything in which an explanation is not what the definition says; empty where it is."""
    different = []
    for candidate, said in zip(decided.candidates, found.routes, strict=True):
        if [r.verdict for r in said.rules] != list(candidate.verdicts):
            different.append(f"{candidate.route}: verdicts")
        shortfalls = [s for r in said.rules for s in r.shortfalls]
        if shortfalls != shortfalls_of(q, candidate):
            different.append(f"{candidate.route}: {shortfalls}")
        for (v, rule), r in zip(rules_of(q, candidate), said.rules, strict=True):
            expected = [] if v.verdict.allows else open_facts_of(q, rule)
            if (list(r.open_facts), r.span) != (expected, rule.span):
                different.append(f"{candidate.route}: {v.rule} open {r.open_facts}")
    return different


def cell(q: Question, scenario: str) -> Cell:
    """The cell of the matrix for the route that the question pins."""
    decided = decide(q.snapshot, q.facts, q.moment)
    found = [c for c in decided.candidates if c.verdicts]
    rules = [pair for c in found for pair in rules_of(q, c)]
    stopping = [(v, r) for v, r in rules if v.mode is Mode.ENFORCE and not v.verdict.allows]
    by = {k: [v for v, _ in stopping if v.verdict is k] for k in (Verdict.FAIL, Verdict.UNKNOWN)}
    lacks = {
        (s.subject, s.known)
        for v, r in stopping
        for s in _lacking(q, r, found[0].route)
        if not s.known or v.verdict is Verdict.FAIL
    }
    failed = {subject for subject, known in lacks if known}
    open_facts = {name for _, r in stopping for name in open_facts_of(q, r)}
    before = decided.reason in {Reason.OBLIGATION, Reason.OBLIGATION_CONFLICT}
    used = _rested_on(q, decided)
    return Cell(
        scenario=scenario,
        route=q.facts.model or "",
        standing=_standing(decided, failed=bool(by[Verdict.FAIL])),
        reason=decided.reason,
        obligations=tuple(d.about for d in decided.details if before),
        failed_rules=_names(by[Verdict.FAIL]),
        unknown_rules=_names(by[Verdict.UNKNOWN]),
        failed=tuple(sorted(failed)),
        unknown=tuple(sorted({subject for subject, _ in lacks} - failed)),
        facts=tuple(sorted({*decided.missing, *open_facts})),
        watched=_names(
            v for v, _ in rules if v.mode is Mode.MONITOR and v.verdict is Verdict.UNKNOWN
        ),
        exceptions=used.exceptions,
        signoffs=used.signoffs,
    )


def _rested_on(q: Question, decided: Determination) -> Used:
    if not decided.permitted:
        return Used()
    return rested_on(q, covering_policies(q), decided.candidates[0])


def _names(verdicts: Iterable[RuleVerdict]) -> tuple[str, ...]:
    return tuple(f"{v.policy}/{v.rule}" for v in verdicts)


def _standing(decided: Determination, *, failed: bool) -> Standing:
    if decided.permitted:
        return Standing.PERMITTED
    unknown = decided.reason in {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING} and not failed
    return Standing.UNKNOWN if unknown else Standing.REFUSED
