"""Ways into the values of a shape: straight to the places that matter, past all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policy_router.wire.shapes import Either, Many, Record, Shape, Table, Tagged, chosen

Visit = Callable[[Any, set[str]], None]
"""Does something with a value that has its shape, and may note something."""


def way(shape: Shape, to: Callable[[Shape], Visit | None]) -> Visit | None:
    """What makes the visits in a value of `shape` that are due there; None if there can be none.

    `to`: the visit that is due at a value of a shape, None if none is. It is asked once for each
    shape, so that of a value only what can be visited is looked at.
    """
    here, below = to(shape), _below(shape, to)
    if here is None or below is None:
        return here or below

    def both(value: Any, noted: set[str]) -> None:  # noqa: ANN401 - any JSON
        here(value, noted)
        below(value, noted)

    return both


def _below(shape: Shape, to: Callable[[Shape], Visit | None]) -> Visit | None:
    match shape:
        case Many(item):
            return _in_list(way(item, to))
        case Table(_, value):
            return _in_table(way(value, to))
        case Record(fields):
            return _in_record(_ways(fields, to))
        case Tagged(_, variants):
            return _in_variant(shape, _ways(variants, to))
        case Either():
            return _in_either(shape, to)
        case _:
            return None


def _ways(shapes: Mapping[str, Any], to: Callable[[Shape], Visit | None]) -> dict[str, Visit]:
    made = {name: way(shape, to) for name, shape in shapes.items()}
    return {name: visit for name, visit in made.items() if visit is not None}


def _in_list(visit: Visit | None) -> Visit | None:
    if visit is None:
        return None

    def each(value: Any, noted: set[str]) -> None:  # noqa: ANN401 - any JSON
        for member in value:
            visit(member, noted)

    return each


def _in_table(visit: Visit | None) -> Visit | None:
    each = _in_list(visit)
    return None if each is None else lambda value, noted: each(value.values(), noted)


def _in_record(visits: dict[str, Visit]) -> Visit | None:
    def some(value: Any, noted: set[str]) -> None:  # noqa: ANN401 - any JSON
        for name, visit in visits.items():
            if value.get(name) is not None:
                visit(value[name], noted)

    return some if visits else None


def _in_variant(shape: Tagged, visits: dict[str, Visit]) -> Visit | None:
    def one(value: Any, noted: set[str]) -> None:  # noqa: ANN401 - any JSON
        visit = visits.get(value.get(shape.tag, shape.default))
        if visit is not None:
            visit(value, noted)

    return one if visits else None


def _in_either(shape: Either, to: Callable[[Shape], Visit | None]) -> Visit | None:
    made = [(each, way(each, to)) for each in (shape.text, shape.nested, shape.number) if each]

    def one(value: Any, noted: set[str]) -> None:  # noqa: ANN401 - any JSON
        wanted = chosen(shape, value)
        for each, visit in made:
            if each is wanted and visit is not None:
                visit(value, noted)

    return one if any(visit is not None for _, visit in made) else None
