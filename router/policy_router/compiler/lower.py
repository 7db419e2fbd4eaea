"""Policies to a plan: every distinct test once, every predicate a formula over their numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from policy_router.compiler.formula import Atom, Every, Formula, Opposite, lowered
from policy_router.compiler.plan import (
    Plan,
    PlannedException,
    PlannedObligation,
    PlannedPolicy,
    PlannedRule,
    RouteAtom,
)
from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import (
    Matcher,
    Obligation,
    Policy,
    PolicySet,
    Predicate,
    Rule,
    Test,
)
from policy_router.domain.vocabulary import is_set_fact

_ANYWHERE = Span("", 0, 0)


def lower(policies: PolicySet) -> Plan:
    """The plan of `policies`."""
    lowering = _Lowering(policies)
    planned = tuple(lowering.policy(p) for p in policies.policies)
    prefer = tuple(lowering.on_facts(p.when) for p in policies.prefer)
    substitutions = tuple(lowering.on_facts(s.when) for s in policies.substitutions)
    needs = {name for p in policies.policies for r in p.rules for name in r.needs}
    return Plan(
        fact_atoms=tuple(lowering.fact_atoms),
        route_atoms=tuple(lowering.route_atoms),
        policies=planned,
        prefer=prefer,
        substitutions=substitutions,
        needs=tuple(sorted(needs)),
    )


class _Lowering:
    """Numbers atoms as they are met; where a test was written does not make it another.

    Tests on sets of facts are put in terms of `includes_any` where that means the same: those are
    settled member by member.
    """

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies
        self.fact_atoms: dict[Test, int] = {}
        self.route_atoms: dict[RouteAtom, int] = {}

    def policy(self, policy: Policy) -> PlannedPolicy:
        return PlannedPolicy(
            policy=policy,
            scope=self.on_facts(policy.scope),
            rules=tuple(self.rule(policy, r) for r in policy.rules),
            obligations=tuple(self.obligation(policy, o) for o in policy.obligations),
        )

    def rule(self, policy: Policy, rule: Rule) -> PlannedRule:
        required = () if rule.require is None else (self.on_routes(rule.require, rule.demand),)
        forbidden = tuple(Opposite(self.on_routes(f, rule.demand)) for f in rule.forbid)
        exceptions = tuple(
            PlannedException(e, self.on_facts(e.when))
            for e in self.policies.exceptions
            if (e.policy, e.rule) == (policy.id, rule.id)
        )
        demands = (*required, *forbidden)
        return PlannedRule(policy, rule, self.on_facts(rule.when), demands, exceptions)

    def obligation(self, policy: Policy, duty: Obligation) -> PlannedObligation:
        refuse = None if duty.refuse_when is None else self.on_facts(duty.refuse_when)
        return PlannedObligation(policy, duty, self.on_facts(duty.when), refuse)

    def on_facts(self, predicate: Predicate) -> Formula:
        return lowered(predicate, self._fact)

    def on_routes(self, predicate: Predicate, demand: EvidenceDemand) -> Formula:
        return lowered(predicate, lambda test: self._route(test, demand))

    def _fact(self, test: Test) -> Formula:
        if is_set_fact(test.subject):
            if test.matcher is Matcher.INCLUDES:
                return self._fact(replace(test, matcher=Matcher.INCLUDES_ANY))
            if test.matcher is Matcher.EXCLUDES:
                return Opposite(self._fact(replace(test, matcher=Matcher.INCLUDES_ANY)))
            if test.matcher is Matcher.INCLUDES_ALL:
                one = partial(replace, test, matcher=Matcher.INCLUDES_ANY)
                return Every(tuple(self._fact(one(names=(name,))) for name in test.names))
        atom = replace(test, span=_ANYWHERE)
        return Atom(self.fact_atoms.setdefault(atom, len(self.fact_atoms)))

    def _route(self, test: Test, demand: EvidenceDemand) -> Formula:
        atom = RouteAtom(replace(test, span=_ANYWHERE), demand)
        return Atom(self.route_atoms.setdefault(atom, len(self.route_atoms)))
