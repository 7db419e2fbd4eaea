"""Removing the oldest segments of a log, once a record in it says so.

Whole segments go, and only those of which every record is older than an instant; the one that is
being written never does. What stays says how many records went and what the root of their tree
was, and checkpoints that covered them stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from policy_router.log.folder import sync_folder
from policy_router.log.reading import ends_of, read_record
from policy_router.log.segment import (
    LogDamaged,
    LogUnreadable,
    Opening,
    Tail,
    opening_of,
    path_of,
    read_all,
    segments_in,
)

_INSTANTS: Final = ("recorded_at", "at")
"""Where records say when they were kept; segments' first lines in the last of these."""


@dataclass(frozen=True, slots=True)
class Removable:
    """Segments of which all is older than asked: up to `through`, with the records before `first`.

    `root`: of the tree of those records, in hexadecimal. `begin`, `end`: when the first and the
    last of them were kept. `segments`: how many are there still; `size`: of these, in bytes.
    """

    through: int
    first: int
    root: str
    begin: datetime
    end: datetime
    segments: int
    size: int


@dataclass(frozen=True, slots=True)
class _Old:
    segment: int
    begin: datetime
    end: datetime


def removable(folder: Path, before: datetime) -> Removable | None:
    """The oldest segments of which every record was kept before an instant; None if there is none.

    Raises `LogDamaged` where the lines of one do not follow on each other: a log that is not what
    it was is left as it is.
    """
    present = segments_in(folder)
    openings = {segment: opening_of(folder, segment) for segment in present}
    old = list(_older(folder, present, openings, before))
    while old:
        stays = openings[present[len(old)]]
        if stays is not None:
            return _removable(folder, old, stays)
        old.pop()
    return None


def _older(
    folder: Path, present: Sequence[int], openings: dict[int, Opening | None], before: datetime
) -> Iterator[_Old]:
    """The first segments, as long as they are old, without the last one."""
    ends = ends_of(list(openings.values()))
    for segment, following in pairwise(present):
        opening = openings[segment]
        if opening is None:
            return
        tail = opening.before.copy()
        lines = read_all(path_of(folder, segment), tail, ends.get(segment))
        instants = [_instant(line) for line in lines]
        if max(instants) >= before:
            return
        _check_follows(openings[following], tail)
        yield _Old(segment, min(instants), max(instants))


def _check_follows(opening: Opening | None, tail: Tail) -> None:
    """Raise `LogDamaged` if a segment does not follow on the last record of the one before."""
    if opening is not None and (opening.before.tree.size, opening.before.last) != (
        tail.tree.size,
        tail.last,
    ):
        raise LogDamaged(
            f"segment {opening.before.segment} follows on another record than is there"
        )


def _instant(line: bytes) -> datetime:
    """When a record was kept; one that does not say is as young as can be.

    Raises `LogUnreadable`, which names it.
    """
    record = read_record(line)
    text = next((record[name] for name in _INSTANTS if name in record), None)
    if text is None:
        return _NEVER
    instant = None
    with suppress(TypeError, ValueError):
        instant = datetime.fromisoformat(text)
    if instant is None or instant.tzinfo is None:
        message = f"record {record.get('n')} cannot be read: it was kept at no instant"
        raise LogUnreadable(message)
    return instant


_NEVER: Final = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


def _removable(folder: Path, old: Sequence[_Old], stays: Opening) -> Removable:
    tree = stays.before.tree
    return Removable(
        through=old[-1].segment,
        first=tree.size,
        root=tree.root().hex(),
        begin=min(each.begin for each in old),
        end=max(each.end for each in old),
        segments=len(old),
        size=sum(path_of(folder, each.segment).stat().st_size for each in old),
    )


def remove_segments(folder: Path, through: int) -> None:
    """Remove the segments up to `through`, the oldest first, so that what stays follows on.

    Only once a record that says so is kept: whatever cuts this short, the log verifies.
    """
    for segment in segments_in(folder):
        if segment <= through:
            path_of(folder, segment).unlink(missing_ok=True)
            sync_folder(folder)
