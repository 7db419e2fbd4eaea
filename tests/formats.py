"""SARIF and JUnit as their schemas have them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from jsonschema import Draft4Validator
from xmlschema import XMLResource, XMLSchema

FORMATS = Path(__file__).parent / "cases" / "formats"


@cache
def _sarif_schema() -> Draft4Validator:
    schema = json.loads((FORMATS / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


@cache
def _junit_schema() -> XMLSchema:
    return XMLSchema(FORMATS / "junit-10.xsd")


def sarif(text: str) -> dict[str, Any]:
    """Return the one run of a SARIF log; raises if its schema does not allow the log."""
    assert text.isascii()
    log = json.loads(text)
    _sarif_schema().validate(log)
    (run,) = log["runs"]
    found: dict[str, Any] = run
    return found


def junit(text: str) -> Element:
    """Return the root of a JUnit report; raises if its schema does not allow the report."""
    assert text.isascii()
    _junit_schema().validate(text)
    root = XMLResource(text, defuse="always").root
    assert isinstance(root, Element)
    return root


def message(part: dict[str, Any]) -> str:
    """Return the text of a SARIF message as a reader sees it; fails on a placeholder or link."""
    text: str = part["message"]["text"]
    bare = text.replace("{{", "").replace("}}", "")
    assert "{" not in bare
    assert "}" not in bare
    assert "](" not in text
    return text.replace("{{", "{").replace("}}", "}")
