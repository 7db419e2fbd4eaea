"""The records of a log as those read them who look for calls in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from policy_router.audit.record_shape import is_deep, is_shaped
from policy_router.audit.recorded import Data, is_whole
from policy_router.log.reading import latest_records, records_in
from policy_router.log.segment import LogUnreadable


def records_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Every record of the log in `folder`, with its number `n`.

    Raises `LogDamaged` for a log that was changed, and `LogUnreadable`, which names it, for a
    record without what any of its kind has.
    """
    return whole(records_in(folder))


def latest_of(folder: Path) -> Iterator[dict[str, Any]]:
    """The records at the end of it, without any other check."""
    return whole(latest_records(folder))


def shaped(records: Iterable[Data]) -> Iterator[Data]:
    """The same records, of which more is read than of all of them.

    Raises `LogUnreadable` for one that does not hold what its kind does.
    """
    for record in records:
        if not is_shaped(record):
            message = f"record {record.get('n')} cannot be read: it is not what its kind holds"
            raise LogUnreadable(message)
        yield record


def shallow(records: Iterable[Data]) -> Iterator[Data]:
    """The same records, for those who say themselves what one lacks.

    Raises `LogUnreadable` for one that is nested as no record is.
    """
    for record in records:
        if is_deep(record):
            raise LogUnreadable(f"record {record.get('n')} cannot be read: it is nested too deep")
        yield record


def whole(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same records. Raises `LogUnreadable` for one without what is read of any of its kind."""
    for record in records:
        if not is_whole(record):
            message = f"record {record.get('n')} cannot be read: it lacks what its kind has"
            raise LogUnreadable(message)
        yield record
