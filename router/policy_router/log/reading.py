"""Reading a log: its records in order, as far as they follow on each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def ends_of(openings: list[Opening | None]) -> dict[int, int]:
    """Where segments end that have more bytes than were ever acknowledged."""
    known = (opening for opening in openings if opening is not None)
    return {part.segment: part.offset for opening in known for part in opening.abandoned}
