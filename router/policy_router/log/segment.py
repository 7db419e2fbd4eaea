"""Segments: files of lines. The first line of each says all that is needed to go on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from policy_router.log.line import FIRST, packed, placed, read_line
from policy_router.log.merkle import Tree, leaf_hash

SEGMENT: Final = "segment"
_SUFFIX: Final = ".jsonl"
_DIGITS: Final = 8
_BLOCK: Final = 2**20


class LogDamaged(Exception):
    """Records that were kept are gone or changed: nothing may be added as if they were not."""

    code = "LOG601"


class LogUnreadable(LogDamaged):
    """A record stands in its place and cannot be read: who wrote it was no program of ours."""

    code = "LOG603"


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The end of a segment that was never acknowledged: a write failed, or was cut short."""

    segment: int
    offset: int


@dataclass(slots=True)
class Tail:
    """Where a log ends: `offset` bytes into a segment (0: there is none), after the line `last`."""

    segment: int = 0
    offset: int = 0
    tree: Tree = field(default_factory=Tree)
    last: bytes = FIRST

    def copy(self) -> Tail:
        """The tail as it is now."""
        return Tail(self.segment, self.offset, self.tree.copy(), self.last)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first line of a segment says: of the lines before it, and of ends not to be read.

    `at`: when the segment was begun, ISO 8601.
    """

    log: str
    before: Tail
    abandoned: tuple[Abandoned, ...]
    at: str


def path_of(folder: Path, segment: int) -> Path:
    """The file of a segment."""
    return folder / f"{segment:0{_DIGITS}d}{_SUFFIX}"


def segments_in(folder: Path) -> list[int]:
    """The numbers of the segments that are there, in order."""
    names = (path.name for path in folder.glob(f"*{_SUFFIX}"))
    stems = (name.removesuffix(_SUFFIX) for name in names)
    return sorted(int(stem) for stem in stems if stem.isdecimal() and len(stem) == _DIGITS)


def opening_record(log: str, tail: Tail, at: str, abandoned: Sequence[Abandoned]) -> dict[str, Any]:
    """The record that begins the segment after `tail`."""
    return {
        "kind": SEGMENT,
        "log": log,
        "segment": tail.segment + 1,
        "edge": [node.hex() for node in tail.tree.edge],
        "at": at,
        "abandoned": [[part.segment, part.offset] for part in abandoned],
    }


def opening_of(folder: Path, segment: int) -> Opening | None:
    """What the first line of a segment says; None if it has none that begins a segment."""
    with path_of(folder, segment).open("rb") as file:
        line = file.readline()
    place = read_line(line[:-1]) if line.endswith(b"\n") else None
    if place is None:
        return None
    try:
        data = json.loads(line)
        if (data["kind"], data["segment"]) != (SEGMENT, segment):
            return None
        tree = Tree(place.number, (bytes.fromhex(node) for node in data["edge"]))
        abandoned = tuple(Abandoned(*map(_count, part)) for part in data["abandoned"])
        before = Tail(segment, 0, tree, place.after)
        return Opening(str(data["log"]), before, abandoned, str(data["at"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _count(said: object) -> int:
    """A number of segments or bytes; raises `ValueError` for what is none."""
    if type(said) is not int or said < 0:
        raise ValueError(said)
    return said


def read_on(path: Path, tail: Tail, end: int | None = None) -> Iterator[bytes]:
    """The whole lines (without their ends) that follow on `tail` in its segment, one by one.

    `tail` moves on with each line. It stops at the end of the file or at the byte `end`, or
    before the first line that does not follow on the one before.
    """
    with path.open("rb") as file:
        file.seek(tail.offset)
        for raw in file:
            if tail.offset == end:
                return
            line = read_line(raw[:-1]) if raw.endswith(b"\n") else None
            if line is None or (line.number, line.after) != (tail.tree.size, tail.last):
                return
            tail.tree.add(line.hash)
            tail.last = line.hash
            tail.offset += len(raw)
            yield raw[:-1]


def read_all(path: Path, tail: Tail, end: int | None = None) -> Iterator[bytes]:
    """As `read_on`; raises `LogDamaged` for a whole line that does not follow.

    What is written meanwhile is read too: a line is damage only if it was there, whole, before
    an attempt to read it came to nothing.
    """
    reached = -1
    while tail.offset != reached:
        yield from read_on(path, tail, end)
        if tail.offset == end or unfinished(path, tail.offset) is not None:
            return
        reached = tail.offset
        yield from read_on(path, tail, end)
    what = f"a line does not follow on record {tail.tree.size - 1}"
    raise LogDamaged(f"`{path.name}`, byte {tail.offset}: {what}")


def unfinished(path: Path, offset: int) -> int | None:
    """How many bytes of a line that has no end are behind `offset`; None if a line ends there.

    What a crash cuts short has no end of a line in it.
    """
    size = 0
    with path.open("rb") as file:
        file.seek(offset)
        for block in iter(partial(file.read, _BLOCK), b""):
            if b"\n" in block:
                return None
            size += len(block)
    return size


def lines_behind(path: Path, offset: int) -> int:
    """How many lines end behind `offset`."""
    with path.open("rb") as file:
        file.seek(offset)
        return sum(block.count(b"\n") for block in iter(partial(file.read, _BLOCK), b""))


def begins_otherwise(folder: Path, segment: int) -> bool:
    """Whether a segment has a whole first line that does not begin a segment."""
    whole = unfinished(path_of(folder, segment), 0) is None
    return whole and opening_of(folder, segment) is None


def lines_of(records: Sequence[bytes], tail: Tail) -> bytes:
    """The lines of packed records behind `tail`, which moves on."""
    lines = bytearray()
    for record in records:
        if not (record.startswith(b'{"') and record.endswith(b"}")):
            message = "a record is no JSON object of names and values"
            raise ValueError(message)
        line = placed(record, tail.tree.size, tail.last)
        tail.last = leaf_hash(line)
        tail.tree.add(tail.last)
        lines += line + b"\n"
    tail.offset += len(lines)
    return bytes(lines)


def opening_lines(log: str, tail: Tail, at: str, abandoned: Sequence[Abandoned]) -> bytes:
    """The first line of the segment after `tail`, which moves there."""
    record = packed(opening_record(log, tail, at, abandoned))
    tail.segment, tail.offset = tail.segment + 1, 0
    return lines_of([record], tail)
