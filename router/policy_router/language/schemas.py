"""JSON Schemas of documents and requests, for editors and for programs that write them.

They describe YAML as authors write it (`true` is a truth value, `1.10` a number). What depends on
other documents, such as references, only loading can check.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, assert_never

from pydantic.json_schema import models_json_schema

from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.kinds import KINDS
from policy_router.language.grammar.lists import GIVEN
from policy_router.language.grammar.places import ModelBody, RouteBody
from policy_router.language.grammar.requests import RequestBody
from policy_router.language.grammar.values import DEFINITIONS, NAMED
from policy_router.language.matchers import BOUNDS, SET_MATCHERS, SIGNOFF_MATCHERS, UPPER_BOUNDS
from policy_router.language.subjects import Side, Sort, Subject, subjects

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "#/$defs/"
_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_PREDICATES: Final = {
    "RequestPredicate": Side.REQUEST,
    "RoutePredicate": Side.ROUTE,
    "ScopePredicate": Side.SCOPE,
}
_PART: Final = "Part"
_MEMBERS: Final[dict[str, type[DocumentBody]]] = {"Route": RouteBody, "Model": ModelBody}
_OPEN_NAMES: Final = {
    Side.REQUEST: ("labels", Subject("labels", Sort.NAME)),
    Side.ROUTE: ("benchmarks", Subject("benchmarks", Sort.NUMBER)),
}


@cache  # pydantic takes most of a second, and says the same as long as this program runs
def schema_files() -> Mapping[str, str]:
    """Text of every schema by the name of its file."""
    files = {f"{kind}.schema.json": _one_kind(kind) for kind in KINDS}
    files["documents.schema.json"] = _any_kind()
    files["request.schema.json"] = _request()
    return MappingProxyType({name: _text(schema) for name, schema in sorted(files.items())})


def _one_kind(kind: str) -> Schema:
    refs, definitions = _definitions([KINDS[kind]])
    return _complete({"title": f"A document of kind {kind}", **refs[0]}, definitions)


def _any_kind() -> Schema:
    """A document's `kind` says which schema holds, so that errors are about that one alone."""
    refs, definitions = _definitions(KINDS.values())
    choice = [
        {"if": {"properties": {"kind": {"const": kind}}}, "then": ref}
        for kind, ref in zip(KINDS, refs, strict=True)
    ]
    whole: Schema = {
        "title": "A document of any kind",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": choice,
    }
    return _complete(whole, definitions)


def _request() -> Schema:
    refs, definitions = _definitions([RequestBody])
    return _complete({"title": "Facts of a request", **refs[0]}, definitions)


def _definitions(shapes: Iterable[Any]) -> tuple[list[Schema], Schema]:
    """A reference to each shape, and the definitions they need."""
    wanted = [(shape, "validation") for shape in shapes]
    refs, whole = models_json_schema(wanted)  # type: ignore[arg-type]
    found = {_plain(name): _tidy(schema) for name, schema in whole.get("$defs", {}).items()}
    return [_tidy(dict(refs[key])) for key in wanted], found  # type: ignore[index]


def _plain(name: str) -> str:
    """The name of a definition or a reference as authors read it."""
    return name.removesuffix("Body")


def _complete(schema: Schema, definitions: Schema) -> Schema:
    """`schema` with its definitions and those they stand in for."""
    every = {**definitions, **DEFINITIONS, **{n: _predicate(n) for n in _PREDICATES}, **_parts()}
    used = _used(schema, every)
    return {"$schema": _DIALECT, **schema, "$defs": {n: every[n] for n in sorted(used)}}


@cache  # every schema is offered the same ones, and none is changed there
def _parts() -> Schema:
    """Parts of what a list holds: as a whole document and all within it, but nothing required."""
    _, whole = _definitions(_MEMBERS.values())
    parts = {name + _PART: _partial(schema) for name, schema in whole.items()}
    for name in _MEMBERS:
        properties = parts[name + _PART]["properties"]
        parts[name + _PART]["properties"] = {
            key: value for key, value in properties.items() if key not in GIVEN
        }
    return parts


def _partial(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """`value` without what it requires, and with parts in the place of what it names."""
    if isinstance(value, list):
        return [_partial(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _partial(part) for key, part in value.items() if key != "required"}
    ref = str(kept.get("$ref", "")).removeprefix(_REF)
    return {**kept, "$ref": _REF + ref + _PART} if ref and ref not in DEFINITIONS else kept


def _used(schema: Schema, every: Mapping[str, Schema]) -> set[str]:
    """The names of the definitions that `schema` needs, and that those need."""
    used: set[str] = set()
    waiting = [schema]
    while waiting:
        new = {name for part in waiting for name in _named_in(part)} - used
        used |= new
        waiting = [every[name] for name in new]
    return used


def _named_in(value: Any) -> Iterable[str]:  # noqa: ANN401 - any part of a schema
    if isinstance(value, dict):
        ref = value.get("$ref")
        if isinstance(ref, str):
            yield ref.removeprefix(_REF)
        for part in value.values():
            yield from _named_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _named_in(part)


def _tidy(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Stand-ins replaced by references; titles that only repeat a key, and defaults, left out."""
    if isinstance(value, list):
        return [_tidy(part) for part in value]
    if not isinstance(value, dict):
        return value
    if NAMED in value:
        described = {k: v for k, v in value.items() if k == "description"}
        return {"$ref": _REF + value[NAMED], **described}
    kept = {k: v for k, v in value.items() if k not in {"title", "default"}}
    if "$ref" in kept:
        kept["$ref"] = _plain(kept["$ref"])
    if "description" in kept:
        kept["description"] = " ".join(kept["description"].split())
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {k: _tidy(v) for k, v in kept["properties"].items()}
    return {k: v if k in {"properties", "description"} else _tidy(v) for k, v in kept.items()}


# ----------------------------------------------------------------------------------- predicates


def _predicate(name: str) -> Schema:
    """Everything a predicate on one side can say."""
    side, itself = _PREDICATES[name], {"$ref": _REF + name}
    several: Schema = {"type": "array", "items": itself, "minItems": 1}
    properties: Schema = {"all": several, "any": several, "not": itself}
    properties |= {s.name: _comparison(s) for s in subjects(side)}
    schema: Schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if side in _OPEN_NAMES:
        prefix, subject = _OPEN_NAMES[side]
        schema["patternProperties"] = {rf"^{prefix}\..+$": _comparison(subject)}
    return schema


def _comparison(subject: Subject) -> Schema:
    item: Schema = {"enum": list(subject.values)} if subject.values else _TEXT
    match subject.sort:
        case Sort.NAME | Sort.BASES:
            return _one_or_more(item)
        case Sort.FLAG:
            return {"type": "boolean"}
        case Sort.NUMBER:
            number: Schema = {"type": "number"}
            return {"anyOf": [*_one_or_more(number)["anyOf"], _matchers(BOUNDS, number)]}
        case Sort.MONEY:
            return _matchers(UPPER_BOUNDS, {"type": "number"})
        case Sort.SET | Sort.PLACES:
            return _set(SET_MATCHERS, item)
        case Sort.SIGNOFFS:
            return _set(SIGNOFF_MATCHERS, item)
        case _:
            assert_never(subject.sort)


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _set(matchers: Iterable[str], item: Schema) -> Schema:
    schema = _matchers(matchers, _one_or_more(item))
    schema["properties"]["includes"] = item
    return schema


def _matchers(matchers: Iterable[str], value: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {str(matcher): value for matcher in matchers},
        "additionalProperties": False,
        "minProperties": 1,
    }


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
