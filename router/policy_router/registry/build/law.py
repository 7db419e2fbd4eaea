"""Territories and adequacy decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy_router.domain.claim import Validity
from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.territory import Adequacy, Membership, Suspension, Territory
from policy_router.language.catalogue import Catalogue
from policy_router.language.circles import reached
from policy_router.language.draft import Draft
from policy_router.language.grammar.law import AdequacyBody, TerritoryBody
from policy_router.language.grammar.quantities import start_of
from policy_router.language.grammar.upkeep import SuspensionBody


def territories(
    catalogue: Catalogue, today: date, problems: list[Diagnostic]
) -> dict[str, Territory]:
    """Every territory, by id."""
    drafts = {p.id: Draft(p, catalogue, today, problems) for p in catalogue.of(TerritoryBody)}
    for draft in drafts.values():
        _check_circle(draft, drafts)
    return {name: _territory(draft) for name, draft in drafts.items()}


def adequacy(catalogue: Catalogue, today: date, problems: list[Diagnostic]) -> tuple[Adequacy, ...]:
    """Every adequacy decision, with the suspensions of it."""
    suspending = [Draft(p, catalogue, today, problems) for p in catalogue.of(SuspensionBody)]
    suspensions = [(draft.body.adequacy, _suspension(draft)) for draft in suspending]
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(AdequacyBody)]
    return tuple(
        replace(
            _decision(draft),
            suspensions=tuple(s for names, s in suspensions if draft.body.id in names),
        )
        for draft in drafts
    )


def _suspension(draft: Draft[SuspensionBody]) -> Suspension:
    body = draft.body
    draft.past(body.recorded_on, "recorded_on")
    for number, name in enumerate(body.adequacy):
        draft.refer("adequacy", name, "adequacy", number)
    return Suspension(
        id=body.id,
        validity=draft.validity(body.start, body.end),
        recorded=start_of(body.recorded_on),
        reference=body.reference,
        span=draft.parsed.span,
    )


def _territory(draft: Draft[TerritoryBody]) -> Territory:
    body = draft.body
    for number, name in enumerate(body.includes):
        draft.refer("territory", name, "includes", number)
    dated = tuple(
        Membership(change.country, draft.validity(change.start, change.end, "changes", number))
        for number, change in enumerate(body.changes)
    )
    return Territory(
        id=body.id,
        members=tuple(Membership(country, Validity()) for country in body.members) + dated,
        includes=body.includes,
        confirmation=body.confirmation,
        sources=body.sources,
        span=draft.parsed.span,
    )


def _check_circle(draft: Draft[TerritoryBody], drafts: dict[str, Draft[TerritoryBody]]) -> None:
    leads_to = {name: other.body.includes for name, other in drafts.items()}
    if draft.body.id in reached(draft.body.id, leads_to):
        draft.report("REG310", f"territory `{draft.body.id}` includes itself", "includes")


def _decision(draft: Draft[AdequacyBody]) -> Adequacy:
    body = draft.body
    draft.past(body.read_on, "read_on")
    draft.past(body.recorded_on, "recorded_on")
    if body.territory is not None:
        draft.refer("territory", body.territory, "territory")
    known_since = start_of(body.recorded_on or body.read_on or draft.today)
    ends = [end for end in (body.end, body.suspended_from) if end is not None]
    return Adequacy(
        id=body.id,
        regime=body.regime,
        countries=frozenset(body.countries),
        territory=body.territory,
        scope=body.scope,
        conditions=frozenset(body.conditions),
        extension=body.list,
        instrument=body.instrument,
        validity=draft.validity(body.start or known_since, min(ends, default=None)),
        recorded=known_since,
        confirmation=body.confirmation,
        at_risk=body.at_risk,
        sources=body.sources,
        span=draft.parsed.span,
    )
