"""The worst over the hops of a route, for each kind of attribute."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import ClaimValue, Gap, Members, SourceKind
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.standpoint import Standpoint
from tests.small import NOW, agreement, claim, gateway, model, places, provider, registry, route

NOBODY = frozenset[str]()


@pytest.mark.parametrize(
    ("adds_hop", "below", "hops"),
    [
        (True, (), ("relay", "acme")),
        (False, (), ("acme",)),
        (True, ("sub", "subsub"), ("relay", "acme", "sub", "subsub")),
    ],
)
def test_the_parties_of_a_route_in_order(
    adds_hop: bool, below: tuple[str, ...], hops: tuple[str, ...]
) -> None:
    known = registry(gateway("relay", adds_hop=adds_hop), route(at="relay", below=below))
    assert hops_of(known, known.routes["r"]) == hops


def _over(attribute: str, first: ClaimValue | None, second: ClaimValue | None) -> ClaimValue | None:
    known = registry(
        gateway("relay", claim(attribute, first), adds_hop=True),
        provider("acme", claim(attribute, second)),
        route(at="relay"),
    )
    return route_knowledge(Standpoint(known, NOW), known.routes["r"], attribute).value


@pytest.mark.parametrize(
    ("attribute", "first", "second", "worst"),
    [
        ("training", "prohibited", "used", "used"),
        ("training", "prohibited", None, None),
        ("logging", "metadata", "content", "content"),
        ("human_review", "none", "flagged_only", "flagged_only"),
        ("caching", "none", "organisation", "organisation"),
        ("third_party_access", "none", "none_disclosed", "none_disclosed"),
        ("dpa", "in_force", "available", "available"),
        ("zero_data_retention", "granted", "default", "granted"),
        ("retention_days", Decimal(0), Decimal(30), Decimal(30)),
        ("retention_days", Decimal(0), None, None),
        ("inference_location", places("DE"), places("US"), places("DE", "US")),
        ("inference_location", places("DE"), None, None),
        ("inference_location", places("DE"), places(), None),
        (
            "inference_location",
            places("DE"),
            places("US", opened=True),
            places("DE", "US", opened=True),
        ),
        ("inference_location", places("DE"), places("GLOBAL"), places("DE", "GLOBAL")),
        ("support_location", places("DE"), places("DE"), places("DE")),
        ("provider_jurisdiction", places("SE"), places("US"), places("SE", "US")),
        (
            "zdr_exceptions",
            places(),
            places("legal_order"),
            places("legal_order"),
        ),
        ("certifications", places("hds", "iso_27001"), places("hds"), places("hds")),
        ("certifications", places("iso_27001"), places("hds"), places()),
        (
            "certifications",
            places("hds", "iso_27001"),
            places("hds", opened=True),
            Members(frozenset({"hds"}), frozenset({"iso_27001"})),
        ),
        (
            "certifications",
            places("hds", opened=True),
            places("hds", opened=True),
            places("hds", opened=True),
        ),
    ],
)
def test_the_worst_over_two_hops(
    attribute: str,
    first: ClaimValue | None,
    second: ClaimValue | None,
    worst: ClaimValue | None,
) -> None:
    assert _over(attribute, first, second) == worst
    assert _over(attribute, second, first) == worst


def test_a_hop_of_which_nothing_is_said_makes_the_route_unknown() -> None:
    known = registry(
        gateway("relay", adds_hop=True),
        provider("acme", claim("training", "prohibited")),
        route(at="relay"),
    )
    found = route_knowledge(Standpoint(known, NOW), known.routes["r"], "training")
    assert found.value is None
    assert [(hop.hop, hop.value, hop.gap) for hop in found.hops] == [
        ("relay", None, Gap.ABSENT),
        ("acme", "prohibited", None),
    ]


def test_a_self_hosted_gateway_says_so_and_adds_nothing() -> None:
    known = registry(
        gateway("hub", claim("training", "used")),
        provider("acme", claim("training", "prohibited")),
    )
    found = route_knowledge(Standpoint(known, NOW), known.routes["r"], "training")
    assert found.value == "prohibited"


def test_an_empty_list_of_places_is_no_answer() -> None:
    known = registry(provider("acme", claim("support_location", places())))
    (found,) = route_knowledge(Standpoint(known, NOW), known.routes["r"], "support_location").hops
    assert (found.value, found.gap) == (None, Gap.STATED_UNKNOWN)
    assert found.claim is not None


@pytest.mark.parametrize(
    ("retention", "stored", "found"),
    [
        (Decimal(0), None, places()),
        (Decimal(0), places("US"), places()),
        (Decimal(30), places("US"), places("US")),
        (Decimal(30), places("US", opened=True), places("US", opened=True)),
        (Decimal(30), places(), None),
        (Decimal(30), None, None),
        (None, places("US"), Members(NOBODY, frozenset({"US"}))),
        (None, places("US", opened=True), Members(NOBODY, frozenset({"US"}), open=True)),
        (None, None, None),
    ],
)
def test_where_a_hop_stores(
    retention: Decimal | None, stored: Members | None, found: Members | None
) -> None:
    known = registry(
        provider("acme", claim("retention_days", retention), claim("storage_location", stored))
    )
    known_there = route_knowledge(Standpoint(known, NOW), known.routes["r"], "storage_location")
    assert known_there.value == found


def test_that_nothing_is_kept_can_rest_on_an_agreement() -> None:
    known = registry(agreement(retention_days=Decimal(0)))
    found = route_knowledge(Standpoint(known, NOW), known.routes["r"], "storage_location")
    assert found.value == places()
    assert found.hops[0].agreement == "contract"


def test_a_place_that_is_certain_at_one_hop_is_certain() -> None:
    known = registry(
        gateway("relay", claim("storage_location", places("US")), adds_hop=True),
        provider(
            "acme", claim("retention_days", Decimal(1)), claim("storage_location", places("US"))
        ),
        route(at="relay"),
    )
    found = route_knowledge(Standpoint(known, NOW), known.routes["r"], "storage_location")
    assert found.value == places("US")


def test_the_makers_home_is_what_the_model_document_says() -> None:
    at_home = claim("maker_jurisdiction", places("FR"))
    elsewhere = claim("maker_jurisdiction", places("US"), SourceKind.ATTESTATION)
    known = registry(
        gateway("relay", elsewhere, adds_hop=True),
        provider("acme", elsewhere),
        model("one", at_home),
        route(at="relay"),
    )
    found = route_knowledge(Standpoint(known, NOW), known.routes["r"], "maker_jurisdiction")
    assert found.value == places("FR")
    assert [hop.hop for hop in found.hops] == ["maker"]
