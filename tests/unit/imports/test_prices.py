"""Prices an import takes over, tier by tier and day by day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from policy_router.registry.importers.catalogues import drafts
from policy_router.registry.importers.compare import compare
from policy_router.registry.importers.own import read_own
from tests.unit.documents import TERRITORIES, sound
from tests.unit.imports.lists import (
    GATEWAY,
    NOON,
    after,
    changes,
    imported,
    row,
    world,
    written,
)


def test_a_price_that_leaves_something_out_does_not_stand_beside_better_evidence() -> None:
    found = imported(world("docs"), row(pricing={"input": [2], "output": [None]}))
    assert found.documents == ()
    assert [f.note for f in found.findings] == ["the better evidence stays alone"] * 2


def test_another_currency_and_no_price_at_all() -> None:
    euros = GATEWAY.replace("PRICED", "page").replace("currency: USD", "currency: EUR")
    found = imported(sound(TERRITORIES, euros).registry, row(pricing={"input": [1], "output": [4]}))
    assert ("changed", "price.input", "1.00 EUR", "1") in changes(found)
    none = "".join(line for line in GATEWAY.splitlines(True) if "PRICED" not in line)
    unpriced = sound(TERRITORIES, none.replace("prices:\n", "")).registry
    found = imported(unpriced, row(pricing={"input": [1, 2], "output": [4], "thresholds": [9]}))
    assert changes(found) == [
        ("added", "price.input", None, "1"),
        ("added", "price.output", None, "4"),
    ]
    found = imported(unpriced, row(pricing={"input": [0]}))
    assert changes(found) == [("to verify", "price.input", None, "0")]


SEVERAL = """
kind: gateway
id: GATEWAY
language: 1
title: A way to buy
type: direct
base_url: https://gw.example/v1
---
kind: provider
id: GATEWAY-offering
language: 1
title: An offering
operator: acme
---
kind: route
id: "GATEWAY:one"
language: 1
model: acme/one
gateway: GATEWAY
provider: GATEWAY-offering
address: one
stage: ga
sources:
  computed: {kind: inferred, basis: public_terms, reference: computed, read_on: 2026-11-01}
prices: [{currency: USD, source: computed, input: 3.3, output: 16.5}]
"""


@pytest.mark.parametrize(
    ("gateways", "priced"),
    [
        (("direct-acme", "direct-acme-eu", "a-cloud"), {"direct-acme:one"}),
        (("direct-acme-eu", "a-cloud"), set()),
        (("direct-acme-eu",), {"direct-acme-eu:one"}),
    ],
)
def test_a_list_that_names_a_company_means_its_plain_offering(
    gateways: tuple[str, ...], priced: set[str]
) -> None:
    """A premium for a place never goes away because a list has the plain price."""
    registry = world("page", *(SEVERAL.replace("GATEWAY", name) for name in gateways))
    row = {"litellm_provider": "acme", "input_cost_per_token": 3e-06, "max_input_tokens": 9}
    listed = json.dumps({"one": row | {"output_cost_per_token": 15e-06}}).encode()
    drafted = drafts("litellm", listed, "list", date(2026, 11, 22))
    found = compare(drafted, registry, NOON, read_own("litellm", None))
    assert {f.about for f in found.findings} == priced


def test_tiers_are_compared() -> None:
    pricing = {"input": [1, 2], "output": [4], "cached_input": [0.1], "thresholds": [9]}
    found = imported(world(), row(pricing=pricing))
    assert changes(found) == [("changed", "price.tiers", "none", "above 9: input 2")]
    assert imported(after(found), row(pricing=pricing), old=written(found).encode()).findings == ()


def test_a_price_corrected_on_the_same_day_takes_the_place_of_the_first() -> None:
    first = imported(world(), row(pricing={"input": [2], "output": [4]}))
    text = written(first).encode()
    second = imported(after(first), row(pricing={"input": [3], "output": [4]}), old=text)
    assert len(read_own("opper", written(second).encode()).routes["opper:acme/one"]["prices"]) == 1
    third = imported(after(second), row(pricing={"input": [4], "output": [4]}), old=text)
    assert third.documents


def test_a_single_record_may_stand_without_a_list() -> None:
    worse = row(route={"data_handling": {"training": {"default": "yes"}}})
    first = imported(world(), worse)
    text = written(first)
    alone = text.replace("training: [{", "training: {").replace('yes"}]', 'yes"}')
    assert alone != text
    again = imported(after(first), worse, old=alone.encode())
    assert again.findings == ()


def test_a_null_price_is_written_as_unknown_and_a_null_claim_stays_unknown() -> None:
    pricing = {"input": [2], "output": [4], "cached_input": None}
    places = {"storage_location": ["DE"]}
    found = imported(world(), row(pricing=pricing, compliance=places))
    assert ("changed", "price.cached_input", "0.1", "unknown") in changes(found)
    assert ("to verify", "storage_location", "unknown", "DE") in changes(found)
    prices = after(found).routes["opper:acme/one"].prices
    assert dict(prices[-1].amounts)["cached_input"] is None
    beside = imported(world("docs"), row(pricing=pricing))
    assert ("in conflict", "price.cached_input", "0.1", "unknown") in changes(beside)
    silent = {"input": [1], "output": [4], "cached_input": None}
    assert imported(world("docs"), row(pricing=silent)).findings == ()


def test_the_history_of_own_prices_is_kept() -> None:
    text: bytes | None = None
    registry = world()
    for day, amount in ((10, 2), (15, 3), (20, 4)):
        rows = row(pricing={"input": [amount], "output": [4]})
        found = imported(registry, rows, day=date(2026, 11, day), old=text)
        text, registry = written(found).encode(), after(found)
    assert len(registry.routes["opper:acme/one"].prices) == 4
