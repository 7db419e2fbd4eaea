"""Every place of an operation's body, with a body that says something there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy_router.wire.openai_parameters import CHAT_COMPLETIONS
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Free,
    Inert,
    Left,
    Many,
    Never,
    Number,
    Record,
    Shape,
    Spelled,
    Table,
    Tagged,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A leaf of the shape: where it is, what it is, and how to build a value around it."""

    path: str
    leaf: Shape
    steps: tuple[tuple[Shape, str], ...]

    @property
    def why_inert(self) -> str | None:
        """Why any name may stand here; None where it may not."""
        return getattr(self.leaf, "why", None) if not isinstance(self.leaf, Never) else None

    def body(self, value: object) -> dict[str, Any]:
        """A call that says `value` here, and nothing else beyond what must be said."""
        for shape, name in reversed(self.steps):
            value = _around(shape, name, value)
        assert isinstance(value, dict)
        return value


def places(
    shape: Shape = CHAT_COMPLETIONS, path: str = "", steps: tuple[tuple[Shape, str], ...] = ()
) -> Iterator[Place]:
    """Every leaf below `shape`."""
    match shape:
        case Record(fields):
            for name, inner in fields.items():
                yield from places(inner, f"{path}.{name}".strip("."), (*steps, (shape, name)))
        case Tagged():
            yield from _of_variants(shape, path, steps)
        case Many(item):
            yield from places(item, f"{path}[]", (*steps, (shape, "")))
        case Table(_, inner):
            yield from places(inner, f"{path}.*", (*steps, (shape, "")))
        case Either(text, nested):
            yield from places(text, path, steps)
            yield from places(nested, path, steps)
        case _:
            yield Place(path, shape, steps)


def _of_variants(shape: Tagged, path: str, steps: tuple[tuple[Shape, str], ...]) -> Iterator[Place]:
    for said, variant in shape.variants.items():
        here = f"{path}<{said}>"
        for place in places(variant, here, (*steps, (shape, said))):
            if place.path != f"{here}.{shape.tag}":
                yield place


def example(shape: Shape) -> Any:  # noqa: ANN401, C901, PLR0911 - one case a shape
    """The least that has this shape."""
    match shape:
        case Inert():
            return "text"
        case Free() | Table():
            return {}
        case Choice(values):
            return min(values)
        case Flag(only):
            return only is not False
        case Spelled(pattern):
            forms = ("data:a/b;base64,AAAA", "AAAA", "name", "image/png", "1s", "en")
            return next(v for v in forms if pattern.fullmatch(v))
        case Number():
            return 1
        case Never() | Left():
            return None
        case Many(item):
            return [example(item)]
        case Record(fields, required):
            return {name: example(fields[name]) for name in sorted(required)}
        case Tagged(tag, variants):
            said = min(n for n, v in variants.items() if not isinstance(v, Never))
            return {**example(variants[said]), tag: said}
        case Either(text):
            return example(text)


def _around(shape: Shape, name: str, value: object) -> object:
    match shape:
        case Record():
            return {**example(shape), name: value}
        case Tagged(tag):
            said = value if isinstance(value, dict) else {}
            return {**said, tag: name}
        case Many():
            return [value]
        case Table(pattern):
            key = next(k for k in ("1", "key", "user_id") if pattern.fullmatch(k))
            return {key: value}
        case _:
            raise TypeError(shape)
