"""Territories and adequacy decisions, much as they are, with doubt and suspension mixed in."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.claim import Validity
from policy_router.domain.territory import (
    Adequacy,
    Confirmation,
    Membership,
    Scope,
    Suspension,
    Territory,
)
from policy_router.domain.vocabulary import Regime
from tests.strategies.draws import Dice, pick
from tests.strategies.words import ALWAYS_VALID, NOON, SPAN, instant

CONFIRMED = Confirmation.STORED_SOURCE
_CONFIRMATIONS = (
    *(CONFIRMED,) * 6,
    Confirmation.LEGAL_TEXT_NOT_REREAD,
    Confirmation.UNCONFIRMED,
    Confirmation.NEEDS_REVIEW,
)
_SPANS = (
    *(ALWAYS_VALID,) * 6,
    Validity(None, NOON),
    Validity(instant("2026-07-01"), None),
)
_SUSPENSIONS = (
    *((),) * 6,
    (Suspension("ended", Validity(instant("2026-01-01"), NOON), instant("2026-01-01"), "-", SPAN),),
    (Suspension("noted", Validity(NOON, None), instant("2026-06-01"), "-", SPAN),),
)
_BREXIT = Validity(None, instant("2020-02-01"))


def territory(
    name: str,
    *countries: str,
    includes: tuple[str, ...] = (),
    dated: dict[str, Validity] | None = None,
    confirmation: Confirmation = CONFIRMED,
) -> Territory:
    """Make a territory of countries that belong to it always, and of `dated` ones."""
    members = (
        *(Membership(country, ALWAYS_VALID) for country in countries),
        *(Membership(country, validity) for country, validity in (dated or {}).items()),
    )
    return Territory(name, members, includes, confirmation, (), SPAN)


TERRITORIES = {
    t.id: t
    for t in (
        territory("EU", "DE", "SE", dated={"GB": _BREXIT}),
        territory("EEA", "NO", includes=("EU",)),
        territory("UK", "GB"),
        territory("SWITZERLAND", "CH"),
    )
}


def adequacy(
    name: str,
    regime: Regime,
    scope: Scope,
    *countries: str,
    within: str | None = None,
    conditions: tuple[str, ...] = (),
) -> Adequacy:
    """Make a confirmed adequacy decision, always in force."""
    return Adequacy(
        id=name,
        regime=regime,
        countries=frozenset(countries),
        territory=within,
        scope=scope,
        conditions=frozenset(conditions),
        extension="dpf" if scope is Scope.CERTIFIED_RECIPIENT else None,
        instrument=None,
        validity=ALWAYS_VALID,
        recorded=instant("2025-01-01"),
        confirmation=CONFIRMED,
        at_risk=None,
        sources=(),
        span=SPAN,
    )


ADEQUACY = (
    adequacy("eu-uk", Regime.EU_GDPR, Scope.WHOLE, "GB"),
    adequacy("eu-us", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US"),
    adequacy("eu-ca", Regime.EU_GDPR, Scope.CONDITIONS, "CA", conditions=("commercial",)),
    adequacy("uk-eea", Regime.UK_GDPR, Scope.WHOLE, within="EEA"),
    adequacy("uk-us", Regime.UK_GDPR, Scope.CERTIFIED_RECIPIENT, "US"),
    adequacy("ch-eea", Regime.CH_FADP, Scope.WHOLE, within="EEA"),
    adequacy("ch-us", Regime.CH_FADP, Scope.CERTIFIED_RECIPIENT, "US"),
    adequacy("eu-office", Regime.EU_GDPR, Scope.ORGANISATION, "IN"),
)


def territories(dice: Dice) -> dict[str, Territory]:
    """Draw the territories, one of them perhaps unconfirmed."""
    doubted = pick(dice, (None,) * 8 + ("UK", "EU"))
    return {
        name: replace(t, confirmation=Confirmation.NEEDS_REVIEW) if name == doubted else t
        for name, t in TERRITORIES.items()
    }


def decisions(dice: Dice) -> tuple[Adequacy, ...]:
    """Draw adequacy decisions: some not confirmed, ended, suspended, or not yet in force."""
    return tuple(
        replace(
            entry,
            validity=pick(dice, _SPANS),
            confirmation=pick(dice, _CONFIRMATIONS),
            suspensions=pick(dice, _SUSPENSIONS),
        )
        for entry in ADEQUACY
    )
