"""Writing a log: groups of records at its end, each one write and one `fsync`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from policy_router.log.checkpoint import Checkpoint, Signer, last_checkpoint
from policy_router.log.folder import append_durably, append_line, exclusive, make_folder, remove
from policy_router.log.recovery import Found, check_beginning, find_end, first_of, follow
from policy_router.log.segment import (
    Abandoned,
    LogDamaged,
    lines_of,
    opening_lines,
    opening_of,
    path_of,
)

_LOGGER: Final = logging.getLogger("policy_router")

Recall = Callable[[], Checkpoint | None]

_BY_ANOTHER_KEY: Final = (
    "its beginning is gone, and no checkpoint by this key covers what is left: go on with the key "
    "that signed it, or begin a new log in another folder"
)

CHECKPOINTS: Final = "checkpoints"
LOCK: Final = "lock"


@dataclass(frozen=True, slots=True)
class Sizes:
    """When a segment is full, in bytes, and how many records pass between two checkpoints.

    `seconds`: how long a record waits for a checkpoint that covers it, at most.
    """

    segment: int = 64 * 2**20
    checkpoint: int = 1_000
    seconds: float = 600.0


class Writer:
    """The end of a log in a folder that other processes may write to. One thread at a time.

    `signer` signs its checkpoints, `now` dates them, `publish` is told of each; `recall` tells the
    newest that somebody else has of this log.
    """

    def __init__(  # noqa: PLR0913 - what a log is written with, each of another kind
        self,
        folder: Path,
        signer: Signer | None,
        publish: Callable[[Checkpoint], None] | None,
        sizes: Sizes,
        now: Callable[[], datetime],
        recall: Recall | None = None,
    ) -> None:
        self._folder = folder
        self._recall = recall
        self._begins = 1
        self._signer = signer
        self._publish = publish
        self._sizes = sizes
        self._now = now
        self._lock = folder / LOCK
        self._known: Found | None = None
        self._last = self._next = folder
        self._size = 0
        self._checked = 0

    def keep(self, records: Sequence[bytes]) -> range:
        """Keep packed records, all or none, until they are on the disk; their numbers.

        Raises `OSError` if they are not, and `LogDamaged` if the log is not what it was.
        """
        make_folder(self._folder)
        with exclusive(self._lock):
            found = self._end()
            if found.log is None or found.abandoned or found.tail.offset >= self._sizes.segment:
                found = self._begin_segment(found)
            kept = self._append(found, records)
            if kept.stop - self._checked >= self._sizes.checkpoint:
                self._check_in_passing()
            return kept

    def check(self) -> Checkpoint | None:
        """Write down and sign where the log is; None if there is none yet. Raises as `keep`."""
        if not self._folder.is_dir():
            return None
        with exclusive(self._lock):
            found = self._end()
            return None if found.log is None else self._checkpoint(found.log, found)

    def cover(self) -> Checkpoint | None:
        """As `check`, where records are there that no checkpoint by this writer's key covers."""
        if not self._folder.is_dir():
            return None
        with exclusive(self._lock):
            found = self._end()
            is_covered = found.log is None or found.tail.tree.size <= self._checked
            return None if is_covered else self._checkpoint(found.log or "", found)

    def close_segment(self, before: datetime) -> None:
        """Begin a new segment, if the one that is written to was begun before an instant.

        Or after now, by a clock that was ahead: it would stay for as long. One without a record
        goes on. Raises as `keep`.
        """
        if not self._folder.is_dir():
            return
        with exclusive(self._folder / LOCK):
            found = self._end()
            opening = None if found.log is None else opening_of(self._folder, found.tail.segment)
            if opening is None or found.tail.tree.size <= opening.before.tree.size + 1:
                return
            if not before <= datetime.fromisoformat(opening.at) <= self._now():
                self._begin_segment(found)

    def _end(self) -> Found:
        """Where the log ends now: as it was left, or wherever others took it since."""
        known = self._known
        if known is None or known.log is None or not self._is_as_left():
            known = follow(self._folder, known) if known is not None else None
            known = known or self._looked_through()
            self._remember(known)
        return known

    def _looked_through(self) -> Found:
        """Where a log ends that was left to others; raises `LogDamaged` if it is not what it was.

        What is gone of its beginning counts as removed only by the word of a record that is covered
        by what this writer's key signed, and by what `recall` tells.
        """
        path = self._folder / CHECKPOINTS
        any_one, anchored = last_checkpoint(path), None if self._recall is None else self._recall()
        ours = any_one if self._signer is None else last_checkpoint(path, self._is_ours)
        vouching = [each for each in (any_one, ours, anchored) if each is not None]
        found, first = find_end(self._folder, vouching), first_of(self._folder)
        if first is not None and first.before.segment > self._begins:
            if ours is None:
                raise LogDamaged(_BY_ANOTHER_KEY)
            least = min(each.size for each in (ours, anchored) if each is not None)
            check_beginning(self._folder, first, least)
            self._begins = first.before.segment
        self._checked = 0 if ours is None else ours.size
        return found

    def _is_ours(self, checkpoint: Checkpoint) -> bool:
        """Whether this writer's key signed it: Ed25519 signs the same the same way (RFC 8032)."""
        signer = self._signer
        if signer is None or checkpoint.key != signer.public_key.hex():
            return False
        return checkpoint.signature == signer.sign(checkpoint.body())

    def _is_as_left(self) -> bool:
        """Whether the last segment is as this writer left it, and still the last."""
        try:
            is_as_long = self._last.stat().st_size == self._size
        except FileNotFoundError:
            return False
        return is_as_long and not os.access(self._next, os.F_OK)

    def _remember(self, found: Found) -> None:
        segment = found.tail.segment
        self._last, self._next = (path_of(self._folder, n) for n in (segment, segment + 1))
        self._known = found
        self._size = self._last.stat().st_size if self._last.exists() else 0

    def _begin_segment(self, found: Found) -> Found:
        log, tail = found.log or f"policy-router/{uuid4()}", found.tail.copy()
        line = opening_lines(log, tail, self._instant(), found.abandoned)
        path = path_of(self._folder, tail.segment)
        try:
            append_durably(path, line)
        except BaseException:
            remove(path)  # nobody has seen it, and a full disk must not fill with empty files
            raise
        begun = Found(tail, (), log)
        self._remember(begun)
        return begun

    def _append(self, found: Found, records: Sequence[bytes]) -> range:
        tail = found.tail.copy()
        lines, path = lines_of(records, tail), self._last
        self._known = None
        try:
            append_durably(path, lines)
        except BaseException:
            # what is there of the lines was never acknowledged: the next record begins elsewhere
            left = Abandoned(found.tail.segment, found.tail.offset)
            self._remember(Found(found.tail, (*found.abandoned, left), found.log))
            raise
        self._known, self._size = Found(tail, (), found.log), tail.offset
        return range(found.tail.tree.size, tail.tree.size)

    # ---- checkpoints ----

    def _check_in_passing(self) -> None:
        """A checkpoint that cannot be written is for the next group: its records are kept."""
        known = self._known
        try:
            if known is not None and known.log is not None:
                self._checkpoint(known.log, known)
        except OSError as error:
            _LOGGER.error("a checkpoint of the log was not written: %s", error)  # noqa: TRY400

    def _checkpoint(self, log: str, found: Found) -> Checkpoint:
        tree = found.tail.tree
        checkpoint = Checkpoint(log, tree.size, tree.root(), self._instant())
        if self._signer is not None:
            checkpoint = checkpoint.signed(self._signer)
        append_line(self._folder / CHECKPOINTS, checkpoint.line())
        self._checked = tree.size
        if self._publish is not None:
            self._publish(checkpoint)
        return checkpoint

    def _instant(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="microseconds")
