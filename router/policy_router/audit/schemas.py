"""JSON Schemas of what the router writes: a decision, and the record of a call."""

from __future__ import annotations

import json
from typing import Any, Final

from policy_router.domain.decision import Outcome, Reason, Verdict
from policy_router.domain.policy import Mode

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Schema] = {"type": "string"}
_TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
_COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_TRUTH: Final[Schema] = {"type": "boolean"}
_NULL: Final[Schema] = {"type": "null"}


def schema_files() -> dict[str, str]:
    """Text of the schemas by the name of their file."""
    schemas = {"decision": _decision(), "record": _record()}
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": _DIALECT, **schema}, indent=2, ensure_ascii=False
        )
        + "\n"
        for name, schema in schemas.items()
    }


def _object(properties: Schema, *, optional: tuple[str, ...] = (), title: str = "") -> Schema:
    required = sorted(name for name in properties if name not in optional)
    named = {"title": title} if title else {}
    closed = {"additionalProperties": False, "required": required}
    return {**named, "type": "object", "properties": properties, **closed}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _choice(values: type[Outcome | Reason | Verdict | Mode]) -> Schema:
    return {"enum": [value.value for value in values]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, _NULL]}


def _decision() -> Schema:
    verdict = _object(
        {
            "policy": _TEXT,
            "rule": _TEXT,
            "mode": _choice(Mode),
            "verdict": _choice(Verdict),
            "exception": _TEXT,
        },
        optional=("exception",),
    )
    detail = _object({"about": _TEXT, "message": _TEXT})
    values = {
        "type": "object",
        "additionalProperties": {"type": ["string", "boolean", "integer", "null"]},
    }
    candidate = _object(
        {
            "route": _TEXT,
            "permitted": _TRUTH,
            "unsuitable": _list(_TEXT),
            "verdicts": _list(verdict),
        }
    )
    return _object(
        {
            "at": _INSTANT,
            "known_at": _or_null(_INSTANT),
            "requested": _TEXT_OR_NULL,
            "outcome": _choice(Outcome),
            "reason": _or_null(_choice(Reason)),
            "route": _TEXT_OR_NULL,
            "chain": _list(_TEXT),
            "substituted": _TRUTH,
            "obligations": _list(_object({"policy": _TEXT, "obligation": _TEXT, "set": values})),
            "monitor": _list(verdict),
            "warnings": _list(detail),
            "details": _list(detail),
            "missing": _list(_TEXT),
            "declared": _list(_TEXT),
            "candidates": _list(candidate),
            "digests": _object({"policies": _TEXT, "registry": _TEXT}),
        },
        title="A decision about one request",
    )


def _facts() -> Schema:
    members = _object({"members": _list(_TEXT), "settled": _TRUTH})
    return _object(
        {
            "model": _TEXT_OR_NULL,
            "sets": {"type": "object", "additionalProperties": members},
            "scalars": {"type": "object", "additionalProperties": {"type": ["string", "boolean"]}},
            "declared": _list(_TEXT),
            "without_declared": _or_null({"$ref": "#/$defs/facts"}),
        },
        title="The facts of a request",
    )


def _record() -> Schema:
    record = _object(
        {
            "id": _TEXT,
            "recorded_at": _INSTANT,
            "point": _TEXT,
            "caller": _TEXT_OR_NULL,
            "body_bytes": {"type": "integer", "minimum": 0},
            "retry": _COUNT_OR_NULL,
            "admitted": _TRUTH,
            "refused": _TEXT_OR_NULL,
            "facts": _or_null({"$ref": "#/$defs/facts"}),
            "decision": _or_null({"$ref": "#/$defs/decision"}),
        },
        title="The record of one call: no prompt, no answer, no key",
    )
    return {**record, "$defs": {"decision": _decision(), "facts": _facts()}}
