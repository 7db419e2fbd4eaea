"""Which claim speaks about one attribute at one hop of a route.

An agreement in force first; else the most specific statement (route, then model, then offering),
unless a more general one has better evidence and is less favourable: favour comes only from a
narrower scope with evidence at least as good. Whatever is in doubt is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from policy_router.domain.claim import (
    Basis,
    Claim,
    ClaimValue,
    Evidence,
    Gap,
    Knowledge,
    Moment,
)
from policy_router.domain.contract import Agreement
from policy_router.domain.patterns import any_matches
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.favour import Favour, favour
from policy_router.registry.standpoint import Standpoint


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one level of documents says: a value, or unknown because of `gap`."""

    value: ClaimValue | None
    gap: Gap | None
    claim: Claim
    overruled: tuple[Claim, ...] = ()

    @property
    def weight(self) -> int:
        return self.claim.evidence.kind.weight


@dataclass(frozen=True, slots=True)
class _Term:
    """What an agreement states. `names_it`: it names the route or the model, by exact id."""

    agreement: Agreement
    attribute: str
    value: ClaimValue
    names_it: bool


def knowledge(view: Standpoint, route: Route, hop: str, attribute: str) -> Knowledge:
    """What is known of `attribute` at `hop` of `route`, seen from `view`."""
    registry, moment = view.registry, view.moment
    agreements = agreements_in_force(registry, route, hop, moment)
    levels = [
        statement
        for documents in _levels(registry, route, hop, attribute)
        if (statement := _level_speaks(documents, moment, bool(agreements)))
    ]
    terms = _terms(agreements, route, attribute)
    if terms:
        specific = [statement for is_specific, statement in levels if is_specific]
        narrower = _by_documents(hop, specific) if specific else None
        return _by_agreements(view, hop, terms, narrower)
    spoken = _by_documents(hop, [statement for _, statement in levels])
    return _short_of(spoken, spoken.claim.evidence if spoken.claim else None, view)


def records(registry: Registry, route: Route, hop: str, attribute: str) -> tuple[Claim, ...]:
    """Every claim that documents make about `attribute` at `hop`, whether or not it speaks."""
    levels = _levels(registry, route, hop, attribute)
    return tuple(claim for _, documents in levels for claims in documents for claim in claims)


def _terms(agreements: tuple[Agreement, ...], route: Route, attribute: str) -> list[_Term]:
    """What each agreement states about `attribute`, by id."""
    return [
        _Term(a, attribute, value, route.id in a.routes or route.model in a.models)
        for a in sorted(agreements, key=lambda a: a.id)
        for name, value in a.terms
        if name == attribute
    ]


def agreements_in_force(
    registry: Registry, route: Route, hop: str, moment: Moment
) -> tuple[Agreement, ...]:
    """The organisation's agreements with the party at `hop` that cover `route` at `moment`."""
    if not registry.agreements:
        return ()
    names = names_of(registry, hop)
    return tuple(
        agreement
        for agreement in registry.agreements
        if names & agreement.parties
        and agreement.validity.holds(moment.at)
        and moment.knows(agreement.recorded)
        and covered_by(agreement, route)
    )


def names_of(registry: Registry, hop: str) -> frozenset[str]:
    """What agreements may call the party at a hop: itself, or the company that operates it."""
    provider = registry.providers.get(hop)
    return frozenset({hop} if provider is None else {hop, provider.operator})


def covered_by(agreement: Agreement, route: Route) -> bool:
    """Whether an agreement is about a route or its model."""
    by_model = any_matches(agreement.models, route.model)
    return by_model or any_matches(agreement.routes, route.id)


def evidence_gap(evidence: Evidence, view: Standpoint) -> Gap | None:
    """How `evidence` falls short of what `view` demands; None if it does not."""
    demand = view.demand
    if demand.at_least is not None and evidence.kind.weight < demand.at_least.weight:
        return Gap.WEAK_SOURCE
    if demand.verified and evidence.verified_on is None:
        return Gap.NOT_VERIFIED
    if demand.max_age_days is not None:
        age_days = (view.moment.at.date() - evidence.fresh_on).days
        if age_days > demand.max_age_days:
            return Gap.TOO_OLD
    return None


_Level = tuple[bool, _Statement]
"""A statement, and whether a route or model document makes it (not the offering's own)."""


def _levels(
    registry: Registry, route: Route, hop: str, attribute: str
) -> Iterator[tuple[bool, list[list[Claim]]]]:
    """The claims about `attribute` at `hop`: most specific level first, by document."""
    if route.claims:
        yield True, [_about(dict(route.claims).get(hop, ()), attribute)]
    provider, model = registry.providers.get(hop), registry.models.get(route.model)
    if provider is not None:
        said = _about(provider.claims, attribute)
        narrow = [c for c in said if c.covers is not None and route.model in c.covers]
        of_model = model.claims if model is not None and hop == route.provider else ()
        yield True, [narrow, _about(of_model, attribute)]
        if route.model in provider.covers:
            yield False, [[c for c in said if c.covers is None]]
    gateway = registry.gateways.get(hop)
    if gateway is not None:
        yield False, [_about(gateway.claims, attribute)]


def _about(claims: Iterable[Claim], attribute: str) -> list[Claim]:
    return [c for c in claims if c.attribute == attribute]


def _level_speaks(
    level: tuple[bool, list[list[Claim]]], moment: Moment, under_agreement: bool
) -> _Level | None:
    """What the documents of one level say together: the less favourable where they differ."""
    specific, documents = level
    spoken: _Statement | None = None
    for claims in filter(None, documents):
        statement = _document_speaks(claims, moment, under_agreement)
        if statement is not None:
            spoken = statement if spoken is None else _less_favourable(spoken, statement)
    return None if spoken is None else (specific, spoken)


def _document_speaks(
    claims: list[Claim], moment: Moment, under_agreement: bool
) -> _Statement | None:
    """One document's word: its latest record that holds; equal dates that differ are unknown."""
    holding = [c for c in claims if c.validity.holds(moment.at) and moment.knows(c.recorded)]
    if not holding:
        return None
    latest_on = max(c.recorded for c in holding)
    latest = [c for c in holding if c.recorded == latest_on]
    claim = latest[0] if len(latest) == 1 else max(latest, key=lambda c: _strength(c.evidence))
    if any(c.value != claim.value for c in latest):
        others = tuple(c for c in latest if c is not claim)
        return _Statement(None, Gap.CONFLICT, claim, others)
    if claim.value is None:
        return _Statement(None, Gap.STATED_UNKNOWN, claim)
    if claim.evidence.basis is Basis.OUR_CONTRACT and not under_agreement:
        return _Statement(None, Gap.NO_AGREEMENT, claim)
    return _Statement(claim.value, None, claim)


def _strength(evidence: Evidence) -> tuple[int, date, bool, bool, str]:
    """Which of several records that say the same speaks: not the first one written."""
    ours = evidence.basis is Basis.OUR_CONTRACT
    checked = evidence.verified_on is not None
    return evidence.kind.weight, evidence.fresh_on, checked, not ours, evidence.reference


def _less_favourable(a: _Statement, b: _Statement) -> _Statement:
    comparison = favour(a.claim.attribute, a.value, b.value)
    if comparison is Favour.SAME:
        return max(a, b, key=lambda s: s.weight)
    if comparison is Favour.NO_ORDER:
        stronger, weaker = sorted((a, b), key=lambda s: -s.weight)
        return replace(stronger, value=None, gap=Gap.CONFLICT, overruled=(weaker.claim,))
    less, more = (a, b) if comparison is Favour.LESS else (b, a)
    return replace(less, overruled=(*less.overruled, more.claim))


def _by_documents(hop: str, statements: list[_Statement]) -> Knowledge:
    """The most specific statement, unless a better-evidenced general one is less favourable."""
    if not statements:
        return Knowledge(hop, None, Gap.ABSENT)
    spoken = statements[0]
    for general in statements[1:]:
        if general.weight > spoken.weight:
            comparison = favour(general.claim.attribute, general.value, spoken.value)
            if comparison is Favour.LESS:
                spoken = replace(general, overruled=(*general.overruled, spoken.claim))
            elif comparison is Favour.NO_ORDER:
                overruled = (*spoken.overruled, spoken.claim)
                spoken = replace(general, value=None, gap=Gap.CONFLICT, overruled=overruled)
    return Knowledge(hop, spoken.value, spoken.gap, spoken.claim, None, spoken.overruled)


def _by_agreements(
    view: Standpoint, hop: str, terms: list[_Term], narrower: Knowledge | None
) -> Knowledge:
    """What agreements in force state, in at least one term. `narrower`: see `_by_term`.

    Of several that say the same, the first that can be relied on speaks.
    """
    if any(term.value != terms[0].value for term in terms):
        return Knowledge(hop, None, Gap.CONFLICT, agreement=terms[0].agreement.id)
    stated = [_short_of(_by_term(hop, t, narrower), t.agreement.evidence, view) for t in terms]
    return next((f for f in stated if f.value is not None), stated[0])


def _by_term(hop: str, term: _Term, narrower: Knowledge | None) -> Knowledge:
    """What one agreement states, unless more specific documents say what is less favourable.

    Those are overridden only by an agreement that names the route or the model itself.
    """
    agreement = term.agreement.id
    if narrower is None or term.names_it:
        return Knowledge(hop, term.value, agreement=agreement)
    if favour(term.attribute, term.value, narrower.value) in {Favour.LESS, Favour.SAME}:
        return Knowledge(hop, term.value, agreement=agreement)
    return replace(narrower, value=None, gap=Gap.AGREEMENT_TOO_WIDE, agreement=agreement)


def _short_of(spoken: Knowledge, evidence: Evidence | None, view: Standpoint) -> Knowledge:
    """`spoken`, unknown where its evidence is short of the demand: nothing behind it speaks."""
    if spoken.value is None or evidence is None:
        return spoken
    gap = evidence_gap(evidence, view)
    return spoken if gap is None else replace(spoken, value=None, gap=gap)
