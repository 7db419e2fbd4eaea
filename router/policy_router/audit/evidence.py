"""Every claim about a route, hop by hop: what it rests on, and whether it is what counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy_router.domain.claim import Claim, ClaimValue, Evidence, Gap, Knowledge, Moment
from policy_router.domain.contract import Agreement
from policy_router.domain.diagnostic import Span
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import agreements_in_force, knowledge, records
from policy_router.registry.standpoint import Standpoint

_OF_THE_MODEL: Final = "maker_jurisdiction"
"""Says something about the model wherever it runs, so no hop is expected to."""


class Standing(StrEnum):
    """What becomes of a claim."""

    SPEAKS = "speaks"
    CONTRADICTED = "contradicted"
    SILENT = "silent"
    ENDED = "ended"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim, or one term of an agreement (`agreement`: its id), about one hop.

    `gap`: why the attribute is not known although this claim speaks. `age_days`: whole UTC days
    since it was verified, else read. `span`: where it is written.
    """

    hop: str
    attribute: str
    value: ClaimValue | None
    standing: Standing
    gap: Gap | None
    evidence: Evidence
    age_days: int
    note: str | None
    span: Span
    agreement: str | None = None


def statements(registry: Registry, route: Route, moment: Moment) -> tuple[Statement, ...]:
    """Every statement about the hops of a route, in order of hops and attributes."""
    view = Standpoint(registry, moment)
    return tuple(
        statement
        for hop in hops_of(registry, route)
        for spec in CLAIMED_ATTRIBUTES
        for statement in _about(view, route, hop, spec.name)
    )


def unrecorded(registry: Registry, route: Route, hop: str) -> tuple[str, ...]:
    """The attributes that nothing is recorded about at a hop."""
    agreed = {n for a in registry.agreements if hop in a.parties for n, _ in a.terms}
    return tuple(
        spec.name
        for spec in CLAIMED_ATTRIBUTES
        if spec.name not in {*agreed, _OF_THE_MODEL}
        and not records(registry, route, hop, spec.name)
    )


def _about(view: Standpoint, route: Route, hop: str, attribute: str) -> Iterator[Statement]:
    spoken = knowledge(view, route, hop, attribute)
    for agreement in agreements_in_force(view.registry, route, hop, view.moment):
        for name, value in agreement.terms:
            if name == attribute:
                yield _term(view, hop, (attribute, value), agreement, spoken)
    for claim in _as_known(records(view.registry, route, hop, attribute), view.moment):
        standing = _standing(claim, spoken, view.moment)
        yield Statement(
            hop=hop,
            attribute=attribute,
            value=claim.value,
            standing=standing,
            gap=spoken.gap if standing is Standing.SPEAKS else None,
            evidence=claim.evidence,
            age_days=_age(claim.evidence, view.moment),
            note=claim.note,
            span=claim.span,
        )


def _as_known(claims: tuple[Claim, ...], moment: Moment) -> Iterable[Claim]:
    """The claims, each once: one that was verified is shown as it is since then."""
    ordered = sorted(claims, key=lambda c: (moment.knows(c.recorded), c.recorded))
    return {claim.span: claim for claim in ordered}.values()


def _term(
    view: Standpoint,
    hop: str,
    term: tuple[str, ClaimValue],
    agreement: Agreement,
    spoken: Knowledge,
) -> Statement:
    speaks = spoken.agreement == agreement.id
    standing = Standing.SPEAKS if speaks else Standing.SILENT
    if spoken.gap is Gap.CONFLICT and spoken.agreement is not None:
        standing = Standing.CONTRADICTED
    return Statement(
        hop=hop,
        attribute=term[0],
        value=term[1],
        standing=standing,
        gap=spoken.gap if standing is Standing.SPEAKS else None,
        evidence=agreement.evidence,
        age_days=_age(agreement.evidence, view.moment),
        note=None,
        span=agreement.span,
        agreement=agreement.id,
    )


def _standing(claim: Claim, spoken: Knowledge, moment: Moment) -> Standing:
    if claim.validity.end is not None and claim.validity.end <= moment.at:
        return Standing.ENDED
    if not claim.validity.holds(moment.at) or not moment.knows(claim.recorded):
        return Standing.NOT_YET
    if claim in spoken.overruled or (spoken.gap is Gap.CONFLICT and claim == spoken.claim):
        return Standing.CONTRADICTED
    speaks = claim == spoken.claim and spoken.agreement is None
    return Standing.SPEAKS if speaks else Standing.SILENT


def _age(evidence: Evidence, moment: Moment) -> int:
    return (moment.at.date() - evidence.fresh_on).days
