"""Reading a log: its records in order, as far as they follow on each other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any, Final

from policy_router.log.line import MOST_BYTES, read_line
from policy_router.log.segment import (
    LogDamaged,
    LogUnreadable,
    Opening,
    begins_otherwise,
    opening_of,
    path_of,
    read_all,
    segments_in,
)


def records_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Every record that was kept, with its number `n`; others may add to the log meanwhile.

    Raises `LogDamaged` where lines do not follow on each other, after those that do. That nobody
    wrote all of it anew is for `verify` to say.
    """
    return map(read_record, lines_in(folder))


def read_record(line: bytes) -> dict[str, Any]:
    """The record of a line; raises `LogUnreadable`, which names it, for what is none.

    None is what is larger than a log keeps, states a name twice, or holds a number that is none.
    """
    try:
        record = None if len(line) > MOST_BYTES else _STRICT.decode(line.decode())
        if isinstance(record, dict) and isinstance(record.get("kind"), str):
            return record
    except (ValueError, RecursionError):
        pass
    place = read_line(line)
    number = "of unknown number" if place is None else str(place.number)
    raise LogUnreadable(
        f"record {number} cannot be read: it is no JSON object with a `kind`, in which each name "
        f"stands once and which has {MOST_BYTES >> 20} MiB at most"
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(pairs)
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite
)


def lines_in(folder: Path, since: int = 0) -> Iterator[bytes]:
    """The lines of the same records, from the segment `since` on."""
    segments = [segment for segment in segments_in(folder) if segment >= since]
    openings = [opening_of(folder, segment) for segment in segments]
    ends = ends_of(openings)
    for segment, opening in zip(segments, openings, strict=True):
        path, end = path_of(folder, segment), ends.get(segment)
        if opening is not None:
            yield from read_all(path, opening.before.copy(), end)
        elif end != 0 and begins_otherwise(folder, segment):
            raise LogDamaged(f"`{path.name}`: its first line does not begin a segment")


def latest_records(folder: Path, most_bytes: int = 1_000_000) -> Iterator[dict[str, Any]]:
    """The whole records in the last `most_bytes` of a log's last segment, without any check."""
    for segment in segments_in(folder)[-1:]:
        with path_of(folder, segment).open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - most_bytes)
            file.seek(start)
            lines = file.read(most_bytes).split(b"\n")
        whole = (line for line in lines[start > 0 :] if read_line(line) is not None)
        yield from map(read_record, whole)


def ends_of(openings: list[Opening | None]) -> dict[int, int]:
    """Where segments end that have more bytes than were ever acknowledged."""
    known = (opening for opening in openings if opening is not None)
    return {part.segment: part.offset for opening in known for part in opening.abandoned}
