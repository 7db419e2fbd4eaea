"""Schemas: current, valid, and of one mind with what loads."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, METERS
from policy_router.language.grammar.claims import ClaimsBody
from policy_router.language.grammar.kinds import KINDS
from policy_router.language.grammar.prices import PriceBody, TierBody
from policy_router.language.schemas import schema_files
from tests.house.tree import ROOT

SCHEMAS = schema_files()


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMAS[name]))


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_fresh(name: str) -> None:
    """`policy-router schema` writes them anew."""
    assert (ROOT / "schemas" / name).read_text("utf-8") == SCHEMAS[name]


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMAS[name]))


def test_there_is_one_for_every_kind_and_one_for_all() -> None:
    assert {f"{kind}.schema.json" for kind in KINDS} | {
        "documents.schema.json",
        "request.schema.json",
    } == set(SCHEMAS)


RULE = {"id": "r", "require": {"dpa": "in_force"}}
POLICY = {"kind": "policy", "id": "a", "language": 1, "title": "A", "rules": [RULE]}


def test_a_policy_meets_its_schema() -> None:
    for name in ("policy.schema.json", "documents.schema.json"):
        assert list(validator(name).iter_errors(POLICY)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"rules": [{**RULE, "requires": {}}]},
        {"rules": [{**RULE, "require": {"dpa": "signed"}}]},
        {"rules": [{**RULE, "require": {"training": True}}]},
        {"rules": [{**RULE, "require": {"inference_location": "EEA"}}]},
        {"rules": [{**RULE, "require": {"price.input": {"at_least": 1}}}]},
        {"rules": [{**RULE, "require": {"signoff": {"excludes": "dpia"}}}]},
        {"rules": [{**RULE, "require": {"purpose": "x"}}]},
        {"rules": [{**RULE, "when": {"data": {"includes": "helth"}}}]},
        {"rules": [{**RULE, "when": {"model": "x"}}]},
        {"rules": [{**RULE, "when": {"any": []}}]},
        {"scope": {"purpose": "x"}},
        {"language": 2},
        {"kind": "polcy"},
        {"evidence": {"max_age_days": "soon"}},
        {"titel": "x"},
    ],
)
def test_an_editor_sees_what_is_wrong(change: dict[str, Any]) -> None:
    for name in ("policy.schema.json", "documents.schema.json"):
        assert list(validator(name).iter_errors({**POLICY, **change})) != []


def test_every_claimed_attribute_can_be_claimed() -> None:
    assert set(ClaimsBody.model_fields) == {a.name for a in CLAIMED_ATTRIBUTES}


@pytest.mark.parametrize("shape", [PriceBody, TierBody])
def test_every_meter_can_be_priced(shape: type[PriceBody | TierBody]) -> None:
    assert set(METERS) <= set(shape.model_fields)
