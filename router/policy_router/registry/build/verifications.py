"""Verifications: what people found when they read the sources of claims again.

A verification adds a record to the document it is about. Where the claim says the same, the record
is that claim with better evidence: verified, by whom and on which day. Where it says otherwise, the
claim and what was found stand side by side, recorded on one day, and so contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from policy_router.domain.claim import Claim, ClaimValue, Members
from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.route import Gateway, Provider, Route
from policy_router.language.catalogue import Catalogue
from policy_router.language.draft import Draft
from policy_router.language.grammar.claims import ListingBody
from policy_router.language.grammar.quantities import start_of
from policy_router.language.grammar.upkeep import VerificationBody
from policy_router.language.text import quoted
from policy_router.registry.build.claims import single

_Draft = Draft[VerificationBody]


def verified(
    catalogue: Catalogue,
    today: date,
    problems: list[Diagnostic],
    hops: tuple[dict[str, Gateway], dict[str, Provider], dict[str, Route]],
) -> None:
    """Add to the gateways, providers and routes what verifications found."""
    gateways, providers, routes = hops
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(VerificationBody)]
    by_target: dict[tuple[str, str, str | None], list[_Draft]] = {}
    for draft in sorted(drafts, key=lambda d: (_recorded(d.body), d.body.id)):
        draft.past(draft.body.verified_on, "verified_on")
        draft.past(draft.body.recorded_on, "recorded_on")
        by_target.setdefault(_target(draft.body), []).append(draft)
    for (kind, name, hop), about in by_target.items():
        if kind == "gateway" and name in gateways:
            gateways[name] = replace(gateways[name], claims=_with(gateways[name].claims, about))
        elif kind == "provider" and name in providers:
            providers[name] = replace(providers[name], claims=_with(providers[name].claims, about))
        elif kind == "route" and name in routes:
            routes[name] = _of_route(routes[name], hop or "", about)
        else:
            _warn_of_nothing(about, kind, name)


def _target(body: VerificationBody) -> tuple[str, str, str | None]:
    """The kind and id of the document, and the hop of a route."""
    named = (("gateway", body.gateway), ("provider", body.provider), ("route", body.route))
    kind, name = next((kind, name) for kind, name in named if name is not None)
    return kind, name, body.hop


def _warn_of_nothing(about: list[_Draft], kind: str, name: str) -> None:
    for draft in about:
        if not draft.catalogue.has(name, kind):
            message = f"no {kind} is called {quoted(name)}"
            draft.warn("REG308", message, kind, advice=draft.hint(name, kind))


def _of_route(route: Route, hop: str, about: list[_Draft]) -> Route:
    claims = dict(route.claims)
    claims[hop] = _with(claims.get(hop, ()), about)
    return replace(route, claims=tuple(sorted((h, c) for h, c in claims.items() if c)))


def _with(claims: tuple[Claim, ...], about: list[_Draft]) -> tuple[Claim, ...]:
    """`claims` and what was found of them; what is found first is not what the next is about."""
    return (*claims, *(added for draft in about for added in _found_of(claims, draft)))


def _found_of(claims: tuple[Claim, ...], draft: _Draft) -> Iterator[Claim]:
    for attribute, value, key in _findings(draft.body):
        records = [c for c in claims if c.attribute == attribute and _is_meant(c, draft.body.model)]
        newest = _newest(draft, records, (key, attribute))
        if not newest:
            continue
        if all(c.value == value for c in newest):
            yield from (_confirmed(c, draft.body) for c in newest)
        else:
            draft.warn(
                "REG314", _contradiction(attribute, newest), key, attribute, advice=_RECONCILE
            )
            yield from _contested(newest, value, draft)


_RECONCILE = "until one of them is corrected the attribute is unknown"


def _contradiction(attribute: str, newest: list[Claim]) -> str:
    place = f"{newest[0].span.file}:{newest[0].span.line}"
    return f"`{attribute}` was found otherwise than {place} says"


def _findings(body: VerificationBody) -> Iterator[tuple[str, ClaimValue | None, str]]:
    """Each attribute with what was found, and under which key that is written."""
    for attribute in sorted(body.found.model_fields_set):
        yield attribute, _value(getattr(body.found, attribute), opened=False), "found"
    for attribute in sorted(body.found_at_least.model_fields_set):
        value = _value(getattr(body.found_at_least, attribute), opened=True)
        yield attribute, value, "found_at_least"


def _value(
    found: tuple[str, ...] | Decimal | str | ListingBody | None, *, opened: bool
) -> ClaimValue | None:
    return Members(frozenset(found), open=opened) if isinstance(found, tuple) else single(found)


def _is_meant(claim: Claim, model: str | None) -> bool:
    """Whether a verification is about this record: that of the model, else the general one."""
    return claim.covers is None if model is None else model in (claim.covers or ())


def _newest(draft: _Draft, records: list[Claim], where: tuple[str, str]) -> list[Claim]:
    """The records that spoke on the day of the verification; none if it is about nothing."""
    day = draft.body.verified_on
    if any(c.evidence.fresh_on > day for c in records):
        message = f"the source of `{where[1]}` was read again after it was verified"
        draft.warn("REG313", message, *where, advice="verify what it says now")
        return []
    holding = [c for c in records if c.validity.holds(start_of(day))]
    if not holding:
        message = f"there is no claim about `{where[1]}` to verify"
        advice = "name the document in which it stands: `policy-router registry evidence ROUTE`"
        draft.warn("REG312", message, *where, advice=advice)
        return []
    latest = max(c.recorded for c in holding)
    return [c for c in holding if c.recorded == latest]


def _recorded(body: VerificationBody) -> datetime:
    return start_of(body.recorded_on or body.verified_on)


def _confirmed(claim: Claim, body: VerificationBody) -> Claim:
    """The claim, verified."""
    evidence = replace(claim.evidence, verified_on=body.verified_on, verified_by=body.verified_by)
    note = f"{claim.note}; " if claim.note else ""
    return replace(
        claim,
        evidence=evidence,
        recorded=max(claim.recorded, _recorded(body)),
        note=f"{note}verified in {body.reference}",
    )


def _contested(newest: list[Claim], value: ClaimValue | None, draft: _Draft) -> Iterator[Claim]:
    """The claim, and beside it what was found, recorded together."""
    body = draft.body
    for claim in newest:
        recorded = max(claim.recorded, _recorded(body))
        evidence = replace(
            claim.evidence,
            reference=body.reference,
            verified_on=body.verified_on,
            verified_by=body.verified_by,
        )
        yield replace(claim, recorded=recorded)
        yield replace(
            claim,
            value=value,
            evidence=evidence,
            recorded=recorded,
            span=draft.parsed.span,
            note=None,
        )
