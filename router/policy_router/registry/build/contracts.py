"""Agreements and sign-offs of the organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from policy_router.domain.claim import Basis, ClaimValue, Evidence, Members, SourceKind
from policy_router.domain.contract import Agreement, Clause, Signoff
from policy_router.domain.diagnostic import Diagnostic
from policy_router.language.catalogue import Catalogue
from policy_router.language.draft import Draft
from policy_router.language.grammar.contracts import AgreementBody, SignoffBody, TermsBody
from policy_router.language.grammar.quantities import start_of
from policy_router.language.text import quoted


def agreements(
    catalogue: Catalogue, today: date, problems: list[Diagnostic]
) -> tuple[Agreement, ...]:
    """Every agreement."""
    parties = _parties(catalogue)
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(AgreementBody)]
    return tuple(_agreement(draft, parties) for draft in drafts)


def signoffs(catalogue: Catalogue, today: date, problems: list[Diagnostic]) -> tuple[Signoff, ...]:
    """Every sign-off."""
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(SignoffBody)]
    return tuple(_signoff(draft) for draft in drafts)


def _parties(catalogue: Catalogue) -> set[str]:
    """Whom an agreement can be with: hops, and companies that operate providers."""
    return {*catalogue.ids("gateway", "provider"), *catalogue.operators}


def _agreement(draft: Draft[AgreementBody], parties: set[str]) -> Agreement:
    body = draft.body
    for number, name in enumerate(body.parties):
        if name not in parties:
            advice = draft.suggest(name, parties)
            draft.report("REG311", f"unknown party {quoted(name)}", "with", number, advice=advice)
    for key in ("recorded_on", "read_on", "verified_on"):
        draft.past(getattr(body, key), key)
    _check_named(draft, body.covers.models, "model")
    _check_named(draft, body.covers.routes, "route")
    return Agreement(
        id=body.id,
        parties=frozenset(body.parties),
        document=body.document,
        validity=draft.validity(body.start, body.end),
        recorded=start_of(body.recorded_on),
        evidence=Evidence(
            SourceKind.SIGNED_CONTRACT,
            body.document,
            Basis.OUR_CONTRACT,
            body.read_on or body.recorded_on,
            body.verified_on,
            body.verified_by,
        ),
        models=body.covers.models,
        routes=body.covers.routes,
        terms=tuple(_terms(body.terms)),
        clauses=tuple(Clause(clause.mechanism, clause.module) for clause in body.clauses),
        span=draft.parsed.span,
    )


def _check_named(
    draft: Draft[AgreementBody] | Draft[SignoffBody], names: tuple[str, ...], kind: str
) -> None:
    """Warn of exact ids that nothing has; patterns are meant to be wide."""
    for number, name in enumerate(names):
        if "*" not in name and not draft.catalogue.has(name, kind):
            advice = draft.hint(name, kind)
            message = f"no {kind} is called {quoted(name)}"
            draft.warn("REG308", message, "covers", f"{kind}s", number, advice=advice)


def _terms(terms: TermsBody) -> Iterator[tuple[str, ClaimValue]]:
    for attribute in TermsBody.model_fields:
        value = getattr(terms, attribute)
        if value is not None:
            yield attribute, Members(frozenset(value)) if isinstance(value, tuple) else value


def _signoff(draft: Draft[SignoffBody]) -> Signoff:
    body = draft.body
    covers = body.covers
    draft.past(body.recorded_on, "recorded_on")
    _check_named(draft, covers.routes, "route")
    for number, name in enumerate(covers.importers):
        if not draft.catalogue.has(name, "gateway", "provider"):
            advice = draft.hint(name, "gateway", "provider")
            message = f"no hop is called {quoted(name)}"
            draft.warn("REG308", message, "covers", "importers", number, advice=advice)
    return Signoff(
        id=body.id,
        type=body.type,
        approved=body.status == "approved",
        validity=draft.validity(body.start, body.end),
        recorded=start_of(body.recorded_on),
        routes=covers.routes,
        importers=frozenset(covers.importers),
        countries=frozenset(covers.countries),
        data=frozenset(covers.data),
        purposes=covers.purposes,
        tenants=covers.tenants,
        by=body.by,
        reference=body.reference,
        span=draft.parsed.span,
    )
