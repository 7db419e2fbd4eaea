"""Verifying a log: every record that was kept is there as it was, in its place, or it is named.

What can be told, and no more: lines follow on each other by their hashes; roots of checkpoints,
the log's own and those that were sent elsewhere (an anchor), are those of the records that are
there. Whoever holds the folder can write a log anew that follows on itself; only a checkpoint
that is out of reach of that person tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from policy_router.log.checkpoint import Checkpoint, read_checkpoint
from policy_router.log.reading import ends_of
from policy_router.log.segment import (
    Abandoned,
    LogDamaged,
    Opening,
    Tail,
    begins_otherwise,
    opening_of,
    path_of,
    read_all,
    segments_in,
    unfinished,
)
from policy_router.log.writer import CHECKPOINTS

IsSigned = Callable[[Checkpoint], bool]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at the first place where anything is.

    `number`: of the first record that is not proven to be what was kept.
    """

    number: int
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Removed:
    """What record `number` says of removed segments: up to `through`, with records before `first`.

    `root`: of the tree of those, in hexadecimal; None for what the record does not say. `at`: when
    it was kept, `before`: so old the records were at least.
    """

    number: int
    through: int
    first: int | None
    root: str | None
    at: str | None
    before: str | None


@dataclass(slots=True)
class Verified:
    """What was found; without a `problem` all records are what was kept, as far as that tells.

    `records` were read, from number `first` on. `covered`: records that the log's own checkpoints
    cover; `anchored`: that those of the anchor cover. `keys`: who signed. `abandoned`: ends of
    segments that hold no record, in bytes; the last one may be a torn tail. `removals`: what the
    records that are there say of those that are not.
    """

    log: str | None = None
    first: int = 0
    records: int = 0
    segments: int = 0
    covered: int = 0
    anchored: int = 0
    keys: set[str] = field(default_factory=set)
    abandoned: dict[Abandoned, int] = field(default_factory=dict)
    removals: list[Removed] = field(default_factory=list)
    problem: Problem | None = None


def checkpoints_in(path: Path) -> list[Checkpoint]:
    """The whole checkpoints of a file; a line that a crash cut short is none."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return [found for found in map(read_checkpoint, lines) if found is not None]


def verify(
    folder: Path,
    anchor: Iterable[Checkpoint] = (),
    is_signed: IsSigned | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verified:
    """Read the whole log in `folder` and compare it with its checkpoints, and with `anchor`.

    `is_signed`: whether a signature holds, and is by a key that is trusted; None for a log whose
    checkpoints are not signed. `progress` is told the number of records, now and then.
    """
    return _Verification(folder, list(anchor), is_signed, progress).result()


class _Wrong(Exception):
    def __init__(self, number: int, where: str, what: str) -> None:
        super().__init__(what)
        self.problem = Problem(number, where, what)


_OFTEN = 10_000


def removed_by(line: bytes) -> Removed | None:
    """What a record of retention says was removed; None for any other record."""
    record = json.loads(line)
    through = record.get("through")
    if record["kind"] != "retention" or not isinstance(through, int):
        return None
    said = (record.get(name) for name in ("first", "root", "recorded_at", "before"))
    return Removed(record["n"], through, *said)


class _Verification:
    def __init__(
        self,
        folder: Path,
        anchor: list[Checkpoint],
        is_signed: IsSigned | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._folder = folder
        self._anchor = anchor
        self._own = checkpoints_in(folder / CHECKPOINTS)
        self._is_signed = is_signed
        self._progress = progress
        self._found = Verified()
        self._roots: dict[int, bytes] = {}
        self._wanted = {c.size for c in (*self._own, *anchor)}

    def result(self) -> Verified:
        try:
            self._read_all()
            self._compare(self._own, f"`{CHECKPOINTS}`")
            self._compare(self._anchor, "the anchor")
            self._found.covered = max((c.size for c in self._own), default=0)
            self._found.anchored = max((c.size for c in self._anchor), default=0)
        except _Wrong as wrong:
            self._found.problem = wrong.problem
        return self._found

    # ---- the records ----

    def _read_all(self) -> None:
        present = segments_in(self._folder)
        openings = {segment: opening_of(self._folder, segment) for segment in present}
        ends = ends_of(list(openings.values()))
        tail: Tail | None = None
        for segment in present:
            opening = openings[segment]
            if opening is None:
                self._pass_over(segment, ends.get(segment), is_last=segment == present[-1])
                continue
            tail = self._opened(opening, tail, segment)
            self._found.segments += 1
            self._read(segment, tail, ends.get(segment), is_last=segment == present[-1])
        if self._found.first:
            self._check_removed(present[0], openings[present[0]])

    def _check_removed(self, first: int, opening: Opening | None) -> None:
        """Whether what is gone before the segment `first` is what records say was removed."""
        number, removals = self._found.first, self._found.removals
        if max((r.through for r in removals), default=0) < first - 1:
            what = f"records 0 to {number - 1} are gone, and no record says why"
            raise _Wrong(0, self._name(first), what)
        root = None if opening is None else opening.before.tree.root().hex()
        for said in removals:
            is_other = (said.first, said.root) not in {(number, root), (None, None)}
            if said.through == first - 1 and is_other:
                what = f"the segment follows on other records than record {said.number} says went"
                raise _Wrong(0, self._name(first), what)

    def _pass_over(self, segment: int, end: int | None, *, is_last: bool) -> None:
        """A segment without a whole first line: only one that is said to be, or the last."""
        if end != 0 and (not is_last or begins_otherwise(self._folder, segment)):
            raise _Wrong(self._next, self._name(segment), "it does not begin as a segment does")
        self._leave(Abandoned(segment, 0), end)

    def _opened(self, opening: Opening, tail: Tail | None, segment: int) -> Tail:
        before = opening.before
        if tail is None:
            self._found.log, self._found.first = opening.log, before.tree.size
            self._found.records = 0
            self._note(before)
            return before.copy()
        same = (before.tree.size, before.tree.edge, before.last, opening.log)
        if same != (tail.tree.size, tail.tree.edge, tail.last, self._found.log):
            what = f"it follows on record {before.tree.size - 1}, the segment before ends elsewhere"
            raise _Wrong(self._next, self._name(segment), what)
        return before.copy()

    def _read(self, segment: int, tail: Tail, end: int | None, *, is_last: bool) -> None:
        path = path_of(self._folder, segment)
        try:
            for line in read_all(path, tail, end):
                self._note(tail)
                if _RETENTION in line and (said := removed_by(line)) is not None:
                    self._found.removals.append(said)
            is_broken = False
        except LogDamaged:
            is_broken = True
        self._found.records = tail.tree.size - self._found.first
        rest = self._leave(Abandoned(segment, tail.offset), end)
        if is_broken or (rest and end != tail.offset and not is_last):
            raise _Wrong(self._next, f"{self._name(segment)}, byte {tail.offset}", _BROKEN)

    def _note(self, tail: Tail) -> None:
        size = tail.tree.size
        if size in self._wanted:
            self._roots[size] = tail.tree.root()
        if self._progress is not None and size % _OFTEN == 0:
            self._progress(size)

    def _leave(self, part: Abandoned, end: int | None) -> int:
        """Note what is behind a segment's records, and say how much; lines that are new are not."""
        path = path_of(self._folder, part.segment)
        if part.offset == end:
            size = path.stat().st_size - part.offset
        else:
            size = unfinished(path, part.offset) or 0
        if size:
            self._found.abandoned[part] = size
        return size

    @property
    def _next(self) -> int:
        return self._found.first + self._found.records

    @staticmethod
    def _name(segment: int) -> str:
        return f"`{path_of(Path(), segment).name}`"

    # ---- the checkpoints ----

    def _compare(self, checkpoints: Iterable[Checkpoint], where: str) -> None:
        good = self._found.first
        for checkpoint in sorted(checkpoints, key=lambda c: c.size):
            self._check_signature(checkpoint, where)
            if checkpoint.size > self._next:
                what = f"{checkpoint.size} records were kept, {self._next} are there"
                raise _Wrong(self._next, where, what)
            root = self._roots.get(checkpoint.size)
            differs = root is not None and root != checkpoint.root
            if differs or checkpoint.log != self._found.log:
                last = checkpoint.size - 1
                what = f"of records {good} to {last} some are not those that were kept"
                raise _Wrong(good, where, what)
            good = max(good, checkpoint.size)

    def _check_signature(self, checkpoint: Checkpoint, where: str) -> None:
        if self._is_signed is None:
            return
        if not self._is_signed(checkpoint):
            what = f"the checkpoint of {checkpoint.size} records is not signed by a key it may be"
            raise _Wrong(checkpoint.size, where, what)
        if checkpoint.key is not None:
            self._found.keys.add(checkpoint.key)


_RETENTION = b'"kind":"retention"'
_BROKEN = "this line does not follow on the one before: one of them was changed, moved or taken out"
