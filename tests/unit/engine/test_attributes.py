"""What is known of any attribute of a route."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import NO_DEMAND, ClaimValue, Listing, Members
from policy_router.domain.policy import PolicySet
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.attributes import known_value
from policy_router.engine.matching import RouteView
from tests.small import NOW, claim, gateway, model, places, provider, registry, route

ENTRY = Listing("Acme", "active", frozenset({"hr"}), frozenset())


def value(name: str) -> ClaimValue | None:
    hop = provider(
        "acme",
        claim("training", "prohibited"),
        claim("retention_days", Decimal(30)),
        claim("inference_location", places("DE", opened=True)),
        claim("dpf", ENTRY),
    )
    known = registry(hop, model("one", window=1000), route("r"))
    view = RouteView(
        Snapshot(PolicySet(()), known), known.routes["r"], RequestFacts(), NOW, NO_DEMAND
    )
    return known_value(view, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("route", "r"),
        ("transfer_basis.eu_gdpr", None),
        ("provider", "acme"),
        ("training", "prohibited"),
        ("dpf", ENTRY),
        ("retention_days", Decimal(30)),
        ("context_window", Decimal(1000)),
        ("benchmarks.none", None),
        ("inference_location", Members(frozenset({"DE"}), open=True)),
        ("storage_location", None),
        ("caching", None),
        ("signoff", None),
        ("nothing", None),
    ],
)
def test_each_sort_of_attribute(name: str, expected: ClaimValue | None) -> None:
    assert value(name) == expected


def test_an_entry_on_a_list_is_one_companys() -> None:
    known = registry(gateway(adds_hop=True), provider("acme", claim("dpf", ENTRY)), route("r"))
    view = RouteView(
        Snapshot(PolicySet(()), known), known.routes["r"], RequestFacts(), NOW, NO_DEMAND
    )
    assert known_value(view, "dpf") is None


def test_bases_are_those_that_every_place_has() -> None:
    at_home = {
        name: places("DE")
        for name in (
            "provider_jurisdiction",
            "inference_location",
            "storage_location",
            "support_location",
        )
    }
    hop = provider("acme", *(claim(name, where) for name, where in at_home.items()))
    known = registry(hop, route("r"))
    view = RouteView(
        Snapshot(PolicySet(()), known), known.routes["r"], RequestFacts(), NOW, NO_DEMAND
    )
    found = known_value(view, "transfer_basis.eu_gdpr")
    assert found == Members(frozenset({"not_a_transfer"}))
