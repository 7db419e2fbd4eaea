"""Rows of a catalogue, each read on its own: one that is wrong is set aside, the others stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from policy_router.registry.importers.drafts import Quarantined
from policy_router.registry.importers.refusal import BadRow, ImportRefused

T = TypeVar("T")

Named = tuple[str, object]
"""A row, and what it is called in reports of it."""


def each(
    rows: Iterable[Named], read: Callable[[Mapping[str, Any]], Iterable[T]]
) -> tuple[tuple[T, ...], tuple[Quarantined, ...]]:
    """What `read` makes of every row, and the rows it could not read."""
    found: list[T] = []
    aside: list[Quarantined] = []
    for key, row in rows:
        try:
            found += read(_object(row))
        except BadRow as bad:
            aside.append(Quarantined(key, bad.code, bad.message))
    return tuple(found), tuple(aside)


def _object(row: object) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise BadRow("IMP201", "the row is not an object")
    return row


def under(data: object, *keys: str) -> list[Any]:
    """The list under the one of `keys` that an object has it under.

    Raises `ImportRefused` where there is none, and where there are several: which of them is meant
    nobody could tell.
    """
    held = data if isinstance(data, dict) else {}
    found = {key: held[key] for key in keys if isinstance(held.get(key), list)}
    if len(found) > 1:
        several = " and ".join(f"`{key}`" for key in found)
        raise ImportRefused("IMP107", f"there is a list under each of {several}")
    if not found:
        names = " or ".join(f"`{key}`" for key in keys)
        raise ImportRefused("IMP107", f"there is no list under {names}")
    return next(iter(found.values()))


def named(rows: Iterable[object], *keys: str) -> Iterable[Named]:
    """Rows by what they call themselves under the first of `keys`, else by their place."""
    for number, row in enumerate(rows, start=1):
        said = [row.get(key) for key in keys] if isinstance(row, dict) else []
        names = (name for name in said if isinstance(name, str) and name)
        yield next(names, f"row {number}"), row
