"""The JSON Schema of an audit report, from the types of its content."""

from __future__ import annotations

import json
from typing import Final

from policy_router.audit.changes import Part
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.shape import schema_of
from policy_router.audit.dossier.verdicts import RuleFound
from policy_router.report.dossier.data import FORMAT

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_files() -> dict[str, str]:
    """Text of the schema of the JSON, by the name of its file."""
    content, (finding, part), objects = schema_of(Dossier, RuleFound, Part)
    texts = {"type": "array", "items": {"type": "string"}}
    schema = {
        "$schema": _DIALECT,
        "title": "An audit report: what may go where, on which evidence, and what changed",
        "type": "object",
        "additionalProperties": False,
        "required": ["findings", "format", "limits", "parts", "report", "summary"],
        "properties": {
            "format": {"const": FORMAT},
            "summary": texts,
            "limits": texts,
            "findings": {
                "description": "What rules say of routes, each once: elsewhere its number stands, "
                "which is its place here, from 0.",
                "type": "array",
                "items": finding,
            },
            "parts": {
                "description": "What documents say, each once: elsewhere its number stands.",
                "type": "array",
                "items": part,
            },
            "report": content,
        },
        "$defs": objects,
    }
    return {"report.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"}
