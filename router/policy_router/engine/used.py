"""What a decision rests on: law read at second hand, agreements, sign-offs, exceptions.

A permission rests on what some verdict of an enforced rule would change without: that is tried in
the definition. With a refusal goes whatever was in force about the routes, for or against them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import held, members, table
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.decision import Candidate, RuleVerdict, Used, Verdict
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Mode, Policy, Rule
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import UNKNOWN
from policy_router.domain.vocabulary import HOME_TERRITORY, TRANSFER_BASIS, Regime
from policy_router.engine.matching import tests_in
from policy_router.engine.question import Question
from policy_router.engine.reference import verdict
from policy_router.engine.shortfalls import rests_on_claims
from policy_router.registry.hops import hops_of
from policy_router.registry.signoffs import covers
from policy_router.registry.speaking import agreements_in_force
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.territories import adequacy_about
from policy_router.registry.transfer import transfer_bases

_BY_DECISION = {"adequacy", "dpf"}

Ground = Agreement | Signoff
"""Something of the organisation's that verdicts may rest on."""

Ruled = tuple[Policy, Rule, RuleVerdict]
"""An enforced rule that lets a route pass, and how."""


# ---- a refusal ----------------------------------------------------------------------------------


def in_force(q: Question, bound: Bound, routes: int, candidates: Iterable[Candidate]) -> Used:
    """All that was in force about `candidates`, of which `routes` are the set."""
    looked_up = table(routes, len(bound.routes))
    alike = [
        bound.routes[here[0]] for a in bound.atoms.alike if (here := held(looked_up, a.numbers))
    ]
    verdicts = {id(c.verdicts): c.verdicts for c in candidates}
    exceptions = {v.exception for found in verdicts.values() for v in found if v.exception}
    named = {bound.routes[n].id for n in members(routes)}
    hops = {hop for route in alike for hop in hops_of(q.snapshot.registry, route)}
    return Used(
        law=tuple(sorted({i for route in alike for i in _law(q, route)})),
        exceptions=tuple(sorted(exceptions)),
        agreements=tuple(sorted({a.id for route in alike for a in _agreements(q, route)})),
        signoffs=tuple(sorted(s.id for s in _signoffs(q, hops, named))),
    )


# ---- a permission -------------------------------------------------------------------------------


def rested_on(q: Question, covering: Iterable[Policy], permitted: Candidate) -> Used:
    """What some verdict of an enforced rule on a permitted route would change without.

    Of several that are each enough, what the definition takes first: an adequacy decision before
    clauses, the first agreement by its id, the sign-off that was recorded last.
    """
    ruled = list(_ruled(covering, permitted))
    route = q.snapshot.registry.routes[permitted.route]
    kept = _needed(q, ruled, route)
    return Used(
        law=tuple(sorted(_law(q, route))) if _read_transfers(ruled) else (),
        exceptions=tuple(sorted({v.exception for *_, v in ruled if v.exception})),
        agreements=tuple(sorted({a.id for a in kept if isinstance(a, Agreement)})),
        signoffs=tuple(sorted(s.id for s in kept if isinstance(s, Signoff))),
    )


def together(found: Iterable[Used]) -> Used:
    """What stands behind any of several decisions."""
    every = list(found)

    def united(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(sorted({name for part in names for name in part}))

    return Used(
        law=united(u.law for u in every),
        exceptions=united(u.exceptions for u in every),
        agreements=united(u.agreements for u in every),
        signoffs=united(u.signoffs for u in every),
    )


def _ruled(covering: Iterable[Policy], permitted: Candidate) -> Iterator[Ruled]:
    rules = [(p, rule) for p in covering for rule in p.rules]
    for (policy, rule), found in zip(rules, permitted.verdicts, strict=True):
        if rule.mode is Mode.ENFORCE and found.verdict is not Verdict.NOT_APPLICABLE:
            yield policy, rule, found


def _subjects(rule: Rule) -> Iterator[str]:
    for part in (rule.require, *rule.forbid):
        if part is not None:
            yield from (test.subject for test in tests_in(part))


def _read_transfers(ruled: Iterable[Ruled]) -> bool:
    return any(s.startswith(TRANSFER_BASIS) for _, rule, _ in ruled for s in _subjects(rule))


def reads_claims(rule: Rule) -> bool:
    """Whether contracts and judgements can be behind what a rule demands of a route."""
    return any(map(rests_on_claims, _subjects(rule)))


def _needed(q: Question, every: Iterable[Ruled], route: Route) -> Sequence[Ground]:
    """A smallest part of what is in force about a route that leaves every verdict as it is."""
    ruled = [each for each in every if each[2].exception or reads_claims(each[1])]
    if not ruled:  # exceptions accept claims
        return ()
    hops = set(hops_of(q.snapshot.registry, route))
    approvals = [s for s in _signoffs(q, hops, {route.id}) if s.approved and _may_cover(s, q)]
    approvals.sort(key=lambda s: s.id, reverse=True)
    approvals.sort(key=lambda s: s.recorded)
    contracts = {a.id: a for a in _agreements(q, route)}
    grounds: list[Ground] = [*approvals, *(contracts[i] for i in sorted(contracts, reverse=True))]
    kept = grounds
    while True:
        before = kept
        for each in before:
            less = [k for k in kept if k is not each]
            spared = [g for g in grounds if not any(g is k for k in less)]
            if _stands(_without(q, route, spared), ruled, route):
                kept = less
        if len(kept) == len(before):
            return kept


def _may_cover(approval: Signoff, q: Question) -> bool:
    """Whether an approval may say something of a request: one of other purposes never does."""
    return not all(covers(approval, facts, UNKNOWN).known_false for facts in q.facts.views)


def _without(q: Question, route: Route, spared: Sequence[Ground]) -> Question:
    """The question about the route alone, were there none of `spared`."""
    registry = q.snapshot.registry
    less = replace(
        registry,
        routes={route.id: route},
        agreements=tuple(a for a in registry.agreements if not any(a is s for s in spared)),
        signoffs=tuple(s for s in registry.signoffs if not any(s is g for g in spared)),
    )
    return Question(Snapshot(q.snapshot.policies, less), q.facts, q.moment)


def _stands(world: Question, ruled: Iterable[Ruled], route: Route) -> bool:
    """Whether all rules say of the route what they said."""
    return all(verdict(world, policy, rule, route) == found for policy, rule, found in ruled)


# ---- what is in force ---------------------------------------------------------------------------


def _agreements(q: Question, route: Route) -> Iterator[Agreement]:
    registry = q.snapshot.registry
    for hop in hops_of(registry, route):
        yield from agreements_in_force(registry, route, hop, q.moment)


def _signoffs(q: Question, hops: set[str], routes: set[str]) -> list[Signoff]:
    """The judgements in force about some of the parties or routes; one that names none is not."""
    return [
        s
        for s in q.snapshot.registry.signoffs
        if s.validity.holds(q.moment.at)
        and q.moment.knows(s.recorded)
        and (s.importers & hops or any(any_matches(s.routes, i) for i in routes))
    ]


def _law(q: Question, route: Route) -> set[str]:
    """Territories and adequacy decisions that places of a route are known to rest on."""
    registry, moment = q.snapshot.registry, q.moment
    view = Standpoint(registry, moment)
    found: set[str] = set()
    for regime in map(Regime, q.facts.set_fact("regime").members):
        for at in transfer_bases(view, route, regime, Asked(q.facts)):
            bases = {basis for basis, truth in at.bases if truth.known_true}
            if "not_a_transfer" in bases:
                found.add(HOME_TERRITORY[regime])
            elif bases & _BY_DECISION and at.place.country is not None:
                entries = adequacy_about(registry, at.place.country, regime, moment)
                found.update(entry.id for entry in entries)
    return found
