"""A JSON Schema stands whole in its call: nobody who checks by it has anything to fetch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from policy_router.wire.checks import Noted, check_of
from policy_router.wire.inert import JSON_SCHEMA
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.schema_refs import refers_elsewhere
from policy_router.wire.shapes import Free
from tests.pep.places import places

AWAY: list[dict[str, Any]] = [
    {name: said}
    for name in ("$ref", "$dynamicRef", "$recursiveRef", "$schema")
    for said in (
        "https://evil.example/x",
        "//evil.example/x#/a",
        "file:///etc/passwd",
        "other.json#/a",
        "",
        " #/a",
        "http://json-schema.org.evil.example/draft-07/schema#",
        "http://evil.example/json-schema.org/draft-07/schema#",
        "http://json-schema.org/draft-07/schema#/../../x",
    )
] + [
    {"$schema": "http://json-schema.org/draft-04/schema#"},
    {"properties": {"a": {"$id": "https://evil.example/x", "items": {"$ref": "#/$defs/a"}}}},
    {"$defs": {"a": {"$id": "//evil.example"}}},
]


class Leaf(BaseModel):
    name: str


class Tree(BaseModel):
    leaf: Leaf
    branches: list[Tree]


LOCAL: list[dict[str, Any]] = [
    {},
    Tree.model_json_schema(),
    {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a"},
    {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"},
    {"$id": "https://clinic.example/letter.json", "$defs": {"a": {"$id": "Node"}}},
    {"properties": {"$ref": {"type": "string"}, "$id": {"type": "string"}, "id": {}}},
    {"properties": {"a": {"description": "see https://clinic.example", "$ref": "#/$defs/a"}}},
    {"$dynamicRef": "#node", "$recursiveRef": "#", "$comment": "https://clinic.example"},
    {"default": {"id": "https://clinic.example/1", "$ref": None}, "enum": ["$ref", 7, None]},
]


def _inside(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    yield {"type": "object", "properties": {"a": {"anyOf": [{"type": "null"}, schema]}}}
    yield {"$defs": {"a": {"items": [[schema]]}}}


@pytest.mark.parametrize("schema", AWAY, ids=str)
def test_what_refers_elsewhere_is_refused_wherever_it_stands(schema: dict[str, Any]) -> None:
    for outer in _inside(schema):
        assert refers_elsewhere(outer)
        with pytest.raises(Refused) as caught:
            check_of(JSON_SCHEMA)(outer, "parameters", Noted())
        assert caught.value.code is RefusalCode.THIRD_PARTY
        assert "evil" not in caught.value.message


@pytest.mark.parametrize("schema", LOCAL, ids=str)
def test_what_sdks_write_passes(schema: dict[str, Any]) -> None:
    check_of(JSON_SCHEMA)(schema, "parameters", Noted())


def test_every_schema_of_every_operation_is_looked_at() -> None:
    free = [p for o in SUPPORTED for p in places(o.body) if isinstance(p.leaf, Free)]
    named = ("schema", "Schema", "parameters", "functionDeclarations[].response")
    assert {p.path for p in free if p.leaf == JSON_SCHEMA} == {
        p.path for p in free if p.path.endswith(named)
    }
