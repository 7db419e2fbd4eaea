"""The records of a log as those read them who look for calls in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from policy_router.audit.recorded import is_whole
from policy_router.log.reading import latest_records, records_in
from policy_router.log.segment import LogUnreadable


def records_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Every record of the log in `folder`, with its number `n`.

    Raises `LogDamaged` for a log that was changed, and `LogUnreadable`, which names it, for a
    record without what any of its kind has.
    """
    return _whole(records_in(folder))


def latest_of(folder: Path) -> Iterator[dict[str, Any]]:
    """The records at the end of it, without any other check."""
    return _whole(latest_records(folder))


def _whole(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for record in records:
        if not is_whole(record):
            message = f"record {record.get('n')} cannot be read: it lacks what its kind has"
            raise LogUnreadable(message)
        yield record
