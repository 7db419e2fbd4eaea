"""What SDKs add to an answer when they hand it back: it says nothing new, and is not sent."""

from __future__ import annotations

from typing import Any

from policy_router.wire.seeking import Visit, way
from policy_router.wire.shapes import Left, Record, Shape


def remover(shape: Shape) -> Visit | None:
    """What takes out of a value of `shape` what is to be left out; None if nothing can be."""
    return way(shape, _removing)


def _removing(shape: Shape) -> Visit | None:
    if not isinstance(shape, Record):
        return None
    names = [name for name, inner in shape.fields.items() if isinstance(inner, Left)]

    def remove(value: Any, _: set[str]) -> None:  # noqa: ANN401 - any JSON
        for name in names:
            value.pop(name, None)

    return remove if names else None
