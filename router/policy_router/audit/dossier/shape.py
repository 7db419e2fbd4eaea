"""Content as JSON: written, read back, and the schema of it, all from the types alone."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from policy_router.engine.render import instant

T = TypeVar("T")
Schema = dict[str, Any]
Shapes = tuple[type[Any], ...]

_NOTHING: Final = type(None)


class Misshapen(ValueError):
    """JSON that is not of a shape; the message says where and what was expected."""


class Numbered:
    """Content of some shapes that stands in lists of their own: elsewhere its place there does."""

    def __init__(self, *shapes: type) -> None:
        self._places: dict[type, dict[Any, tuple[int, Any]]] = {shape: {} for shape in shapes}

    def holds(self, value: object) -> bool:
        """Whether such content stands in a list."""
        return type(value) in self._places

    def place(self, value: Any) -> int:  # noqa: ANN401 - content of one of the shapes
        """Its place in the list of its shape, from 0; content is the same if all fields are."""
        places = self._places[type(value)]
        key = tuple(getattr(value, f.name) for f in fields(value))
        return places.setdefault(key, (len(places), value))[0]

    def plain(self, shape: type) -> list[Any]:
        """The list of a shape, once everything that refers to it was written."""
        return [plain(value) for _, value in self._places[shape].values()]


def plain(value: Any, numbered: Numbered | None = None) -> Any:  # noqa: ANN401 - any content
    """Content as what JSON knows: dates and instants as text, tuples as lists.

    Fields of which there is nothing to say are left out: what is None, what a field holds unless
    it is told otherwise, and what content names as `implied`, as it follows from the rest.
    """
    match value:
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple():
            return [plain(each, numbered) for each in value]
        case _ if numbered is not None and numbered.holds(value):
            return numbered.place(value)
        case _ if is_dataclass(value):
            return {name: plain(held, numbered) for name, held in _said(value)}
        case _:
            return value


def _said(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any dataclass
    implied = getattr(value, "implied", ())
    for f in fields(value):
        held = getattr(value, f.name)
        by_default = f.default is not MISSING and held == f.default
        if held is not None and f.name not in implied and not by_default:
            yield f.name, held


# ---- reading back --------------------------------------------------------------------------------


Listed = Mapping[Any, tuple[Any, ...]]
"""Content of some shapes that elsewhere stands by its place among these."""

_NONE_LISTED: Final[Listed] = {}


def read(shape: type[T], data: object, listed: Listed = _NONE_LISTED) -> T:
    """The content that `data` is the JSON of. Raises `Misshapen`."""
    return cast("T", _read(shape, data, "$", listed))


def read_list(shape: type[T], data: object, where: str) -> tuple[T, ...]:
    """The list of such content that `data` is the JSON of. Raises `Misshapen`."""
    return cast("tuple[T, ...]", _read(tuple[shape, ...], data, where, _NONE_LISTED))  # type: ignore[valid-type]


def _read(shape: Any, data: Any, where: str, listed: Listed) -> Any:  # noqa: ANN401 - any type and any JSON
    if _is_union(shape):
        return _of_union(shape, data, where, listed)
    if get_origin(shape) is tuple:
        _demand(isinstance(data, list), where, "a list")
        (each, _) = get_args(shape)
        return tuple(_read(each, item, f"{where}[{n}]", listed) for n, item in enumerate(data))
    if shape in listed:
        among = listed[shape]
        _demand(type(data) is int and 0 <= data < len(among), where, "a number of one listed")
        return among[data]
    if is_dataclass(shape):
        return _of_object(shape, data, where, listed)
    return _of_text(shape, data, where)


def _of_union(shape: Any, data: Any, where: str, listed: Listed) -> Any:  # noqa: ANN401
    if data is None:
        return None
    (other,) = (part for part in get_args(shape) if part is not _NOTHING)
    return _read(other, data, where, listed)


def _of_object(shape: Any, data: Any, where: str, listed: Listed) -> Any:  # noqa: ANN401
    hints = _hints(shape)
    _demand(isinstance(data, dict), where, "an object")
    missing, strange = sorted(_needed(shape) - data.keys()), sorted(data.keys() - hints.keys())
    _demand(not missing, where, f"`{', '.join(missing)}`")
    _demand(not strange, where, f"no `{', '.join(map(str, strange))}`")
    parts = {n: _read(t, data[n], f"{where}.{n}", listed) for n, t in hints.items() if n in data}
    left_out = dict.fromkeys(_absent(shape) - data.keys())
    return shape(**parts, **left_out)


def _of_text(shape: Any, data: Any, where: str) -> Any:  # noqa: ANN401
    if shape in {int, bool, str}:
        _demand(type(data) is shape, where, _KINDS[shape]["type"])
        return data
    _demand(isinstance(data, str), where, "text")
    make: Callable[[str], Any] = _READERS.get(shape, shape)
    try:
        return make(data)
    except (ValueError, OverflowError) as error:
        raise Misshapen(f"{where}: `{data}` is not what is expected there") from error


def _demand(fits: bool, where: str, wanted: str) -> None:
    if not fits:
        raise Misshapen(f"{where}: expected {wanted}")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


_READERS: Final[dict[Any, Callable[[str], Any]]] = {
    date: date.fromisoformat,
    datetime: _instant,
}


@cache
def _absent(shape: Any) -> frozenset[str]:  # noqa: ANN401
    """The fields that are None where nothing is said of them."""
    hints = _hints(shape)
    return frozenset(f.name for f in fields(shape) if _is_union(hints[f.name]))


@cache
def _needed(shape: Any) -> frozenset[str]:  # noqa: ANN401
    """The fields of which something is always said."""
    told = {f.name for f in fields(shape) if f.default is MISSING}
    return frozenset(told - _absent(shape))


# ---- the schema ----------------------------------------------------------------------------------

_KINDS: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def schema_of(
    shape: type[Any], *numbered: type[Any]
) -> tuple[Schema, list[Schema], dict[str, Schema]]:
    """The schemas of the JSON of `shape`, of each `numbered`, and of every object in them, by name.

    What is of a numbered shape stands in the first by its number.
    """
    objects: dict[str, Schema] = {}
    listed = [_schema(each, objects, ()) for each in numbered]
    return _schema(shape, objects, numbered), listed, objects


def _schema(shape: Any, objects: dict[str, Schema], numbered: Shapes) -> Schema:  # noqa: ANN401
    if _is_union(shape):
        return {"anyOf": [_schema(part, objects, numbered) for part in get_args(shape)]}
    if shape is _NOTHING:
        return {"type": "null"}
    if get_origin(shape) is tuple:
        return {"type": "array", "items": _schema(get_args(shape)[0], objects, numbered)}
    if shape in numbered:
        return {"type": "integer", "minimum": 0}
    if is_dataclass(shape):
        return _object(shape, objects, numbered)
    if shape in _KINDS:
        return _KINDS[shape]
    return {"enum": [member.value for member in shape]}


def _object(shape: Any, objects: dict[str, Schema], numbered: Shapes) -> Schema:  # noqa: ANN401
    name = shape.__name__
    if name not in objects:
        objects[name] = {}
        hints = _hints(shape)
        objects[name] = {
            "type": "object",
            "description": (shape.__doc__ or "").split("\n")[0],
            "additionalProperties": False,
            "required": sorted(_needed(shape)),
            "properties": {key: _schema(t, objects, numbered) for key, t in hints.items()},
        }
    return {"$ref": f"#/$defs/{name}"}


@cache
def _hints(shape: Any) -> dict[str, Any]:  # noqa: ANN401
    return get_type_hints(shape)


def _is_union(shape: Any) -> bool:  # noqa: ANN401
    return get_origin(shape) in {Union, types.UnionType}
