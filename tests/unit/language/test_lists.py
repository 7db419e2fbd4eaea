"""A list means what its members would mean as documents of their own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.registry import Registry
from tests.unit.documents import HOPS, TERRITORIES, build, sound

SOURCES = """
  sources:
    page: {kind: provider_docs, reference: P, basis: public_terms, read_on: 2026-11-01}
    file: {kind: third_party, reference: F, basis: public_terms, read_on: 2026-11-02}
"""
LIST = f"""
kind: routes
id: gw-acme
language: 1
defaults:
  gateway: gw
  provider: acme
  stage: ga{SOURCES}
  prices: {{currency: USD, source: file}}
  lifecycle: {{stage: deprecated, source: file}}
  claims:
    acme: {{training: {{value: used, source: page}}, dpa: {{value: none, source: page}}}}
routes:
  "gw:two":
    model: acme/one
    prices: {{input: 1, output: 2}}
    claims: {{acme: {{dpa: {{value: available}}}}}}
  "gw:three":
    model: acme/one
    address: trois
    stage: preview
    context_window: 10
    features: []
    lifecycle: [{{from: 2026-12-01}}, {{from: 2027-01-01, stage: retired, source: page}}]
    prices: [{{until: 2026-12-31, input: 1}}, {{from: 2027-01-01, input: 3, source: page}}]
"""
ALONE = f"""
kind: route
id: "gw:two"
language: 1
model: acme/one
gateway: gw
provider: acme
address: two
stage: ga{SOURCES.replace(chr(10) + "  ", chr(10))}
prices: {{currency: USD, source: file, input: 1, output: 2}}
claims:
  acme: {{training: {{value: used, source: page}}, dpa: {{value: available, source: page}}}}
---
kind: route
id: "gw:three"
language: 1
model: acme/one
gateway: gw
provider: acme
address: trois
stage: preview
context_window: 10
features: []{SOURCES.replace(chr(10) + "  ", chr(10))}
lifecycle:
  - {{stage: deprecated, source: file, from: 2026-12-01}}
  - {{stage: retired, source: page, from: 2027-01-01}}
prices:
  - {{currency: USD, source: file, until: 2026-12-31, input: 1}}
  - {{currency: USD, source: page, from: 2027-01-01, input: 3}}
claims:
  acme: {{training: {{value: used, source: page}}, dpa: {{value: none, source: page}}}}
"""


def registry(*texts: str) -> Registry:
    return sound(TERRITORIES, HOPS, *texts).registry


def test_a_list_has_the_digest_of_its_members() -> None:
    assert registry(LIST).digest == registry(ALONE).digest


def test_a_member_keeps_its_place_in_the_file() -> None:
    route = registry(LIST).routes["gw:three"]
    line = LIST.splitlines().index('  "gw:three":') + 1
    assert route.span.line == line
    assert route.prices[1].span.line == line + 7


def test_defaults_for_prices_add_no_price() -> None:
    without = LIST.replace("    prices: {input: 1, output: 2}\n", "")
    assert registry(without).routes["gw:two"].prices == ()


def test_a_route_may_offer_less_than_its_model() -> None:
    built = registry(LIST)
    two, three = built.routes["gw:two"], built.routes["gw:three"]
    assert built.card(two) == built.models["acme/one"]
    assert built.card(three).context_window == 10
    assert built.card(three).features == frozenset()
    assert built.card(three).title == built.models["acme/one"].title


def test_models_are_listed_alike() -> None:
    listed = """
kind: models
id: more
language: 1
defaults: {maker: acme, open_weights: true}
models:
  acme/two: {title: Two, knowledge: 2025-12, rank: 1 of 2}
  acme/three: {title: Three, open_weights: false, throughput: 2.5}
"""
    models = registry(listed).models
    two, three = models["acme/two"], models["acme/three"]
    assert (two.maker, two.open_weights, two.knowledge, two.rank) == (
        "acme",
        True,
        "2025-12",
        "1 of 2",
    )
    assert (three.maker, three.open_weights, three.throughput) == ("acme", False, Decimal("2.5"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("model: acme/one\n    prices", "model: acme/one\n    kind: model\n    prices", "SCH101"),
        ("defaults:", "default:", "SCH101"),
        ('"gw:two":', '"gw two":', "SCH106"),
        ("stage: preview", "stage: soon", "SCH102"),
        ("source: file}\n  lifecycle", "source: fiel}\n  lifecycle", "REG302"),
    ],
)
def test_what_is_wrong_with_a_member_is_reported(old: str, new: str, code: str) -> None:
    assert old in LIST
    assert set(build(TERRITORIES, HOPS, LIST.replace(old, new)).codes) == {code}
