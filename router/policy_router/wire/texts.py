"""The texts of a call: all that a model, or whoever is told of the call, may read as language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


def texts(shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """The texts in `value`, which has `shape`: where any text may stand, names of entries too.

    Content in base64 and the API's own words are none.
    """
    match shape:
        case Inert():
            yield value
        case Free():
            yield from _all_texts(value)
        case Either():
            yield from texts(chosen(shape, value), value)
        case Tagged(tag, variants, default):
            yield from texts(variants[value.get(tag, default)], value)
        case _:
            for name, part, member in _members(shape, value):
                yield from name
                yield from texts(part, member)


def _members(shape: Shape, value: Any) -> Iterator[tuple[tuple[str, ...], Shape, Any]]:  # noqa: ANN401 - any JSON
    """The members of a list or object: a name if it is free to choose, the shape, the value."""
    match shape:
        case Many(item):
            yield from (((), item, member) for member in value)
        case Table(_, part):
            yield from (((name,), part, member) for name, member in value.items())
        case Record(fields):
            stated = ((fields[name], m) for name, m in value.items() if m is not None)
            yield from (((), part, member) for part, member in stated)
        case _:
            return


def _all_texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    match value:
        case str():
            yield value
        case list():
            for member in value:
                yield from _all_texts(member)
        case dict():
            for name, member in value.items():
                yield name
                yield from _all_texts(member)
        case _:
            return
