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


def under(data: object, key: str) -> list[Any]:
    """The list under `key` of an object; raises `ImportRefused` where there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise ImportRefused("IMP107", f"there is no list `{key}`")
    return found


def named(rows: Iterable[object], *keys: str) -> Iterable[Named]:
    """Rows by what they call themselves under the first of `keys`, else by their place."""
    for number, row in enumerate(rows, start=1):
        said = [row.get(key) for key in keys] if isinstance(row, dict) else []
        names = (name for name in said if isinstance(name, str) and name)
        yield next(names, f"row {number}"), row
