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
    any_text,
    chosen,
)

Gather = Callable[[Any, list[str]], None]
"""Gathers the texts in a value that has a shape."""


def gather_of(shape: Shape) -> Gather | None:
    """What gathers the texts in values of `shape`; None if there can be none.

    They are where any text may stand, and names of entries too; content in base64 and the API's own
    words are none. It is made once for a shape, as bodies have thousands of values.
    """
    make = _MAKES.get(type(shape))
    return None if make is None else make(shape)


def _inert(_: Inert) -> Gather:
    return lambda value, found: found.append(value)


def _free(_: Free) -> Gather:
    return _all_in


def _all_in(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, list):
        for member in value:
            _all_in(member, found)
    elif isinstance(value, dict):
        for name, member in value.items():
            found.append(name)
            _all_in(member, found)


def _either(shape: Either) -> Gather | None:
    text, nested = gather_of(shape.text), gather_of(shape.nested)
    if text is None and nested is None:
        return None

    def gather(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        wanted = chosen(shape, value)
        inner = text if wanted is shape.text else nested if wanted is shape.nested else None
        if inner is not None:
            inner(value, found)

    return gather


def _tagged(shape: Tagged) -> Gather:
    tag, default = shape.tag, shape.default
    variants = {name: gather_of(variant) for name, variant in shape.variants.items()}

    def gather(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        variant = variants[value.get(tag, default)]
        if variant is not None:
            variant(value, found)

    return gather


def _record(shape: Record) -> Gather:
    fields = {name: gather_of(inner) for name, inner in shape.fields.items()}
    plain = frozenset(name for name, inner in shape.fields.items() if any_text(inner))

    def gather(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        for name, member in value.items():
            if type(member) is str and name in plain:
                found.append(member)
                continue
            inner = fields[name]
            if inner is not None and member is not None:
                inner(member, found)

    return gather


def _many(shape: Many) -> Gather | None:
    item = gather_of(shape.item)
    if item is None:
        return None

    def gather(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        for member in value:
            item(member, found)

    return gather


def _table(shape: Table) -> Gather:
    inner = gather_of(shape.value)

    def gather(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        for name, member in value.items():
            found.append(name)
            if inner is not None:
                inner(member, found)

    return gather


# A kind of shape that is not in it holds no text.
_MAKES: Final[Mapping[type[Shape], Callable[[Any], Gather | None]]] = {
    Inert: _inert,
    Free: _free,
    Either: _either,
    Tagged: _tagged,
    Record: _record,
    Many: _many,
    Table: _table,
}
