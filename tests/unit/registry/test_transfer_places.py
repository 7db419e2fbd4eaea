"""Which places a route has, and whether all of them rest on a basis."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import Claim, Members
from policy_router.domain.registry import Registry
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Outcome, Truth
from policy_router.domain.vocabulary import TRANSFER_BASES, Regime
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.transfer import (
    Place,
    PlaceBases,
    place_rests_on,
    places_of,
    rests_on,
    transfer_bases,
)
from tests.small import NOW, claim, facts, gateway, places, provider, registry, route
from tests.strategies.law import ADEQUACY

EU = Regime.EU_GDPR
DE = places("DE")
KEEPS_NOTHING = claim("retention_days", Decimal(0))


def at(**where: Members | None) -> tuple[Claim, ...]:
    """Make claims about places, by attribute."""
    return tuple(claim(attribute, value) for attribute, value in where.items())


AT_HOME = at(provider_jurisdiction=DE, inference_location=DE, support_location=DE)


def _places(known: Registry) -> list[tuple[str, str | None, bool]]:
    found = places_of(Standpoint(known, NOW), known.routes["r"])
    return [(p.hop, p.country, p.certain) for p in found]


def _rests(*claims: Claim, wanted: tuple[str, ...] = TRANSFER_BASES[EU]) -> Truth:
    known = registry(provider("acme", *claims), *ADEQUACY)
    view = Standpoint(known, NOW)
    return rests_on(transfer_bases(view, known.routes["r"], EU, Asked(facts())), wanted)


def test_places_are_those_of_every_hop_each_once() -> None:
    known = registry(
        gateway("relay", KEEPS_NOTHING, *AT_HOME, adds_hop=True),
        provider(
            "acme",
            claim("retention_days", Decimal(30)),
            *at(provider_jurisdiction=places("US"), inference_location=places("DE", "US")),
            *at(storage_location=places("SE"), support_location=places("US", opened=True)),
        ),
        route(at="relay"),
    )
    assert _places(known) == [
        ("relay", "DE", True),
        ("acme", "US", True),
        ("acme", "DE", True),
        ("acme", "SE", True),
        ("acme", None, True),
    ]


def test_what_is_not_known_is_a_place_not_known() -> None:
    assert _places(registry()) == [("acme", None, True)] * 4


def test_where_a_hop_may_store_is_a_possible_place() -> None:
    known = registry(provider("acme", *AT_HOME, *at(storage_location=places("US"))))
    assert _places(known) == [("acme", "DE", True), ("acme", "US", False)]


def test_a_possible_place_is_listed_beside_the_same_place_that_is_certain() -> None:
    known = registry(provider("acme", *AT_HOME, *at(storage_location=DE)))
    assert _places(known) == [("acme", "DE", True), ("acme", "DE", False)]


@pytest.mark.parametrize(
    ("regime", "home", "away"),
    [("eu_gdpr", "SE", "GB"), ("uk_gdpr", "GB", "SE"), ("ch_fadp", "CH", "SE")],
)
def test_inside_the_home_of_the_regime_nothing_is_transferred(
    regime: str, home: str, away: str
) -> None:
    for country, expected in ((home, TRUE), (away, FALSE)):
        known = registry(provider("acme", *at(provider_jurisdiction=places(country))))
        view = Standpoint(known, NOW)
        found = transfer_bases(view, known.routes["r"], Regime(regime), Asked(facts()))
        assert dict(found[0].bases)["not_a_transfer"] == expected


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((*AT_HOME, KEEPS_NOTHING), TRUE),
        ((*AT_HOME, *at(storage_location=DE)), TRUE),
        ((*AT_HOME, *at(storage_location=places("IN"))), Truth(Outcome.FALSE, Outcome.TRUE)),
        (AT_HOME, UNKNOWN),
        ((KEEPS_NOTHING, *AT_HOME[1:]), UNKNOWN),
        ((KEEPS_NOTHING, *AT_HOME[1:], *at(provider_jurisdiction=places("IN"))), FALSE),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("DE", "IN"))), FALSE),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("GB"))), TRUE),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("GLOBAL"))), FALSE),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("DE", opened=True))), UNKNOWN),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("IN", opened=True))), FALSE),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=None)), UNKNOWN),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places())), UNKNOWN),
        ((KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("US"))), UNKNOWN),
    ],
    ids=(
        "all at home",
        "stored at home, if at all",
        "stored away, if at all",
        "storage not known",
        "entity not known",
        "entity away",
        "one support desk away",
        "support under an adequacy decision",
        "support from anywhere",
        "support from home and perhaps elsewhere",
        "support from away and perhaps elsewhere",
        "support said to be unknown",
        "support from a list of nowhere",
        "support where a certificate may help",
    ),
)
def test_whether_every_place_rests_on_a_basis(claims: tuple[Claim, ...], expected: Truth) -> None:
    assert _rests(*claims) == expected


def test_only_the_bases_that_are_wanted_count() -> None:
    claims = (KEEPS_NOTHING, *AT_HOME[:2], *at(support_location=places("GB")))
    assert _rests(*claims, wanted=("not_a_transfer", "adequacy")) == TRUE
    assert _rests(*claims, wanted=("not_a_transfer",)) == FALSE
    assert _rests(*claims, wanted=("adequacy",)) == FALSE


@pytest.mark.parametrize(
    ("certain", "basis", "expected"),
    [
        (True, TRUE, TRUE),
        (True, FALSE, FALSE),
        (True, UNKNOWN, UNKNOWN),
        (False, TRUE, TRUE),
        (False, FALSE, UNKNOWN),
        (False, UNKNOWN, UNKNOWN),
    ],
)
def test_a_place_that_is_only_possible_never_fails_and_never_helps(
    certain: bool, basis: Truth, expected: Truth
) -> None:
    place = Place("acme", "US", "storage_location", certain=certain)
    assert place_rests_on(PlaceBases(place, (("adequacy", basis),)), ("adequacy",)) == expected


def test_a_route_of_no_known_place_rests_on_nothing() -> None:
    view = Standpoint(registry(), NOW)
    found = transfer_bases(view, view.registry.routes["r"], EU, Asked(facts()))
    assert rests_on(found, TRANSFER_BASES[EU]) == UNKNOWN
    assert all(truth == UNKNOWN for place in found for _, truth in place.bases)
