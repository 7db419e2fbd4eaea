"""What may stand as the source of a fact: the address of a page, or the reference of a document."""

from __future__ import annotations

import json
import re

import pytest
from pydantic import TypeAdapter, ValidationError

from policy_router.language.grammar.values import Reference
from tests.house.tree import ROOT

REFERENCE: TypeAdapter[str] = TypeAdapter(Reference)
WRITTEN = {"report.schema.json"}
"""Schemas of what is written with references in it that were checked when documents were read."""


@pytest.mark.parametrize(
    "text",
    [
        "https://acme.example",
        "https://acme.example/terms?v=2#dpa",
        "http://www.acme.example/online/Agr(EMEA)(ENG).htm",
        "https://acme.example/prices; it states no currency",
        "DPA-2026-003",
        "ISO27001:2022",
        "Report 2026-17, page 4",
        "Note: read to me on the telephone",
        "Model page `One by Acme`, no date printed",
    ],
)
def test_pages_and_documents_are_references(text: str) -> None:
    assert REFERENCE.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "ftp://acme.example/terms",
        "mailto:privacy@acme.example",
        "https:/acme.example",
        "https://",
        "https:///terms",
        "https://user:word@acme.example/terms",
        "//acme.example/terms",
        "",
        " ",
    ],
)
def test_what_else_an_address_could_start_is_none(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        REFERENCE.validate_python(text)
    assert [each["type"] for each in caught.value.errors()] == ["SCH106"]


def test_every_reference_of_every_kind_of_document_is_one() -> None:
    """A kind that took any text would let in what the others refuse."""
    pattern = REFERENCE.json_schema()["pattern"]
    found = [
        said
        for file in sorted((ROOT / "schemas").glob("*.schema.json"))
        if file.name not in WRITTEN
        for said in _references(json.loads(file.read_text("utf-8")))
    ]
    assert len(found) >= 5
    assert {said.get("pattern") for said in found} == {pattern}
    assert re.search(pattern, "javascript:alert(1)") is None


def _references(schema: object) -> list[dict[str, str]]:
    if isinstance(schema, list):
        return [found for each in schema for found in _references(each)]
    if not isinstance(schema, dict):
        return []
    here = schema.get("properties", {}).get("reference")
    inner = [found for each in schema.values() for found in _references(each)]
    return [here, *inner] if here else inner
