"""The API's description in OpenAPI 3.1, made of the shipped schemas that hold for its bodies.

Source: the OpenAPI Specification 3.1.1; its schemas are JSON Schema 2020-12.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from policy_router.store.shipped import shipped_root

Json = dict[str, Any]

_REF: Final = "#/$defs/"
_KEYS: Final[Json] = {"callersKey": {"type": "http", "scheme": "bearer"}}
_REFUSALS: Final = {
    "400": "the body is no description of a request",
    "401": "nobody known asks",
    "403": "the caller declares what it cannot",
    "503": "it could not be decided or recorded",
}


@cache
def description() -> str:
    """The description as JSON."""
    schemas = {
        "Request": _schema("request", "Request"),
        "Decision": _schema("decision", "Decision"),
        "Explanation": _object("a decision, and of every candidate why", "decision", "routes"),
        "Routes": _object("permitted routes, best first", "object", "data", "reason", "missing"),
        "Refusal": _object("as in docs/errors.md", "error"),
    }
    return json.dumps(
        {
            "openapi": "3.1.1",
            "info": {"title": "Decisions of policy-router", "version": "1"},
            "paths": _paths(),
            "components": {"schemas": schemas, "securitySchemes": _KEYS},
            "security": [{name: []} for name in _KEYS],
        }
    )


def _paths() -> Json:
    return {
        "/v1/decide": {"post": _asking("what is decided; it is recorded first", "Decision")},
        "/v1/explain": {"post": _asking("what is decided and why; unrecorded", "Explanation")},
        "/v1/routes": {"get": _operation("routes the caller may use for a text", "Routes")},
        "/v1/openapi.json": {"get": _operation("this description", None)},
    }


def _asking(what: str, answer: str) -> Json:
    body = {"required": True, "content": _content("Request")}
    return {**_operation(what, answer), "requestBody": body}


def _operation(what: str, answer: str | None) -> Json:
    content = {"application/json": {}} if answer is None else _content(answer)
    refusals = {
        status: {"description": why, "content": _content("Refusal")}
        for status, why in _REFUSALS.items()
    }
    return {
        "summary": what,
        "responses": {"200": {"description": what, "content": content}} | refusals,
    }


def _content(name: str) -> Json:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _object(what: str, *required: str) -> Json:
    return {"type": "object", "description": what, "required": list(required)}


def _schema(file: str, name: str) -> Json:
    """A shipped schema, whose references go to where it stands now."""
    text = (shipped_root() / "schemas" / f"{file}.schema.json").read_text("utf-8")
    schema: Json = _moved(json.loads(text), name)
    return {key: value for key, value in schema.items() if key != "$schema"}


def _moved(part: Any, name: str) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(part, list):
        return [_moved(each, name) for each in part]
    if not isinstance(part, dict):
        return part
    moved = {key: _moved(value, name) for key, value in part.items()}
    target = part.get("$ref")
    if isinstance(target, str) and target.startswith(_REF):
        moved["$ref"] = f"#/components/schemas/{name}/$defs/{target.removeprefix(_REF)}"
    return moved
