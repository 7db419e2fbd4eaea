"""Schemas: current, valid, and of one mind with what loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, METERS
from policy_router.language.document import read_documents
from policy_router.language.grammar.claims import ClaimsBody
from policy_router.language.grammar.kinds import KINDS
from policy_router.language.grammar.prices import PriceBody, TierBody
from policy_router.language.nodes import Document, json_value, plain_data
from policy_router.language.schemas import schema_files
from tests.house.tree import ROOT, named, project_files

SCHEMAS = schema_files()
HEADER = "# yaml-language-server: $schema="
# a gateway's own configuration, which stands beside the documents it goes with
FOREIGN = {ROOT / "examples/litellm_proxy/config.yaml"}
SHIPPED = [
    path
    for path in project_files(".yaml")
    if path.relative_to(ROOT).parts[0] in {"data", "policies", "examples"} and path not in FOREIGN
]


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMAS[name]))


def documents(path: Path) -> tuple[Document, ...]:
    found, problems = read_documents(named(path), path.read_bytes())
    assert problems == ()
    return found


def native(document: Document) -> object:
    """A document as an editor's reader of YAML 1.2 sees it."""
    return json_value(plain_data(document.root))


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


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_shipped_documents_name_a_schema_that_they_meet(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith(HEADER)
    schema = (path.parent / first.removeprefix(HEADER)).resolve()
    assert schema.parent == ROOT / "schemas"
    check = validator(schema.name)
    found = [e.message for d in documents(path) for e in check.iter_errors(native(d))]
    assert found == []


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
