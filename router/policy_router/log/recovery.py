"""Finding the end of a log after anything may have happened to the one who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from policy_router.log.checkpoint import Checkpoint, read_checkpoint
from policy_router.log.segment import (
    Abandoned,
    LogDamaged,
    Opening,
    Tail,
    opening_of,
    path_of,
    read_on,
    segments_in,
    unfinished,
)


@dataclass(frozen=True, slots=True)
class Found:
    """The end of a log; `abandoned`: bytes behind it that no record is in.

    `log`: the origin it names itself by, None for a log that has no whole segment yet.
    """

    tail: Tail
    abandoned: tuple[Abandoned, ...]
    log: str | None


def find_end(folder: Path, checkpoints: Path) -> Found:
    """The end of the log in `folder`.

    Part of a line behind those that follow on each other was never acknowledged, unless a
    checkpoint covers it. Raises `LogDamaged` if one does, or does not have the root it has, and
    for a whole line that does not follow.
    """
    present, newest = segments_in(folder), last_checkpoint(checkpoints)
    abandoned: list[Abandoned] = []
    for segment in reversed(present):
        opening = opening_of(folder, segment)
        if opening is None:
            abandoned.append(_torn(folder, segment, 0))
            continue
        tail = _scanned(folder, opening, newest)
        if path_of(folder, segment).stat().st_size > tail.offset:
            abandoned.append(_torn(folder, segment, tail.offset))
        tail.segment = present[-1]
        return Found(tail, tuple(reversed(abandoned)), opening.log)
    if newest is not None:
        raise LogDamaged(f"{newest.size} records were kept, and no segment of them is there")
    return Found(Tail(present[-1] if present else 0), tuple(reversed(abandoned)), None)


def _torn(folder: Path, segment: int, offset: int) -> Abandoned:
    """The end of a segment that holds part of a line; raises `LogDamaged` for a whole one."""
    path = path_of(folder, segment)
    if unfinished(path, offset) is None:
        raise LogDamaged(f"`{path.name}`, byte {offset}: a line does not follow on those before it")
    return Abandoned(segment, offset)


def follow(folder: Path, known: Found) -> Found | None:
    """The end of a log that others may have added to in its last segment, from where it was known.

    None if there is more to look at than that.
    """
    tail = known.tail.copy()
    path = path_of(folder, tail.segment)
    if known.abandoned or not path.exists() or path_of(folder, tail.segment + 1).exists():
        return None
    for _ in read_on(path, tail):
        pass
    return Found(tail, (), known.log) if path.stat().st_size == tail.offset else None


def last_checkpoint(path: Path) -> Checkpoint | None:
    """The newest whole checkpoint of a file of them; None if there is none."""
    if not path.exists():
        return None
    lines = reversed(path.read_bytes().split(b"\n"))
    return next((found for found in map(read_checkpoint, lines) if found is not None), None)


def _check(tail: Tail, kept: Checkpoint) -> None:
    if tail.tree.root() != kept.root:
        raise LogDamaged(f"the first {kept.size} records are not those that were kept")


def _scanned(folder: Path, opening: Opening, newest: Checkpoint | None) -> Tail:
    """The end of a segment; raises `LogDamaged` if it holds other records than were kept."""
    tail = opening.before.copy()
    path = path_of(folder, tail.segment)
    for _ in read_on(path, tail):
        if newest is not None and newest.size == tail.tree.size:
            _check(tail, newest)
    if newest is not None and tail.tree.size < newest.size:
        message = f"{newest.size} records were kept, and `{path.name}` ends after {tail.tree.size}"
        raise LogDamaged(message)
    return tail
