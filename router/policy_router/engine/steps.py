"""Steps someone could take, and the snapshot as it would be once they are taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

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
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.openness import rules_in_doubt
from policy_router.engine.question import Question
from policy_router.registry.hops import MAKER_HOP, hops_of

_NOWHERE = Span("", 0, 0)
_ALWAYS = Validity()
_HYPOTHETICAL = "hypothetical"


Terms = tuple[tuple[str, ClaimValue], ...]
"""What is said of attributes."""


@dataclass(frozen=True, slots=True)
class Contract:
    """An agreement with the party at `hop` in force, with these terms and transfer clauses."""

    hop: str
    terms: Terms
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """Evidence, as strong and fresh as anyone asks, for claims at `hop`.

    `again`: the claims say so already and only have to be verified.
    """

    hop: str
    terms: Terms
    again: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A sign-off of this kind for the route; with importer and country, a transfer assessment."""

    kind: str
    importer: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact of the request, where it is such that rules in doubt do not apply."""

    fact: str


@dataclass(frozen=True, slots=True)
class Waived:
    """An exception to one rule."""

    policy: str
    rule: str


Step = Contract | Shown | Judged | Stated | Waived


def place_of(step: Step) -> object:
    """What a step is about, whatever it says: two such steps are never in one set."""
    match step:
        case Contract():
            return Contract, step.hop
        case Shown():
            return Shown, step.hop, step.again
        case _:
            return step


Part = str | Clause
"""A term, by its attribute, or a transfer clause."""


def parts_of(step: Step) -> tuple[Part, ...]:
    """What a contract or evidence says."""
    match step:
        case Contract():
            return (*(name for name, _ in step.terms), *step.clauses)
        case Shown():
            return tuple(name for name, _ in step.terms)
        case _:
            return ()


def without(step: Step, parts: Collection[Part]) -> Step:
    """The step without some of what it says; as it is, if nothing else would be left of it."""
    if not isinstance(step, Contract | Shown) or not set(parts_of(step)) - set(parts):
        return step
    terms = tuple(term for term in step.terms if term[0] not in parts)
    if isinstance(step, Shown):
        return replace(step, terms=terms)
    clauses = tuple(clause for clause in step.clauses if clause not in parts)
    return replace(step, terms=terms, clauses=clauses)


def about_route(q: Question, route: Route) -> Snapshot:
    """The snapshot with this route alone, and its agreements hop by hop: nothing else changes."""
    registry = q.snapshot.registry
    parts = [
        replace(agreement, parties=frozenset({hop}))
        for agreement in registry.agreements
        for hop in dict.fromkeys(hops_of(registry, route))
        if agreement.parties & _names(registry, hop)
    ]
    return Snapshot(
        q.snapshot.policies,
        replace(registry, routes={route.id: route}, agreements=tuple(parts)),
    )


def _names(registry: Registry, hop: str) -> frozenset[str]:
    """What agreements may call the party at a hop: itself, or the company that operates it."""
    provider = registry.providers.get(hop)
    return frozenset({hop} if provider is None else {hop, provider.operator})


def with_steps(q: Question, alone: Snapshot, steps: Iterable[Step]) -> Question:
    """The question as it would be, were `steps` taken; `alone`: see `about_route`."""
    (route,) = alone.registry.routes.values()
    stated = frozenset(s.fact for s in steps if isinstance(s, Stated))
    registry = _changed(alone.registry, route, q, steps)
    waived = [s for s in steps if isinstance(s, Waived)]
    waived += [Waived(p, r) for p, r in rules_in_doubt(q, stated)] if stated else []
    now = q.moment.known_at or q.moment.at
    exceptions = (*alone.policies.exceptions, *(_exception(w, route, now) for w in waived))
    policies = replace(alone.policies, exceptions=exceptions) if waived else alone.policies
    facts = knowing(q.facts, stated) if stated else q.facts
    return Question(Snapshot(policies, registry), facts, q.moment)


def _changed(registry: Registry, route: Route, q: Question, steps: Iterable[Step]) -> Registry:
    now = q.moment.known_at or q.moment.at
    agreements, signoffs = list(registry.agreements), list(registry.signoffs)
    models = registry.models
    for step in steps:
        match step:
            case Contract():
                agreements = [_silent_on(a, step) for a in agreements]
                agreements.append(_agreement(step, route, now))
            case Shown() if step.hop == MAKER_HOP:
                claims = _showing(models[route.model].claims, step, now)
                models = {**models, route.model: replace(models[route.model], claims=claims)}
            case Shown():
                agreements = [_silent_about(a, step, route) for a in agreements]
                said = dict(route.claims)
                said[step.hop] = _showing(said.get(step.hop, ()), step, now)
                route = replace(route, claims=tuple(said.items()))
            case Judged():
                signoffs.append(_signoff(step, route, q, signoffs))
            case Stated() | Waived():
                continue
            case _:
                assert_never(step)
    return replace(
        registry,
        models=models,
        routes={route.id: route},
        agreements=tuple(agreements),
        signoffs=tuple(signoffs),
    )


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


def _silent_on(agreement: Agreement, step: Contract | Shown) -> Agreement:
    """An older agreement gives way where the new one speaks."""
    if step.hop not in agreement.parties:
        return agreement
    stated = {name for name, _ in step.terms}
    return replace(agreement, terms=tuple(t for t in agreement.terms if t[0] not in stated))


def _silent_about(agreement: Agreement, step: Shown, route: Route) -> Agreement:
    """Evidence for one route settles what a contract for many states too widely."""
    named = route.id in agreement.routes or route.model in agreement.models
    return agreement if named else _silent_on(agreement, step)


def _showing(claims: Iterable[Claim], step: Shown, now: datetime) -> tuple[Claim, ...]:
    shown = {name for name, _ in step.terms}
    return (
        *(c for c in claims if c.attribute not in shown),
        *(Claim(n, value, _evidence(now), _ALWAYS, now, _NOWHERE) for n, value in step.terms),
    )


def _signoff(step: Judged, route: Route, q: Question, others: Iterable[Signoff]) -> Signoff:
    return Signoff(
        id=_HYPOTHETICAL,
        type=step.kind,
        approved=True,
        validity=_ALWAYS,
        recorded=_after(q.moment, others),
        routes=(route.id,),
        importers=frozenset({step.importer} if step.importer else ()),
        countries=frozenset({step.country} if step.country else ()),
        data=q.facts.set_fact("data").members,
        purposes=("*",),
        tenants=("*",),
        by=_HYPOTHETICAL,
        reference=_HYPOTHETICAL,
        span=_NOWHERE,
    )


def _after(moment: Moment, others: Iterable[Signoff]) -> datetime:
    """When a judgement that comes after all others would be recorded."""
    if moment.known_at is not None:
        return moment.known_at
    later = (s.recorded + timedelta(seconds=1) for s in others)
    return max((moment.at, *later))


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


def knowing(facts: RequestFacts, names: frozenset[str]) -> RequestFacts:
    """The facts, were the ones named settled as stated."""
    settled = {
        name: SetFact(stated.members, settled=True)
        for name in names
        if (stated := facts.set_fact(name)).members
    }
    base = None if facts.base is None else knowing(facts.base, names)
    return replace(facts, sets={**facts.sets, **settled}, base=base)
