"""Telling others what a log has come to: read from its folder, so that no call waits for them.

Whatever cannot be told is tried again; the log goes on meanwhile, and how far behind each of them
is can be asked.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from policy_router.log.checkpoint import Checkpoint, read_checkpoint
from policy_router.log.reading import ends_of
from policy_router.log.recovery import first_of
from policy_router.log.segment import (
    LogDamaged,
    Tail,
    opening_of,
    path_of,
    read_all,
    segments_in,
)
from policy_router.log.writer import CHECKPOINTS

_LOGGER: Final = logging.getLogger("policy_router")
_BATCH: Final = 256
_OWNERS_EYES: Final = 0o600


class NotTold(Exception):
    """Somebody could not be told; the text says why, and holds nothing of a call."""


class Anchor(Protocol):
    """Keeps checkpoints where whoever writes the log cannot change them."""

    name: str

    def tell(self, checkpoints: Sequence[Checkpoint], last: Checkpoint | None) -> int:
        """Keep `checkpoints`, in order; `last` is the one before. Returns how many were new.

        Raises `NotTold`.
        """


class Collector(Protocol):
    """Takes copies of records."""

    name: str

    def take(self, lines: Sequence[bytes]) -> None:
        """Take lines of a log, each without its end; raises `NotTold`."""


class Teller(Protocol):
    """Tells one of them what is new."""

    @property
    def name(self) -> str:
        """Who is told."""

    def tell(self) -> int:
        """Tell what is new, and return how much that was; raises `NotTold`."""


class Anchoring:
    """Tells an anchor the checkpoints of the log in `folder`."""

    def __init__(self, folder: Path, anchor: Anchor) -> None:
        self._path = folder / CHECKPOINTS
        self._anchor = anchor
        self._offset = 0
        self._last: Checkpoint | None = None

    @property
    def name(self) -> str:
        """Who is told."""
        return self._anchor.name

    def tell(self) -> int:
        """Tell the checkpoints that are new; from the first on, where that went wrong before."""
        try:
            new, data = 0, _whole_lines(self._path, self._offset)
            found = [c for c in map(read_checkpoint, data.split(b"\n")) if c is not None]
            if found:
                _check_follow(found if self._last is None else [self._last, *found])
                new = self._anchor.tell(found, self._last)
                self._last = found[-1]
        except NotTold:
            self._offset, self._last = 0, None
            raise
        self._offset += len(data)
        return new


def _check_follow(checkpoints: Sequence[Checkpoint]) -> None:
    """Raise `NotTold` for checkpoints that cannot all be of one log that only grew."""
    for one, other in pairwise(checkpoints):
        shrinks, same = other.size < one.size, other.size == one.size
        if shrinks or one.log != other.log or (same and one.root != other.root):
            what = f"the log had {one.size} records, and now its checkpoints say otherwise"
            raise NotTold(what)


def _whole_lines(path: Path, offset: int) -> bytes:
    """What of a file follows `offset`, up to the end of its last whole line.

    Raises `NotTold` if the file does not reach so far any more.
    """
    try:
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < offset:
                raise NotTold("checkpoints that were told are gone from the log")
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return b""
    return data[: data.rfind(b"\n") + 1]


class Copying:
    """Hands copies of the records in `folder` to a collector, each at least once.

    How far it came stands in a file of the folder, so that another process goes on from there.
    """

    def __init__(self, folder: Path, collector: Collector) -> None:
        self._folder = folder
        self._collector = collector
        self._tail: Tail | None = None

    @property
    def name(self) -> str:
        """Who is told."""
        return self._collector.name

    def tell(self) -> int:
        """Hand over the records that are new; raises `NotTold`, also if some told ones are gone."""
        first = first_of(self._folder)
        log = None if first is None else first.log
        told, next_one = 0, self._next_one(log)
        tail = _begin(self._folder, next_one) if self._tail is None else self._tail.copy()
        try:
            while batch := list(islice(_lines_on(self._folder, tail), _BATCH)):
                new = [line for number, line in batch if number >= next_one]
                if new:
                    self._collector.take(new)
                    self._note(log, tail.tree.size)
                self._tail, told = tail.copy(), told + len(new)
        except LogDamaged as error:
            raise NotTold(f"the log is not what was written: {error}") from None
        if tail.tree.size < next_one:
            raise NotTold(f"{next_one} records were told, and {tail.tree.size} are there")
        return told

    @property
    def _file(self) -> Path:
        return self._folder / f"told-{self._collector.name}"

    def _next_one(self, log: str | None) -> int:
        """The number of the first record that was not told yet; raises `NotTold` for another log.

        Versions before did not note of which log they told.
        """
        try:
            said = json.loads(self._file.read_bytes())
            number, of = int(said["next"]), said.get("log", log)
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return 0
        if log is not None and of != log:
            what = f"`{self._file.name}` is of another log: remove it, and all of this one is told"
            raise NotTold(what)
        return number

    def _note(self, log: str | None, number: int) -> None:
        """Replace the file whole; if a crash keeps it from the disk, records are told again."""
        new = self._file.with_suffix(".new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNERS_EYES)
        with os.fdopen(file, "wb") as out:
            out.write(json.dumps({"log": log, "next": number}).encode())
        new.replace(self._file)


def _begin(folder: Path, number: int) -> Tail:
    """Where to begin reading for the record `number`, or for the first that is there."""
    begun = Tail()
    for segment in segments_in(folder):
        opening = opening_of(folder, segment)
        if opening is None:
            continue
        if begun.segment and opening.before.tree.size > number:
            break
        begun = opening.before.copy()
    return begun


def _lines_on(folder: Path, tail: Tail) -> Iterator[tuple[int, bytes]]:
    """The lines that follow on `tail`, which moves on, also into segments that follow."""
    while True:
        following = [segment for segment in segments_in(folder) if segment > tail.segment]
        openings = [opening_of(folder, segment) for segment in following]
        path = path_of(folder, tail.segment)
        if tail.segment and path.exists():
            for line in read_all(path, tail, ends_of(openings).get(tail.segment)):
                yield tail.tree.size - 1, line
        begun = next((opening.before for opening in openings if opening is not None), None)
        if begun is None:
            return
        tail.segment, tail.offset = begun.segment, 0
        tail.tree, tail.last = begun.tree.copy(), begun.last


@dataclass(slots=True)
class Standing:
    """How far somebody was told: how many `times` with how many things, and how often in vain.

    `since`: when it first came to nothing, None if the last time it did not; `why`: what was said.
    """

    told: int = 0
    failures: int = 0
    since: float | None = None
    why: str | None = None


class Telling:
    """Tells each of `tellers`, again and again; `now` is a clock that counts seconds."""

    def __init__(self, tellers: Sequence[Teller], now: Callable[[], float]) -> None:
        self._tellers = tellers
        self._now = now
        self._looking = Lock()
        self.standings = {teller.name: Standing() for teller in tellers}

    def look(self) -> bool:
        """Tell everybody what is new; whether all of them were told. Nothing is raised.

        One thread at a time: who comes meanwhile waits.

        What goes wrong is told to the operator once, and again when it is over.
        """
        with self._looking:
            told = [self._tell(teller) for teller in self._tellers]
        return all(told)

    def _tell(self, teller: Teller) -> bool:
        standing = self.standings[teller.name]
        try:
            standing.told += teller.tell()
        except Exception as error:  # noqa: BLE001 - whatever it was: this one was not told
            why = _why(error)
            standing.failures += 1
            if standing.why != why:
                _LOGGER.error("`%s` is not told of the log: %s", teller.name, why)  # noqa: TRY400
            standing.since = self._now() if standing.since is None else standing.since
            standing.why = why
            return False
        if standing.since is not None:
            _LOGGER.warning("`%s` is told of the log again", teller.name)
        standing.since = standing.why = None
        return True

    def behind(self) -> dict[str, float]:
        """For how many seconds each has not been told what is new; 0 for those who have."""
        now, found = self._now(), self.standings.items()
        return {name: 0.0 if s.since is None else now - s.since for name, s in found}


def _why(error: Exception) -> str:
    """What went wrong; of what nobody foresaw only the kind, as its text may hold anything."""
    return (
        str(error) if isinstance(error, NotTold | OSError) else f"a {type(error).__name__} of ours"
    )
