"""Records with places left blank: one that differs from another there alone is not made anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from policy_router.audit.record import Record
from policy_router.log.line import Written, packed

Places = Mapping[str, tuple[str, ...]]
"""What is left blank, by name: the names that lead to it, from the outermost in."""

_SHARED: Final = ("kind", "observed", "admitted", "refused", "attempt", "route", "ending")
_MORE_SHARED: Final = ("attestation",)


class Blank:
    """A record to be filled in at `places`, each of which holds a text or a whole number."""

    def __init__(self, record: Record, places: Places) -> None:
        self._known = {name: record[name] for name in (*_SHARED, *_MORE_SHARED) if name in record}
        self._parts, self._names = _around_blanks(record, places)

    def filled(self, values: Mapping[str, str]) -> Written:
        """The record with these values, which need no escaping in JSON, in its places."""
        parts = self._parts.copy()
        parts[1::2] = [values[name] for name in self._names]
        return Written("".join(parts).encode("ascii"), self._known)


def _around_blanks(record: Record, places: Places) -> tuple[list[str], list[str]]:
    """The record as packed, cut up so that each place is a part of its own, and their names."""
    marked: Any = record
    marks: dict[str, str] = {}
    for name, path in places.items():
        mark = uuid4().hex
        marked = _put(marked, path, mark)
        marks[mark if isinstance(_at(record, path), str) else f'"{mark}"'] = name
    parts = re.split(f"({'|'.join(marks)})", packed(marked).decode("ascii"))
    return parts, [marks[mark] for mark in parts[1::2]]


def _at(record: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    for name in path:
        record = record[name]
    return record


def _put(record: Any, path: tuple[str, ...], mark: str) -> Any:  # noqa: ANN401 - any JSON
    if not path:
        return mark
    return {**record, path[0]: _put(record[path[0]], path[1:], mark)}
