"""What JSON Schemas are made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
TRUTH: Final[Schema] = {"type": "boolean"}
NULL: Final[Schema] = {"type": "null"}


def object_of(properties: Schema, *, optional: tuple[str, ...] = (), title: str = "") -> Schema:
    """An object with these properties and no others, all of them required but the optional ones."""
    required = sorted(name for name in properties if name not in optional)
    named = {"title": title} if title else {}
    closed = {"additionalProperties": False, "required": required}
    return {**named, "type": "object", "properties": properties, **closed}


def list_of(items: Schema) -> Schema:
    """A list of such things."""
    return {"type": "array", "items": items}


def choice_of(values: type[StrEnum]) -> Schema:
    """One of the words of an enumeration."""
    return {"enum": [value.value for value in values]}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, NULL]}
