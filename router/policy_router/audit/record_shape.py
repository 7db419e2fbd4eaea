"""Whether a record is what its kind holds, so that it can be shown whole: a log may hold anything.

The published schemas say what that is, and `_compiled` reads them; `jsonschema` would not do. What
a later version adds to a record is let pass here, and the schemas as published admit nothing else
(`additionalProperties`). A log of a million records is read in a minute, which takes functions that
are made once for each schema. Whatever both judge they judge alike: a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from policy_router.audit.record_schemas import record_schemas
from policy_router.audit.recorded import Data
from policy_router.audit.schema_parts import Schema, object_of
from policy_router.domain.vocabulary import is_number_fact

MOST_DEPTH: Final = 32
"""How deep what a record holds may be nested; ours are about half as deep."""

Fits = Callable[[Any], bool]

_TYPES: Final[dict[str, Fits]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def is_shaped(record: Data) -> bool:
    """Whether a record of a kind that there is holds what its schema says, nested as deep at most.

    One of any other kind is nobody's to judge.
    """
    if is_deep(record):
        return False
    fits = _by_kind().get(record["kind"])
    return fits is None or (fits(record) and _counts(record.get("facts")))


def says_what_was_asked(record: Data) -> bool:
    """Whether the record of a decision holds what a decision is made from, as its schema says."""
    fits, decision = _of_what_was_asked(), record["decision"]
    return fits({**record, **decision}) and _counts(record["facts"])


def is_deep(record: Data) -> bool:
    """Whether it goes on below `MOST_DEPTH`; without calling itself, as it may go down very far."""
    level: list[Any] = [record]
    for _ in range(MOST_DEPTH):
        level = [part for value in level for part in _parts(value)]
        if not level:
            return False
    return True


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _counts(facts: Data | None) -> bool:
    """Whether every fact that is a number is one, in both views of a request."""
    while facts is not None:
        for name, value in facts["scalars"].items():
            if is_number_fact(name) and not _is_number(value):
                return False
        facts = facts["without_declared"]
    return True


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


@cache
def _of_what_was_asked() -> Fits:
    schema = record_schemas()["record"]
    properties, decision = schema["properties"], schema["$defs"]["decision"]["properties"]
    parts = {name: properties[name] for name in ("gateway", "version")}
    parts |= {name: decision[name] for name in ("at", "known_at", "digests")}
    return _compiled(object_of({**parts, "facts": {"$ref": "#/$defs/facts"}}), schema["$defs"])


@cache
def _by_kind() -> dict[str, Fits]:
    schemas = record_schemas()
    kinds = {name: schema["properties"].get("kind") for name, schema in schemas.items()}
    return {
        kind["const"]: _compiled(schemas[name], schemas[name].get("$defs", {}))
        for name, kind in kinds.items()
        if kind is not None
    }


def _compiled(schema: Schema, named: Schema) -> Fits:
    """What tells whether a value is as a schema says; of the words that our schemas use."""
    if "$ref" in schema:
        return _referred(schema["$ref"].rpartition("/")[2], named)
    if "anyOf" in schema:
        ways = [_compiled(way, named) for way in schema["anyOf"]]
        return lambda value: any(fits(value) for fits in ways)
    if "enum" in schema or "const" in schema:
        words = schema.get("enum", [schema.get("const")])
        return lambda value: any(value == word and type(value) is type(word) for word in words)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = [_TYPES[kind] for kind in kinds]
    inner = list(_inner(schema, named))
    return lambda value: any(f(value) for f in types) and all(f(value) for f in inner)


def _referred(name: str, named: Schema) -> Fits:
    made: list[Fits] = []

    def fits(value: object) -> bool:
        if not made:  # it may speak of itself
            made.append(_compiled(named[name], named))
        return made[0](value)

    return fits


def _inner(schema: Schema, named: Schema) -> Iterator[Fits]:
    """What more is asked of a value of the right type."""
    if "properties" in schema:
        yield _object(schema, named)
    elif isinstance(schema.get("additionalProperties"), dict):
        each = _compiled(schema["additionalProperties"], named)
        yield lambda value: all(map(each, value.values()))
    if "items" in schema:
        item = _compiled(schema["items"], named)
        yield lambda value: all(map(item, value))
    if "pattern" in schema:
        pattern = re.compile(schema["pattern"])
        yield lambda value: pattern.search(value) is not None
    if schema.get("format") == "date-time":
        yield _is_instant
    if "minimum" in schema:
        least = schema["minimum"]
        yield lambda value: value is None or value >= least


def _object(schema: Schema, named: Schema) -> Fits:
    required = frozenset(schema["required"])
    parts = {name: _compiled(part, named) for name, part in schema["properties"].items()}
    return lambda value: (
        value.keys() >= required
        and all(parts[name](part) for name, part in value.items() if name in parts)
    )


def _is_instant(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
