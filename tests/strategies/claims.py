"""Evidence, values and claims."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

from policy_router.domain.claim import (
    NO_DEMAND,
    Basis,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceDemand,
    Listing,
    Members,
    SourceKind,
)
from tests.strategies.draws import Dice, pick
from tests.strategies.words import ALWAYS_VALID, MODELS, RECORDED, SPAN, VALIDITIES

DEMANDS = (
    *(NO_DEMAND,) * 9,
    EvidenceDemand(max_age_days=365),
    EvidenceDemand(at_least=SourceKind.GATEWAY_CATALOGUE),
    EvidenceDemand(max_age_days=100, at_least=SourceKind.PROVIDER_DOCS),
    EvidenceDemand(verified=True),
)

_READ = (date(2026, 5, 1), date(2025, 6, 1))
_KINDS = (
    SourceKind.PROVIDER_DOCS,
    SourceKind.GATEWAY_CATALOGUE,
    SourceKind.ATTESTATION,
    SourceKind.INFERRED,
)
_PLAIN = tuple(
    Evidence(kind, kind.value, Basis.PUBLIC_TERMS, read) for read, kind in product(_READ, _KINDS)
)
_VERIFIED = tuple(
    Evidence(kind, "checked", Basis.PUBLIC_TERMS, _READ[1], date(2026, 5, 2), "a reviewer")
    for kind in _KINDS[:2]
)
_OURS = tuple(Evidence(kind, "ours", Basis.OUR_CONTRACT, _READ[0]) for kind in _KINDS[:2])
EVIDENCE = (*_PLAIN[:3] * 4, *_PLAIN, *_VERIFIED * 2, *_OURS)


def _set(*certain: str, opened: bool = False) -> Members:
    return Members(frozenset(certain), open=opened)


def _listed(status: str, covers: str, extensions: str = "") -> Listing:
    return Listing("Entity", status, frozenset(covers.split()), frozenset(extensions.split()))


PLACES: tuple[Members | None, ...] = (
    *(_set("DE"),) * 10,
    *(_set("DE", "SE"),) * 4,
    *(_set("US"),) * 4,
    _set("GB"),
    _set("DE", "US"),
    _set("CA"),
    _set("IN"),
    _set("GLOBAL"),
    _set("GLOBAL", "DE"),
    _set("DE", opened=True),
    _set(),
    None,
)

VALUES: dict[str, tuple[ClaimValue | None, ...]] = {
    "training": (
        *("off_by_default",) * 5,
        *("prohibited",) * 4,
        "opted_out",
        "used",
        None,
    ),
    "dpa": (*("in_force",) * 6, "available", "none", None),
    "zero_data_retention": (*("default", "granted") * 3, "available", "unavailable", None),
    "retention_days": (*(Decimal(0),) * 5, Decimal(30), Decimal(1), Decimal(400), None),
    "certifications": (
        *(_set("iso_27001"),) * 2,
        *(_set("iso_27001", "hds"),) * 3,
        _set("hds"),
        _set("iso_27001", opened=True),
        _set(),
        None,
    ),
    "inference_location": PLACES,
    "storage_location": PLACES,
    "support_location": PLACES,
    "provider_jurisdiction": PLACES[:20],
    "parent_jurisdiction": PLACES,
    "maker_jurisdiction": PLACES,
    "dpf": (
        *(_listed("active", "hr non_hr", "uk swiss"),) * 6,
        _listed("active", "non_hr"),
        _listed("active", "hr non_hr", "uk"),
        _listed("inactive", "hr non_hr"),
        _listed("active", ""),
        None,
    ),
    "adequacy_conditions": (*(_set("commercial"),) * 4, _set(), _set(opened=True), None),
    "transfers_offered": (_set("scc"),),
}


def favourable(attribute: str) -> tuple[ClaimValue | None, ...]:
    """List the first three values of an attribute."""
    return tuple(dict.fromkeys(VALUES[attribute]))[:3]


def clean_claim(attribute: str) -> Claim:
    """Make the first of the claims about `attribute`: favourable, well documented, in force."""
    return Claim(attribute, VALUES[attribute][0], EVIDENCE[0], ALWAYS_VALID, RECORDED[0], SPAN)


def claim(dice: Dice, attribute: str, *, narrow: bool = False) -> Claim:
    """Draw a claim about `attribute`; a `narrow` one names the models it covers."""
    covers = pick(dice, ((MODELS[0],), MODELS, (MODELS[1],))) if narrow else None
    return Claim(
        attribute=attribute,
        value=pick(dice, VALUES[attribute]),
        evidence=pick(dice, EVIDENCE),
        validity=pick(dice, VALIDITIES),
        recorded=pick(dice, RECORDED),
        span=SPAN,
        covers=None if covers is None else frozenset(covers),
    )
