"""Steps someone could take, and the snapshot as it would be once they are taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from policy_router.domain.claim import (
    Basis,
    Claim,
    ClaimValue,
    Evidence,
    Moment,
    SourceKind,
    Validity,
)
from policy_router.domain.contract import Agreement, Clause, Signoff
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import ALWAYS, PolicyException
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot

_NOWHERE = Span("", 0, 0)
_ALWAYS = Validity()
_HYPOTHETICAL = "hypothetical"


@dataclass(frozen=True, slots=True)
class Contract:
    """An agreement with the party at `hop` in force, with these terms and transfer clauses.

    `said`: the terms in words.
    """

    hop: str
    terms: tuple[tuple[str, ClaimValue], ...]
    clauses: tuple[Clause, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Evidence, as strong and fresh as anyone asks, for one claim at `hop`; `said` in words."""

    hop: str
    attribute: str
    value: ClaimValue
    said: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sign-off of this kind for the route; with importer and country, a transfer assessment."""

    kind: str
    importer: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """An exception to one rule; also stands for learning facts under which it does not apply."""

    policy: str
    rule: str
    facts: tuple[str, ...] = ()


Step = Contract | Shown | Judged | Waived


def with_steps(
    snapshot: Snapshot, facts: RequestFacts, moment: Moment, route: Route, steps: Iterable[Step]
) -> tuple[Snapshot, RequestFacts]:
    """The snapshot (of this route alone) and the facts, were `steps` taken."""
    now = moment.known_at or moment.at
    registry, policies = snapshot.registry, snapshot.policies
    agreements, signoffs = list(registry.agreements), list(registry.signoffs)
    exceptions = list(policies.exceptions)
    for step in steps:
        match step:
            case Contract():
                agreements = [_silent_on(a, step) for a in agreements]
                agreements.append(_agreement(step, route, now))
            case Shown():
                agreements = [_silent_about(a, step, route) for a in agreements]
                route = _showing(route, step, now)
            case Judged():
                signoffs.append(_signoff(step, route, facts, now))
            case Waived():
                exceptions.append(_exception(step, route, now))
                facts = _knowing(facts, step.facts)
    registry = replace(
        registry,
        routes={route.id: route},
        agreements=tuple(agreements),
        signoffs=tuple(signoffs),
    )
    return Snapshot(replace(policies, exceptions=tuple(exceptions)), registry), facts


def _evidence(now: datetime) -> Evidence:
    day = now.date()
    return Evidence(
        SourceKind.SIGNED_CONTRACT, _HYPOTHETICAL, Basis.PUBLIC_TERMS, day, day, _HYPOTHETICAL
    )


def _agreement(step: Contract, route: Route, now: datetime) -> Agreement:
    return Agreement(
        id=_HYPOTHETICAL,
        parties=frozenset({step.hop}),
        document=_HYPOTHETICAL,
        validity=_ALWAYS,
        recorded=now,
        evidence=_evidence(now),
        models=(),
        routes=(route.id,),
        terms=step.terms,
        clauses=step.clauses,
        span=_NOWHERE,
    )


def _silent_on(agreement: Agreement, step: Contract) -> Agreement:
    """An older agreement gives way where the new one speaks."""
    stated = {name for name, _ in step.terms}
    if step.hop not in agreement.parties:
        return agreement
    return replace(agreement, terms=tuple(t for t in agreement.terms if t[0] not in stated))


def _silent_about(agreement: Agreement, step: Shown, route: Route) -> Agreement:
    """Evidence for one route settles what a contract for many states too widely."""
    named = route.id in agreement.routes or route.model in agreement.models
    if named or step.hop not in agreement.parties:
        return agreement
    return replace(agreement, terms=tuple(t for t in agreement.terms if t[0] != step.attribute))


def _showing(route: Route, step: Shown, now: datetime) -> Route:
    claim = Claim(step.attribute, step.value, _evidence(now), _ALWAYS, now, _NOWHERE)
    claims = dict(route.claims)
    others = tuple(c for c in claims.get(step.hop, ()) if c.attribute != step.attribute)
    claims[step.hop] = (*others, claim)
    return replace(route, claims=tuple(claims.items()))


def _signoff(step: Judged, route: Route, facts: RequestFacts, now: datetime) -> Signoff:
    return Signoff(
        id=_HYPOTHETICAL,
        type=step.kind,
        approved=True,
        validity=_ALWAYS,
        recorded=now,
        routes=(route.id,),
        importers=frozenset({step.importer} if step.importer else ()),
        countries=frozenset({step.country} if step.country else ()),
        data=facts.set_fact("data").members,
        purposes=("*",),
        tenants=("*",),
        by=_HYPOTHETICAL,
        reference=_HYPOTHETICAL,
        span=_NOWHERE,
    )


def _exception(step: Waived, route: Route, now: datetime) -> PolicyException:
    return PolicyException(
        id=_HYPOTHETICAL,
        policy=step.policy,
        rule=step.rule,
        routes=(route.id,),
        when=ALWAYS,
        validity=_ALWAYS,
        recorded=now,
        approved_by=_HYPOTHETICAL,
        reason=_HYPOTHETICAL,
        reference=_HYPOTHETICAL,
        accepts=(),
        span=_NOWHERE,
    )


def _knowing(facts: RequestFacts, names: tuple[str, ...]) -> RequestFacts:
    """The facts, were the ones named settled as stated."""
    sets = dict(facts.sets)
    for name in names:
        stated = facts.set_fact(name)
        if stated.members:
            sets[name] = SetFact(stated.members, settled=True)
    return replace(
        facts, sets=sets, base=None if facts.base is None else _knowing(facts.base, names)
    )
