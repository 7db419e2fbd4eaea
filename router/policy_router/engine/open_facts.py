"""Whether nothing but unknown facts of the request stands between it and a route."""

from __future__ import annotations

from collections.abc import Iterable

from policy_router.domain.decision import Candidate
from policy_router.domain.policy import Mode, Policy, Rule
from policy_router.domain.route import Route
from policy_router.domain.truth import FALSE, TRUE
from policy_router.domain.vocabulary import REQUEST_READS
from policy_router.engine.matching import tests_in
from policy_router.engine.question import Question


def facts_in_the_way(q: Question, covering: Iterable[Policy], candidate: Candidate) -> set[str]:
    """The unknown facts that alone block a route; empty if something else blocks it too."""
    route = q.snapshot.registry.routes[candidate.route]
    rules = {(p.id, r.id): r for p in covering for r in p.rules}
    blocking = [
        rules[v.policy, v.rule]
        for v in candidate.verdicts
        if v.mode is Mode.ENFORCE and not v.verdict.allows
    ]
    found = [_open_facts(q, rule, route) for rule in blocking]
    return set().union(*found) if all(found) else set()


def _open_facts(q: Question, rule: Rule, route: Route) -> set[str]:
    """Unknown facts that leave open whether the rule applies, or whether the route meets it."""
    if not q.may_apply(rule.when).known_true:
        return {t.subject for t in tests_in(rule.when) if not q.knows(t.subject)}
    either = zip(q.demands(rule, route, TRUE), q.demands(rule, route, FALSE), strict=True)
    if not all(t.known_true or f.known_true for t, f in either):
        return set()
    parts = rule.forbid if rule.require is None else (*rule.forbid, rule.require)
    subjects = [t.subject for part in parts for t in tests_in(part)]
    reads = [names for s in subjects for key, names in REQUEST_READS.items() if s.startswith(key)]
    return {name for names in reads for name in names if not q.knows(name)}
