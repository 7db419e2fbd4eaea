"""Sign-offs that nothing matches: no request and no route of which they change a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policy_router.audit.lint.findings import Finding, Flaw
from policy_router.audit.lint.names import TooMany, telling
from policy_router.audit.lint.reading import Reading, reading, stated
from policy_router.audit.lint.requests import MOST_REQUESTS, samples
from policy_router.compiler.bind import Bound
from policy_router.compiler.lower import lower
from policy_router.domain.contract import Signoff
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.hops import hops_of
from policy_router.registry.signoffs import TIA, concerns, concerns_transfer


def signoff_findings(bound: Bound) -> Iterator[Finding]:
    """The sign-offs in force that change nothing; one that ended is history."""
    for signoff in bound.snapshot.registry.signoffs:
        if signoff.validity.holds(bound.moment.at) and bound.moment.knows(signoff.recorded):
            found = _finding(bound, signoff)
            if found is not None:
                yield found


def matching(bound: Bound, signoff: Signoff) -> RequestFacts | None:
    """A request of which a sign-off changes the verdict of some rule on some route; None if none.

    An approval is tried by itself, and a rejection beside all approvals: so two that say the
    same both count. Raises `TooMany`.
    """
    about = [route for route in bound.routes if _is_about(bound, signoff, route)]
    if not about:
        return None
    others = bound.snapshot.registry.signoffs
    beside = () if signoff.approved else tuple(s for s in others if s.approved)
    without, with_it = (_bound(bound, about, signed) for signed in (beside, (*beside, signoff)))
    for policy, plain in zip(with_it.policies, without.policies, strict=True):
        for rule, same in zip(policy.rules, plain.rules, strict=True):
            of = reading(with_it, policy, rule)
            if signoff in of.signoffs:
                found = _changed(of, reading(without, plain, same))
                if found is not None:
                    return found
    return None


def _changed(of: Reading, other: Reading) -> RequestFacts | None:
    """The first request of which a rule says something else than it says with other sign-offs."""
    for sample in samples(of):
        if sample.may_apply:
            bits = other.bound.reads.bits(sample.facts)
            for mine, theirs in zip(
                of.rule.planned.demands, other.rule.planned.demands, strict=True
            ):
                known = of.bound.demand(mine, sample.facts, sample.bits)
                if known != other.bound.demand(theirs, sample.facts, bits):
                    return sample.facts
    return None


def _bound(bound: Bound, routes: Sequence[Route], signoffs: tuple[Signoff, ...]) -> Bound:
    """The same policies on some routes, with some sign-offs."""
    there = {route.id: route for route in routes}
    registry = replace(bound.snapshot.registry, routes=there, signoffs=signoffs)
    snapshot = Snapshot(bound.snapshot.policies, registry)
    return Bound(lower(snapshot.policies), snapshot, bound.moment)


def _is_about(bound: Bound, signoff: Signoff, route: Route) -> bool:
    hops = hops_of(bound.snapshot.registry, route)
    if concerns(signoff, route, hops):
        return True
    countries = signoff.countries or {""}
    return signoff.type == TIA and any(
        concerns_transfer(signoff, hop, country, route) for hop in hops for country in countries
    )


def _finding(bound: Bound, signoff: Signoff) -> Finding | None:
    def found(flaw: Flaw, why: str) -> Finding:
        return Finding(flaw, signoff.id, signoff.span, why, _within(signoff))

    if not any(_is_about(bound, signoff, route) for route in bound.routes):
        return found(Flaw.SIGNOFF_IDLE, "it is about no route within reach")
    asking = (reading(bound, policy, rule) for policy in bound.policies for rule in policy.rules)
    if not any(signoff in of.signoffs for of in asking):
        return found(Flaw.SIGNOFF_IDLE, f"no rule in force asks for a sign-off `{signoff.type}`")
    try:
        if matching(bound, signoff) is None:
            why = "it changes no verdict on a route within reach, whatever the request"
            return found(Flaw.SIGNOFF_IDLE, why)
    except TooMany:
        why = f"more than {MOST_REQUESTS:,} requests would have to be tried"
        return found(Flaw.TOO_MANY, why)
    return None


def _within(signoff: Signoff) -> RequestFacts:
    """A request that a sign-off is about."""
    named = {"purpose": signoff.purposes, "tenant": signoff.tenants}
    first = {name: telling(patterns[:1])[0] for name, patterns in named.items() if patterns}
    return stated({"data": SetFact(signoff.data, settled=True), **first})
