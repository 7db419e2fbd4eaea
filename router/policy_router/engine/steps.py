"""Steps someone could take, and the snapshot as it would be once they are taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
from policy_router.domain.route import Model, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import Truth
from policy_router.engine.openness import rules_in_doubt
from policy_router.engine.question import Question
from policy_router.registry.hops import MAKER_HOP, hops_of
from policy_router.registry.signoffs import data_covered
from policy_router.registry.speaking import names_of

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
    """Evidence of the strongest kind for claims at `hop`, read and verified on the day asked about.

    That is the day of what was known, where an earlier state of knowledge is asked about.
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
        if agreement.parties & names_of(registry, hop)
    ]
    return Snapshot(
        q.snapshot.policies,
        replace(registry, routes={route.id: route}, agreements=tuple(parts)),
    )


def with_steps(q: Question, alone: Snapshot, steps: Collection[Step]) -> Question:
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


def _changed(registry: Registry, route: Route, q: Question, steps: Collection[Step]) -> Registry:
    now = q.moment.known_at or q.moment.at
    shown = [s for s in steps if isinstance(s, Shown)]
    judged = [s for s in steps if isinstance(s, Judged)]
    return replace(
        registry,
        models=_models(registry, route, [s for s in shown if s.hop == MAKER_HOP], now),
        routes={route.id: _documented(route, [s for s in shown if s.hop != MAKER_HOP], now)},
        agreements=_agreements(registry.agreements, route, steps, now),
        signoffs=_signoffs(registry.signoffs, route, q, judged),
    )


def _models(
    registry: Registry, route: Route, shown: Iterable[Shown], now: datetime
) -> Mapping[str, Model]:
    """The models, once evidence is shown of what the maker of the route's model claims."""
    models = registry.models
    for step in shown:
        model = models[route.model]
        models = {**models, route.model: replace(model, claims=_showing(model.claims, step, now))}
    return models


def _documented(route: Route, shown: Iterable[Shown], now: datetime) -> Route:
    """The route, once evidence is shown of what is claimed at its hops."""
    said = dict(route.claims)
    for step in shown:
        said[step.hop] = _showing(said.get(step.hop, ()), step, now)
    return replace(route, claims=tuple(said.items()))


def _agreements(
    held: Iterable[Agreement], route: Route, steps: Iterable[Step], now: datetime
) -> tuple[Agreement, ...]:
    """The agreements, each silent on what a later step says in its place."""
    found = list(held)
    for step in steps:
        if isinstance(step, Contract):
            found = [*(_silent_on(a, step) for a in found), _agreement(step, route, now)]
        elif isinstance(step, Shown) and step.hop != MAKER_HOP:
            found = [_silent_about(a, step, route) for a in found]
    return tuple(found)


def _signoffs(
    given: Iterable[Signoff], route: Route, q: Question, judged: Iterable[Judged]
) -> tuple[Signoff, ...]:
    found = list(given)
    for step in judged:
        found.append(_signoff(step, route.id, q, found))
    return tuple(found)


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


def _signoff(step: Judged, route: str, q: Question, others: Iterable[Signoff]) -> Signoff:
    return Signoff(
        id=_HYPOTHETICAL,
        type=step.kind,
        approved=True,
        validity=_ALWAYS,
        recorded=_after(q.moment, others),
        routes=(route,),
        importers=frozenset({step.importer} if step.importer else ()),
        countries=frozenset({step.country} if step.country else ()),
        data=q.facts.set_fact("data").members,
        purposes=("*",),
        tenants=("*",),
        by=_HYPOTHETICAL,
        reference=_HYPOTHETICAL,
        span=_NOWHERE,
    )


def covers_data_of(q: Question, view: RequestFacts) -> Truth:
    """Whether a judgement of the request would be about all data of one view of it."""
    signoff = _signoff(Judged(_HYPOTHETICAL), "", q, ())
    return data_covered(signoff, view.set_fact("data"))


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
