"""Reading a log: its records in order, as far as they follow on each other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policy_router.log.line import read_line
from policy_router.log.segment import Opening, opening_of, path_of, read_on, segments_in


def records_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Every record that was kept, with its number `n`; says nothing of what was changed.

    Where lines do not follow on each other, the rest of that segment is passed over.
    """
    openings = [opening_of(folder, segment) for segment in segments_in(folder)]
    ends = ends_of(openings)
    for opening in openings:
        if opening is not None:
            segment = opening.before.segment
            path = path_of(folder, segment)
            for line in read_on(path, opening.before.copy(), ends.get(segment)):
                yield json.loads(line)


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
