"""The texts of a call: all that a model, or whoever is told of the call, may read as language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from policy_router.wire.shapes import (
    Either,
    Free,
    Inert,
    Many,
    Record,
    Shape,
    Table,
    Tagged,
    chosen,
)


def texts(shape: Shape, value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """The texts in `value`, which has `shape`: where any text may stand, names of entries too.

    Content in base64 and the API's own words are none.
    """
    found: list[str] = []
    _gather(shape, value, found)
    return found


def _inert(_: Inert, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    found.append(value)


def _free(shape: Free, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, list):
        for member in value:
            _free(shape, member, found)
    elif isinstance(value, dict):
        for name, member in value.items():
            found.append(name)
            _free(shape, member, found)


def _either(shape: Either, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    _gather(chosen(shape, value), value, found)


def _tagged(shape: Tagged, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    _gather(shape.variants[value.get(shape.tag, shape.default)], value, found)


def _record(shape: Record, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    for name, member in value.items():
        if member is not None:
            _gather(shape.fields[name], member, found)


def _many(shape: Many, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    for member in value:
        _gather(shape.item, member, found)


def _table(shape: Table, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    for name, member in value.items():
        found.append(name)
        _gather(shape.value, member, found)


# A table, as in `shapes`; a kind that is not in it holds no text.
_GATHERS: Final[Mapping[type[Shape], Callable[[Any, Any, list[str]], None]]] = {
    Inert: _inert,
    Free: _free,
    Either: _either,
    Tagged: _tagged,
    Record: _record,
    Many: _many,
    Table: _table,
}


def _gather(shape: Shape, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    gather = _GATHERS.get(type(shape))
    if gather is not None:
        gather(shape, value, found)
