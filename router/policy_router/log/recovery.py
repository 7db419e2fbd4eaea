"""Finding the end of a log after anything may have happened to the one who wrote it.

Whoever goes on with a log signs what is there. So the newest checkpoints that vouch for it are
looked at first: the records they are of must be there, and nothing before them may be gone that no
record under them says was removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_router.log.checkpoint import Checkpoint
from policy_router.log.reading import ends_of, read_record
from policy_router.log.removal import RETENTION, removed_by
from policy_router.log.segment import (
    Abandoned,
    LogDamaged,
    Opening,
    Tail,
    opening_of,
    path_of,
    read_all,
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


def find_end(folder: Path, vouching: Sequence[Checkpoint]) -> Found:
    """The end of the log in `folder`, which goes on from each of the checkpoints `vouching`.

    Part of a line behind those that follow on each other was never acknowledged, unless a
    checkpoint covers it. Raises `LogDamaged` if one does, or is of other records than are there,
    and for a whole line that does not follow.
    """
    present = segments_in(folder)
    openings: list[Opening] = []
    abandoned: list[Abandoned] = []
    oldest = min((each.size for each in vouching), default=None)
    for segment in reversed(present):
        opening = opening_of(folder, segment)
        if opening is not None:
            openings.insert(0, opening)
            if oldest is None or opening.before.tree.size <= oldest:
                break
        elif not openings:
            abandoned.insert(0, _torn(folder, segment, 0))
    if not openings:
        if vouching:
            most = max(each.size for each in vouching)
            raise LogDamaged(f"{most} records were kept, and no segment of them is there")
        return Found(Tail(present[-1] if present else 0), tuple(abandoned), None)
    tail = _followed(folder, openings, vouching)
    if path_of(folder, tail.segment).stat().st_size > tail.offset:
        abandoned.insert(0, _torn(folder, tail.segment, tail.offset))
    tail.segment = present[-1]
    return Found(tail, tuple(abandoned), openings[-1].log)


def _torn(folder: Path, segment: int, offset: int) -> Abandoned:
    """The end of a segment that holds part of a line; raises `LogDamaged` for a whole one."""
    path = path_of(folder, segment)
    if unfinished(path, offset) is None:
        raise LogDamaged(f"`{path.name}`, byte {offset}: a line does not follow on those before it")
    return Abandoned(segment, offset)


def _followed(folder: Path, openings: Sequence[Opening], vouching: Sequence[Checkpoint]) -> Tail:
    """The end of the last of some segments that follow on each other, as `vouching` knows them."""
    last, ends = openings[-1].before.segment, ends_of(list(openings))
    tail: Tail | None = None
    roots: dict[int, bytes | None] = dict.fromkeys(each.size for each in vouching)
    for opening in openings:
        before = opening.before
        segment = before.segment
        if tail is not None and (before.tree.size, before.last) != (tail.tree.size, tail.last):
            raise LogDamaged(f"`{path_of(folder, segment).name}` follows on other records")
        tail = before.copy()
        _note(roots, tail)
        end = ends.get(segment)
        for _ in read_on(path_of(folder, segment), tail, end):
            _note(roots, tail)
        rest = path_of(folder, segment).stat().st_size - tail.offset
        if rest and segment != last and tail.offset != end:
            what = "a line does not follow on those before it"
            raise LogDamaged(f"`{path_of(folder, segment).name}`, byte {tail.offset}: {what}")
    assert tail is not None  # noqa: S101 - there is a segment
    for each in vouching:
        _check(each, openings[-1].log, roots[each.size], tail)
    return tail


def _note(roots: dict[int, bytes | None], tail: Tail) -> None:
    if tail.tree.size in roots:
        roots[tail.tree.size] = tail.tree.root()


def _check(kept: Checkpoint, log: str, root: bytes | None, tail: Tail) -> None:
    """Raise `LogDamaged` if a checkpoint is not of the records that are there."""
    if tail.tree.size < kept.size:
        name = path_of(Path(), tail.segment).name
        raise LogDamaged(f"{kept.size} records were kept, and `{name}` ends after {tail.tree.size}")
    if root != kept.root or kept.log != log:
        raise LogDamaged(f"the first {kept.size} records are not those that were kept")


def first_of(folder: Path) -> Opening | None:
    """The first segment that is there; None if there is none that is whole."""
    found = (opening_of(folder, segment) for segment in segments_in(folder))
    return next((opening for opening in found if opening is not None), None)


def check_beginning(folder: Path, first: Opening, covered: int) -> None:
    """Raise `LogDamaged` if what is gone is not what a record says that was removed.

    The record is one of the first `covered`. The newest is looked for first: it is the one.
    """
    number, segment = first.before.tree.size, first.before.segment
    for record in _removals(folder, covered):
        said = removed_by(*record)
        if said is not None and said.through >= segment - 1:
            return
    what = f"records 0 to {number - 1} are gone, and no record that a checkpoint covers says why"
    raise LogDamaged(what)


def _removals(folder: Path, covered: int) -> Iterator[tuple[dict[str, object], int]]:
    """The records of retention among the first `covered`, segment by segment from the last one."""
    openings = [opening_of(folder, segment) for segment in segments_in(folder)]
    ends = ends_of(openings)
    for opening in reversed(openings):
        if opening is None or opening.before.tree.size >= covered:
            continue
        tail, segment = opening.before.copy(), opening.before.segment
        for line in read_all(path_of(folder, segment), tail, ends.get(segment)):
            if RETENTION in line and tail.tree.size <= covered:
                yield read_record(line), tail.tree.size - 1


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
