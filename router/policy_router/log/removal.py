"""What records of retention say of the segments that are gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policy_router.log.segment import LogUnreadable

RETENTION: Final = b'"kind":"retention"'
"""What the line of such a record holds."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What record `number` says of removed segments: up to `through`, with records before `first`.

    `root`: of the tree of those, in hexadecimal; None for what the record does not say. `at`: when
    it was kept, `before`: so old the records were at least.
    """

    number: int
    through: int
    first: int | None
    root: str | None
    at: str | None
    before: str | None


def removed_by(record: Mapping[str, Any], number: int) -> Removed | None:
    """What the record of retention `number` says was removed; None for any other record.

    Raises `LogUnreadable`, which names it, for one that says so in no way that can be read.
    """
    if record["kind"] != "retention":
        return None
    through, first = record.get("through"), record.get("first")
    texts = [record.get(name) for name in ("root", "recorded_at", "before")]
    whole = first is None or type(first) is int
    whole = whole and all(text is None or isinstance(text, str) for text in texts)
    if type(through) is not int or not whole:
        message = f"record {number} says that records were removed, and not which"
        raise LogUnreadable(message)
    return Removed(number, through, first, *texts)
