"""What a call holds besides text, told from the shapes that declare it: wherever one admits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from policy_router.wire.shapes import (
    BY_TYPE,
    Either,
    Many,
    Number,
    Record,
    Shape,
    Spelled,
    Table,
    Tagged,
    chosen,
)

TOKENS: Final = "tokens"
"""A text that is given as the numbers of its tokens; no modality, as the model reads text."""

FILE: Final = "file"

Finder = Callable[[Any, set[str]], None]
"""Adds to a set what a value holds."""

_KINDS: Final = frozenset({"image", "audio", "video"})


def finder(shape: Shape) -> Finder | None:
    """What finds the modalities, and `TOKENS`, in a value of `shape`; None if it can have none.

    Made once for a shape, so that a call is only looked through where there can be something.
    """
    match shape:
        case Spelled(medium=str(medium)):
            return _typed if medium == BY_TYPE else _held(medium)
        case Number(token=True):
            return _held(TOKENS)
        case Many(item):
            return _in_list(finder(item))
        case Table(_, value):
            return _in_table(finder(value))
        case Record(fields):
            return _in_record(_finders(fields))
        case Tagged(_, variants):
            return _in_variant(shape, _finders(variants))
        case Either():
            return _in_either(shape)
        case _:
            return None


def modality_of(media_type: str) -> str:
    """The modality of a media type; what is neither image, audio nor video is a file."""
    kind = media_type.partition("/")[0].lower()
    return kind if kind in _KINDS else FILE


def _typed(value: str, found: set[str]) -> None:
    found.add(modality_of(value))


def _held(medium: str) -> Finder:
    return lambda _, found: found.add(medium)


def _finders(shapes: Mapping[str, Any]) -> dict[str, Finder]:
    made = {name: finder(shape) for name, shape in shapes.items()}
    return {name: find for name, find in made.items() if find is not None}


def _in_list(find: Finder | None) -> Finder | None:
    if find is None:
        return None

    def look(value: Any, found: set[str]) -> None:  # noqa: ANN401 - any JSON
        for member in value:
            find(member, found)

    return look


def _in_table(find: Finder | None) -> Finder | None:
    among = _in_list(find)
    return None if among is None else lambda value, found: among(value.values(), found)


def _in_record(finders: dict[str, Finder]) -> Finder | None:
    def look(value: Any, found: set[str]) -> None:  # noqa: ANN401 - any JSON
        for name, find in finders.items():
            if value.get(name) is not None:
                find(value[name], found)

    return look if finders else None


def _in_variant(shape: Tagged, finders: dict[str, Finder]) -> Finder | None:
    def look(value: Any, found: set[str]) -> None:  # noqa: ANN401 - any JSON
        find = finders.get(value.get(shape.tag, shape.default))
        if find is not None:
            find(value, found)

    return look if finders else None


def _in_either(shape: Either) -> Finder | None:
    made = [(each, finder(each)) for each in (shape.text, shape.nested, shape.number) if each]

    def look(value: Any, found: set[str]) -> None:  # noqa: ANN401 - any JSON
        wanted = chosen(shape, value)
        for each, find in made:
            if each is wanted and find is not None:
                find(value, found)

    return look if any(find is not None for _, find in made) else None
