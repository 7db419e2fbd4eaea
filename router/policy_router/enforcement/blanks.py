"""Records with places left blank: one that differs from another there alone is not made anew."""

from __future__ import annotations

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
        self._text = _with_blanks(record, places)

    def filled(self, values: Mapping[str, str | int]) -> Written:
        """The record with these values, which need no escaping in JSON, in its places."""
        return Written((self._text % values).encode("ascii"), self._known)


def _with_blanks(record: Record, places: Places) -> str:
    """The record as packed, with `%(name)s` in each place and every other `%` doubled."""
    marks = {name: uuid4().hex for name in places}
    marked: Any = record
    for name, path in places.items():
        marked = _put(marked, path, marks[name])
    text = packed(marked).decode("ascii").replace("%", "%%")
    for name, path in places.items():
        is_text = isinstance(_at(record, path), str)
        mark = marks[name] if is_text else f'"{marks[name]}"'
        text = text.replace(mark, f"%({name})s")
    return text


def _at(record: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    for name in path:
        record = record[name]
    return record


def _put(record: Any, path: tuple[str, ...], mark: str) -> Any:  # noqa: ANN401 - any JSON
    if not path:
        return mark
    return {**record, path[0]: _put(record[path[0]], path[1:], mark)}
