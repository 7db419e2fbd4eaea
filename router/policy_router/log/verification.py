"""Verifying a log: every record that was kept is there as it was, in its place, or it is named.

What can be told, and no more: lines follow on each other by their hashes; roots of checkpoints,
the log's own and those that were sent elsewhere (an anchor), are those of the records that are
there. Whoever holds the folder can write a log anew that follows on itself; only a checkpoint
that is out of reach of that person tells.

A record is vouched for by the one behind it, which holds its hash. So the last one that is there,
or before a line that does not follow, is vouched for by none, and is not proven unless an anchor
covers it, or a checkpoint by the key that must sign. Both are compared with whatever could be read,
wherever that ends.

So it is with a beginning that is gone: anybody can write that it was removed. It counts once a
checkpoint covers the record that says so: of the anchor where there is one, else of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import Final

from policy_router.log.checkpoint import Checkpoint, checkpoints_in, damaged_in
from policy_router.log.merkle import Tree
from policy_router.log.reading import ends_of, read_record
from policy_router.log.removal import RETENTION, Removed, removed_by
from policy_router.log.segment import (
    Abandoned,
    LogDamaged,
    LogUnreadable,
    Opening,
    Tail,
    begins_otherwise,
    lines_behind,
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
    """What is wrong, at the first place where anything is, and what else, in `what`.

    `number`: of the first record that is not proven to be what was kept, at most the number that
    the next record will have. `code`: of the kind.
    """

    number: int
    where: str
    what: str
    code: str = "LOG601"


@dataclass(slots=True)
class Verified:
    """What was found; without a `problem` all records are what was kept, as far as that tells.

    `records` were read, from number `first` on. `covered`: records that the log's own checkpoints
    cover; `anchored`: that those of the anchor cover; `signed`: that those of either cover that are
    signed. `uncompared`: checkpoints of records that
    were all removed, of which nothing that is there tells the root. `keys`: who signed. `damaged`:
    lines of the log's own checkpoints that are none, counted from 1. `abandoned`: ends of segments
    that hold no record, in bytes; the last one may be a torn tail. `abandoned_lines`: whole lines
    in these. `removals`: what the records that are there say of those that are not.
    """

    log: str | None = None
    first: int = 0
    records: int = 0
    segments: int = 0
    covered: int = 0
    anchored: int = 0
    signed: int = 0
    uncompared: int = 0
    keys: set[str] = field(default_factory=set)
    damaged: list[int] = field(default_factory=list)
    abandoned: dict[Abandoned, int] = field(default_factory=dict)
    abandoned_lines: int = 0
    removals: list[Removed] = field(default_factory=list)
    problem: Problem | None = None

    @property
    def end(self) -> int:
        """The number that the next record will have."""
        return self.first + self.records


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of what is read: `progress` the number of records, now and then; `line` each."""

    progress: Callable[[int], None] | None = None
    line: Callable[[bytes], None] | None = None


_NOBODY: Final = Listeners()


def verify(
    folder: Path,
    anchor: Iterable[Checkpoint] = (),
    is_signed: IsSigned | None = None,
    listeners: Listeners = _NOBODY,
    *,
    must_be_signed: bool = False,
) -> Verified:
    """Read the whole log in `folder` and compare it with its checkpoints, and with `anchor`.

    `is_signed`: whether a signature holds, and is by a key that is trusted; None for a log whose
    checkpoints are not signed. `must_be_signed`: without any checkpoint it is not verified.
    """
    found = _Verification(folder, list(anchor), is_signed, listeners)
    return found.result(must_be_signed=must_be_signed)


class _Wrong(Exception):
    """Something is; `number`: None for the last record that could be read, which none follows."""

    def __init__(self, number: int | None, where: str, what: str, code: str = "LOG601") -> None:
        super().__init__(what)
        self.number = number
        self.where = where
        self.what = what
        self.code = code


_OFTEN = 10_000


class _Verification:
    def __init__(
        self,
        folder: Path,
        anchor: list[Checkpoint],
        is_signed: IsSigned | None,
        listeners: Listeners,
    ) -> None:
        self._folder = folder
        self._anchor = anchor
        self._own = checkpoints_in(folder / CHECKPOINTS)
        self._is_signed = is_signed
        self._listeners = listeners
        self._found = Verified(damaged=damaged_in(folder / CHECKPOINTS))
        self._roots: dict[int, bytes] = {}
        self._wanted = {c.size for c in (*self._own, *anchor)}
        self._wrong: list[_Wrong] = []

    def result(self, *, must_be_signed: bool) -> Verified:
        found = self._found
        self._note_wrong(self._read_all)
        is_whole = not self._wrong
        found.anchored = self._compare(self._anchor, "the anchor", is_whole=is_whole)
        proven = found.anchored
        disputed = any(wrong.number is not None for wrong in self._wrong)
        found.covered = self._compare(self._own, f"`{CHECKPOINTS}`", proven, is_whole=is_whole)
        if must_be_signed and not disputed:
            proven = max(proven, found.covered)
        if found.first and not self._wrong:
            self._note_wrong(self._check_removed)
        if found.damaged and not (found.records or self._wrong):
            self._wrong.append(_Wrong(0, f"`{CHECKPOINTS}`", _NOTHING_LEFT))
        if must_be_signed and not self._wrong:
            self._note_wrong(self._check_there_is_one)
        if self._wrong:
            found.problem = self._problem(proven)
        return found

    def _note_wrong(self, check: Callable[[], None]) -> None:
        try:
            check()
        except _Wrong as wrong:
            self._wrong.append(wrong)

    def _problem(self, proven: int) -> Problem:
        """All that is wrong as one, from the lowest record on; the first `proven` are proven."""
        first, *more = self._wrong
        unfollowed = max(proven, self._found.end - 1 if self._found.records > 1 else 0)
        number = min(unfollowed if w.number is None else w.number for w in self._wrong)
        what = "; ".join((first.what, *(f"{wrong.where}: {wrong.what}" for wrong in more)))
        return Problem(number, first.where, what, first.code)

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

    def _check_removed(self) -> None:
        """Whether what is gone is what records say was removed, and a checkpoint covers these."""
        first, number = segments_in(self._folder)[0], self._found.first
        opening = opening_of(self._folder, first)
        telling = [said for said in self._found.removals if said.through >= first - 1]
        where, gone = self._name(first), f"records 0 to {number - 1} are gone, and"
        if not telling:
            raise _Wrong(0, where, f"{gone} no record says why", "LOG602")
        root = None if opening is None else opening.before.tree.root().hex()
        for said in telling:
            is_other = (said.first, said.root) not in {(number, root), (None, None)}
            if said.through == first - 1 and is_other:
                what = f"the segment follows on other records than record {said.number} says went"
                raise _Wrong(0, where, what, "LOG602")
        whose = "of the anchor" if self._anchor else "of the log"
        proven = self._found.anchored if self._anchor else self._found.covered
        if all(said.number >= proven for said in telling):
            what = f"{gone} no checkpoint {whose} covers record {telling[0].number}, which says why"
            raise _Wrong(0, where, what, "LOG602")

    def _pass_over(self, segment: int, end: int | None, *, is_last: bool) -> None:
        """A segment without a whole first line: only one that is said to be, or the last."""
        if end != 0 and (not is_last or begins_otherwise(self._folder, segment)):
            raise _Wrong(None, self._name(segment), "it does not begin as a segment does")
        self._leave(Abandoned(segment, 0), end)

    def _opened(self, opening: Opening, tail: Tail | None, segment: int) -> Tail:
        before = opening.before
        if tail is None:
            self._found.log, self._found.first = opening.log, before.tree.size
            self._found.records = 0
            for tree in (*before.tree.beginnings(), before.tree):
                self._note(tree)
            return before.copy()
        same = (before.tree.size, before.tree.edge, before.last, opening.log)
        if same != (tail.tree.size, tail.tree.edge, tail.last, self._found.log):
            what = f"it follows on record {before.tree.size - 1}, the segment before ends elsewhere"
            raise _Wrong(None, self._name(segment), what)
        return before.copy()

    def _read(self, segment: int, tail: Tail, end: int | None, *, is_last: bool) -> None:
        path = path_of(self._folder, segment)
        try:
            for line in read_all(path, tail, end):
                self._note(tail.tree)
                if self._listeners.line is not None:
                    self._listeners.line(line)
                if RETENTION in line and (said := self._removed(line, tail)) is not None:
                    self._found.removals.append(said)
            is_broken = False
        except LogDamaged:
            is_broken = True
        finally:
            self._found.records = tail.tree.size - self._found.first
        rest = self._leave(Abandoned(segment, tail.offset), end)
        if is_broken or (rest and end != tail.offset and not is_last):
            raise _Wrong(None, f"{self._name(segment)}, byte {tail.offset}", _BROKEN)

    def _removed(self, line: bytes, tail: Tail) -> Removed | None:
        try:
            return removed_by(read_record(line), tail.tree.size - 1)
        except LogUnreadable as error:
            place = f"{self._name(tail.segment)}, byte {tail.offset - len(line) - 1}"
            raise _Wrong(tail.tree.size - 1, place, str(error), error.code) from None

    def _note(self, tree: Tree) -> None:
        size = tree.size
        if size in self._wanted:
            self._roots[size] = tree.root()
        if self._listeners.progress is not None and size % _OFTEN == 0:
            self._listeners.progress(size)

    def _leave(self, part: Abandoned, end: int | None) -> int:
        """Note what is behind a segment's records, and say how much; lines that are new are not."""
        path = path_of(self._folder, part.segment)
        if part.offset == end:
            size = path.stat().st_size - part.offset
            self._found.abandoned_lines += lines_behind(path, part.offset)
        else:
            size = unfinished(path, part.offset) or 0
        if size:
            self._found.abandoned[part] = size
        return size

    @staticmethod
    def _name(segment: int) -> str:
        return f"`{path_of(Path(), segment).name}`"

    # ---- the checkpoints ----

    def _compare(
        self, checkpoints: Iterable[Checkpoint], where: str, proven: int = 0, *, is_whole: bool
    ) -> int:
        """How many of the first records are those that `checkpoints` are of.

        `proven`: of how many that is known already. `is_whole`: the log could be read to its end.
        """
        ordered = sorted(checkpoints, key=lambda c: c.size)
        held = [self._holds(checkpoint) for checkpoint in ordered]
        good = 0
        holding = list(compress(ordered, held))
        for checkpoint in holding:
            size = checkpoint.size
            if size > self._found.end:
                if is_whole:
                    what = f"{holding[-1].size} records were kept, {self._found.end} are there"
                    self._wrong.append(_Wrong(None, where, what))
                break
            root = self._roots.get(size)
            if checkpoint.log != self._found.log or root not in {None, checkpoint.root}:
                self._wrong.append(self._other(size, where, good, proven))
                break
            if root is None:
                self._found.uncompared += 1
            elif size >= self._found.first:
                good = size
                if self._is_signed is not None and checkpoint.signature is not None:
                    self._found.signed = max(self._found.signed, size)
        if not all(held):
            said = f"a checkpoint, which says that {ordered[held.index(False)].size} records were"
            what = f"{said} kept, is not signed by a key it may be"
            self._wrong.append(_Wrong(max(good, proven), where, what))
        return good

    def _other(self, size: int, where: str, good: int, proven: int) -> _Wrong:
        """What is wrong if a checkpoint of `size` records is of others than are there."""
        if size <= proven:
            what = f"a checkpoint of {size} records is of others than the anchor's"
            return _Wrong(proven, where, what)
        begin = 0 if size <= self._found.first else max(good, proven, self._found.first)
        what = f"of records {begin} to {size - 1} some are not those that were kept"
        return _Wrong(begin, where, what)

    def _check_there_is_one(self) -> None:
        if not (self._found.covered or self._found.anchored):
            raise _Wrong(self._found.first, f"`{CHECKPOINTS}`", _UNSIGNED, "LOG604")

    def _holds(self, checkpoint: Checkpoint) -> bool:
        """Whether a checkpoint is signed as it must be; who signed is noted."""
        if self._is_signed is None:
            return True
        holds = self._is_signed(checkpoint)
        if holds and checkpoint.key is not None:
            self._found.keys.add(checkpoint.key)
        return holds


_UNSIGNED = "there is no checkpoint: nothing is signed, by that key or any other"
_NOTHING_LEFT = "no record is there, and some of these lines are no checkpoints"
_BROKEN = "this line does not follow on the one before: one of them was changed, moved or taken out"
