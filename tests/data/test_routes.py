"""The routes through Opper are the rows of its public listings, all of them and no others."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from hashlib import sha256

import pytest

from policy_router.language.grammar.places import (
    GatewayBody,
    ModelBody,
    ProviderBody,
    RouteBody,
)
from tests.data.shipped import bare, catalogue_routes, shipped, table

ROWS = 316
SHA256_OF_IDS = "97479e16501c29d2871cd7643d659a391d239b726074f7cc7ebc9d5a8189135a"
"""Of the sorted route ids, one a line: changes only when the listings are read anew."""


def test_every_row_is_a_route_and_every_route_a_row() -> None:
    ids = sorted(catalogue_routes())
    assert len(ids) == ROWS
    assert sha256("\n".join(ids).encode()).hexdigest() == SHA256_OF_IDS


def test_no_id_is_used_twice() -> None:
    ids = Counter(
        body.id
        for shape in (RouteBody, ModelBody, ProviderBody, GatewayBody)
        for body in shipped(shape)
    )
    assert [i for i, n in ids.items() if n > 1] == []


def test_routes_are_counted_by_provider_as_the_docs_say() -> None:
    written = {bare(hop): int(count) for _, hop, count in table("provider in the catalogue")}
    assert Counter(route.provider for route in catalogue_routes().values()) == written
    assert set(written) <= {provider.id for provider in shipped(ProviderBody)}


@pytest.mark.parametrize("route", catalogue_routes().values(), ids=catalogue_routes())
def test_a_route_is_pinned_by_the_id_of_its_row(route: RouteBody) -> None:
    assert route.gateway == "opper"
    assert route.id == f"opper:{route.address}"
    assert route.model == route.address
    assert set(route.claims) <= {route.provider}


def test_a_maker_is_known_only_where_the_provider_sells_its_own_models() -> None:
    own = {"gemini": "google"} | {
        name: name for name in ("anthropic", "arcee", "mistral", "openai", "perplexity", "xai")
    }
    makers = {model.id: model.maker for model in shipped(ModelBody)}
    for route in catalogue_routes().values():
        assert makers[route.model] == own.get(route.provider), route.model


def test_prices_are_dollars_above_zero() -> None:
    for route in catalogue_routes().values():
        for price in route.prices:
            assert price.currency == "USD"
            assert price.input is not None
            assert price.output is not None
            assert min(price.input, price.output) > 0, route.id


def test_prices_are_counted_as_the_docs_say() -> None:
    priced = [route for route in catalogue_routes().values() if route.prices]
    (tables, missing, cached, written, tiers) = (
        int(row[2]) for row in table("what the listing says") if "price" in row[0]
    )
    assert len(priced) == tables
    assert ROWS - len(priced) == missing
    assert sum(r.prices[0].cached_input is not None for r in priced) == cached
    assert sum(r.prices[0].cache_write is not None for r in priced) == written
    assert sum(bool(r.prices[0].tiers) for r in priced) == tiers


def test_stages_are_counted_as_the_docs_say() -> None:
    written = {
        match[1]: int(row[2])
        for row in table("what the listing says")
        if (match := re.fullmatch(r"`stage: (\w+)`", row[1]))
    }
    assert Counter(route.stage for route in catalogue_routes().values()) == written
    for route in catalogue_routes().values():
        assert (route.stage == "preview") == bool(re.search("preview|beta", route.id))


def test_the_seed_is_complete() -> None:
    seed = catalogue_routes()["opper:openai/o4-mini"]
    (price,) = seed.prices
    assert (price.input, price.output) == (Decimal("1.10"), Decimal("4.40"))
    (event,) = seed.lifecycle
    assert event.stage == "deprecated"
    assert event.start.date().isoformat() == "2026-10-23"
    assert seed.sources[event.source].kind == "third_party"
    assert event.successor is None


def test_only_the_seed_has_a_lifecycle() -> None:
    dated = [r.id for r in catalogue_routes().values() if r.lifecycle]
    assert dated == ["opper:openai/o4-mini"]
