"""The texts of a call: all that a model, or whoever is told of the call, may read as language."""

from __future__ import annotations

from typing import Any, assert_never

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


def _gather(shape: Shape, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    match shape:
        case Inert():
            found.append(value)
        case Free():
            _gather_all(value, found)
        case Either():
            _gather(chosen(shape, value), value, found)
        case Tagged(tag, variants, default):
            _gather(variants[value.get(tag, default)], value, found)
        case Record() | Many() | Table():
            _gather_inside(shape, value, found)
        case _:
            return


def _gather_inside(shape: Record | Many | Table, value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    match shape:
        case Record(fields):
            for name, member in value.items():
                if member is not None:
                    _gather(fields[name], member, found)
        case Many(item):
            for member in value:
                _gather(item, member, found)
        case Table(_, part):
            for name, member in value.items():
                found.append(name)
                _gather(part, member, found)
        case _:
            assert_never(shape)


def _gather_all(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    match value:
        case str():
            found.append(value)
        case list():
            for member in value:
                _gather_all(member, found)
        case dict():
            for name, member in value.items():
                found.append(name)
                _gather_all(member, found)
        case _:
            return
