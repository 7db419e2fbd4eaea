"""Reading a log: its records in order, as far as they follow on each other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policy_router.log.line import read_line
from policy_router.log.recovery import LogDamaged
from policy_router.log.segment import (
    Opening,
    Tail,
    has_whole_line,
    opening_of,
    path_of,
    read_on,
    segments_in,
)


def records_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Every record that was kept, with its number `n`.

    Raises `LogDamaged` where lines do not follow on each other, after those that do. That nobody
    wrote all of it anew is for `verify` to say.
    """
    segments = segments_in(folder)
    openings = [opening_of(folder, segment) for segment in segments]
    ends = ends_of(openings)
    for segment, opening in zip(segments, openings, strict=True):
        path, tail = path_of(folder, segment), Tail() if opening is None else opening.before.copy()
        if opening is not None:
            yield from (json.loads(line) for line in read_on(path, tail, ends.get(segment)))
        if ends.get(segment) != tail.offset and has_whole_line(path, tail.offset):
            what = f"a line does not follow on record {tail.tree.size - 1}"
            raise LogDamaged(f"`{path.name}`, byte {tail.offset}: {what}")


def latest_records(folder: Path, most_bytes: int = 1_000_000) -> Iterator[dict[str, Any]]:
    """The whole records in the last `most_bytes` of a log's last segment, without any check."""
    for segment in segments_in(folder)[-1:]:
        with path_of(folder, segment).open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - most_bytes)
            file.seek(start)
            lines = file.read(most_bytes).split(b"\n")
        yield from (json.loads(line) for line in lines[start > 0 :] if read_line(line) is not None)


def ends_of(openings: list[Opening | None]) -> dict[int, int]:
    """Where segments end that have more bytes than were ever acknowledged."""
    known = (opening for opening in openings if opening is not None)
    return {part.segment: part.offset for opening in known for part in opening.abandoned}
