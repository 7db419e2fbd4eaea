"""What each catalogue's rows become."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy_router.domain.claim import Basis, Members, SourceKind
from policy_router.registry.importers.catalogues import drafts
from policy_router.registry.importers.drafts import Card, Drafts, Event, Price, Row
from tests.house.tree import ROOT

CASES = ROOT / "tests" / "cases" / "imports"
DAY = date(2026, 11, 22)


def read(source: str, data: Any = None) -> Drafts:  # noqa: ANN401 - any JSON value
    text = (CASES / f"{source}.json").read_bytes() if data is None else json.dumps(data).encode()
    return drafts(source, text, "here", DAY)


def rows(source: str, data: Any = None) -> dict[str, Row]:  # noqa: ANN401 - any JSON value
    return {row.key: row for row in read(source, data).rows}


def d(text: str) -> Decimal:
    return Decimal(text)


def test_a_gateways_list_is_its_claim_and_a_price_file_a_third_partys() -> None:
    own, other = read("opper").origin, read("litellm").origin
    assert (own.kind, own.basis) == (SourceKind.GATEWAY_CATALOGUE, Basis.AGGREGATOR_CONTRACT)
    assert (other.kind, other.basis) == (SourceKind.THIRD_PARTY, Basis.PUBLIC_TERMS)


def test_opper_prices_have_tiers() -> None:
    row = rows("opper")["anthropic/claude-sonnet-4.5"]
    assert row.price == Price(
        (("input", d("3")), ("output", d("15")), ("cached_input", d("0.3"))),
        ((200_000, (("input", d("6")), ("output", d("22.5")))),),
    )


def test_opper_rows_state_a_card_a_retirement_and_their_handling() -> None:
    row = rows("opper")["openai/o4-mini"]
    assert row.card.input_modalities == frozenset({"text", "image"})
    assert row.card.features == frozenset(
        {"function_calling", "structured_output", "reasoning", "streaming"}
    )
    assert row.events == (Event("retired", date(2027, 2, 1), "openai/gpt-5-mini"),)
    assert {said.attribute: said.value for said in row.said} == {
        "zero_data_retention": "default",
        "training": "off_by_default",
        "logging": "abuse_monitoring",
        "human_review": "flagged_only",
        "retention_days": Decimal(45),
        "third_party_access": "none_disclosed",
        "dpa": "available",
        "inference_location": Members(frozenset({"US"})),
    }


def test_opper_null_prices_are_unknown_and_a_zone_is_no_place() -> None:
    assert ("cached_input", None) in rows("opper")["evroc/north-1"].price.amounts  # type: ignore[union-attr]
    base = json.loads((CASES / "opper.json").read_bytes())["models"][3]
    zone = base | {"country": "EU", "compliance": {"inference_location": "EU"}}
    assert rows("opper", {"models": [zone]})["evroc/north-1"].said == ()


@pytest.mark.parametrize(
    "pricing",
    [
        {"input": [1, 2], "output": [1]},
        {"input": [1, 2, 3], "output": [1], "thresholds": [9, 9]},
        {"input": "1"},
        {"input": ["a"]},
        {"input": [1], "thresholds": [-1]},
        [],
    ],
)
def test_opper_prices_that_make_no_sense_are_set_aside(pricing: object) -> None:
    base = json.loads((CASES / "opper.json").read_bytes())["models"][3]
    found = read("opper", {"models": [base | {"pricing": pricing}]})
    assert (found.rows, len(found.quarantined)) == ((), 1)


def test_opper_compat_leaves_out_pools_and_dynamic_routes() -> None:
    found = rows("opper-compat")
    assert list(found) == ["openai/o4-mini", "xai/grok-4"]
    assert found["openai/o4-mini"].price == Price(
        (("input", d("1.1")), ("output", d("4.4")), ("cached_input", d("0.275")))
    )
    pool = {"data": [{"id": "bare", "opper": {"kind": "model"}}]}
    assert read("opper-compat", pool).rows == ()


def test_litellm_rows_state_tiers_and_a_third_partys_date() -> None:
    row = rows("litellm")["claude-sonnet-4-6"]
    assert row.price is not None
    assert row.price.tiers == ((200_000, (("input", d("6")), ("output", d("22.5")))),)
    assert row.events == (Event("deprecated", date(2027, 6, 30)),)
    assert (row.seller, row.address) == ("anthropic", "claude-sonnet-4-6")
    assert rows("litellm")["xai/grok-4"].address == "grok-4"


def test_models_dev_reads_providers_that_are_gateways() -> None:
    found = rows("models-dev")
    row = found["opper/xai/grok-4"]
    assert (row.seller, row.address) == ("opper", "xai/grok-4")
    assert row.price is not None
    assert row.price.tiers == ((200_000, (("input", d("6")), ("output", d("30")))),)
    assert row.events == (Event("deprecated", DAY),)
    assert found["nowhere/a"].card == Card()


def test_models_dev_tiers_by_size() -> None:
    tiers = [{"tier": {"size": 100}, "input": 2}, {"tier": {}, "input": 3}]
    model = {"id": "m", "cost": {"input": 1, "tiers": tiers}}
    row = rows("models-dev", {"p": {"models": {"m": model}}, "q": 1, "r s": {"models": {}}})["p/m"]
    assert row.price == Price((("input", d("1")),), ((100, (("input", d("2")),)),))
    broken = model | {"cost": {"input": 1, "tiers": [1]}}
    found = read("models-dev", {"p": {"models": {"m": broken}}, "q": 1, "r s": {"models": {}}})
    assert [q.code for q in found.quarantined] == ["IMP201", "IMP201", "IMP206"]


def test_openrouter_models_have_no_price_of_their_own() -> None:
    found = rows("openrouter")
    row = found["anthropic/claude-sonnet-4.5"]
    assert (row.price, row.sells) == (None, False)
    assert row.card.features == frozenset({"function_calling", "reasoning", "structured_output"})
    ends = {"data": [{"id": "a/b", "expiration_date": "2027-01-01"}]}
    assert rows("openrouter", ends)["a/b"].events == (Event("retired", date(2027, 1, 1)),)


def test_openrouter_endpoints_are_routes_by_provider() -> None:
    found = read("openrouter-endpoints")
    whole, variant = found.rows
    assert (whole.provider, whole.sells, variant.provider, variant.sells) == (
        "nebius", True, "deepinfra", False,
    )  # fmt: skip
    assert whole.price == Price((("input", d("0.13")), ("output", d("0.4")), ("request", d("0"))))
    assert [q.key for q in found.quarantined] == ["novita"]


def test_openrouter_zero_retention_is_an_offer_under_its_contract() -> None:
    (row,) = read("openrouter-zdr").rows
    assert [(said.attribute, said.value) for said in row.said] == [
        ("zero_data_retention", "available")
    ]
    assert (row.price, row.sells) == (None, False)


def test_titles_and_limits_are_checked() -> None:
    base = {"id": "a/b", "provider": "a"}
    long = read("opper", {"models": [base | {"name": "x" * 300}]})
    assert [q.code for q in long.quarantined] == ["IMP206"]
    row = rows("opper", {"models": [base | {"name": " a  b ", "context_window": 1e5}]})["a/b"]
    assert (row.title, row.card.context_window) == ("a b", 100_000)
