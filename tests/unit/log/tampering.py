"""Changes of a log by somebody who may write to its folder, and whether they are found."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policy_router.audit.record import Gone, retention_record
from policy_router.log.checkpoint import Checkpoint, Signer
from policy_router.log.ledger import Ledger
from policy_router.log.line import packed
from policy_router.log.merkle import Tree
from policy_router.log.retention import remove_segments
from policy_router.log.segment import (
    Tail,
    lines_of,
    opening_lines,
    opening_of,
    path_of,
    segments_in,
)
from policy_router.log.verification import verify
from policy_router.log.writer import CHECKPOINTS, Sizes
from tests.unit.log.test_ledger import record

SIZES = Sizes(segment=3_000, checkpoint=10)
COUNT = 60

Kept = tuple[Path, list[Checkpoint]]
"""A log, and what an anchor has of it."""


def kept_in(folder: Path, signer: Signer | None = None, *, pruned: bool = False) -> Kept:
    """A log of several segments in `folder`, every record of which the anchor covers.

    `pruned`: its first segments were removed, and the anchor knows that too.
    """
    anchor: list[Checkpoint] = []
    ledger = Ledger(folder, signer, publish=anchor.append, sizes=SIZES)
    for number in range(COUNT):
        ledger.append(record(number, "x" * (number % 90)))
    if pruned:
        stays = opening_of(folder, 3)
        assert stays is not None
        ledger.append(_told(2, stays.before.tree))
        ledger.check()
        remove_segments(folder, 2)
        ledger.append(record(COUNT))
    ledger.check()
    return folder, anchor


def _told(through: int, tree: Tree) -> Mapping[str, Any]:
    """A record of retention, as whoever may write to the folder can write one too."""
    return retention_record(_AT, _AT, Gone(through, tree.size, tree.root().hex()))


_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _lines(folder: Path, dice: random.Random) -> tuple[Path, list[bytes]]:
    path = dice.choice(sorted(folder.glob("*.jsonl")))
    return path, path.read_bytes().splitlines(keepends=True)


def _flip(folder: Path, dice: random.Random) -> None:
    path = dice.choice(sorted(folder.glob("*.jsonl")))
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


def _delete(folder: Path, dice: random.Random) -> None:
    path, lines = _lines(folder, dice)
    first = dice.randrange(len(lines))
    del lines[first : first + dice.randrange(1, 4)]
    path.write_bytes(b"".join(lines))


def _swap(folder: Path, dice: random.Random) -> None:
    path, lines = _lines(folder, dice)
    first, second = dice.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    path.write_bytes(b"".join(lines))


def _repeat(folder: Path, dice: random.Random) -> None:
    path, lines = _lines(folder, dice)
    at = dice.randrange(len(lines))
    lines.insert(at, lines[at])
    path.write_bytes(b"".join(lines))


def _truncate(folder: Path, dice: random.Random) -> None:
    path = max(folder.glob("*.jsonl"))
    data = path.read_bytes()
    path.write_bytes(data[: dice.randrange(len(data))])


def _drop_segment(folder: Path, dice: random.Random) -> None:
    dice.choice(sorted(folder.glob("*.jsonl"))).unlink()


def write_anew(folder: Path, dice: random.Random) -> None:
    """What somebody does who holds the folder: from some record on, another log that is sound."""
    count = dice.randrange(1, COUNT)
    shutil.rmtree(folder)
    ledger = Ledger(folder, sizes=SIZES)
    for number in range(count):
        ledger.append(record(number + (number == count - 1)))
    ledger.check()


def begin_later(folder: Path, dice: random.Random) -> None:
    """Another log in the place of all that was there, which says that what is not there was old."""
    first = segments_in(folder)[0]
    opening = opening_of(folder, first)
    assert opening is not None
    own = (folder / CHECKPOINTS).read_bytes()
    shutil.rmtree(folder)
    folder.mkdir()
    gone = dice.randrange(1, 3 * COUNT)
    tree = Tree(gone, [dice.randbytes(32) for _ in range(gone.bit_count())])
    tail = Tail(dice.randrange(first, first + 9), 0, tree, dice.randbytes(32))
    told = packed(_told(tail.segment, tree))
    lines = opening_lines(opening.log, tail, _AT.isoformat(), [])
    invented = [packed(record(-number)) for number in range(dice.randrange(1, COUNT))]
    lines += lines_of([*invented, told], tail)
    path_of(folder, tail.segment).write_bytes(lines)
    forged = Checkpoint(opening.log, tail.tree.size, tail.tree.root(), _AT.isoformat())
    (folder / CHECKPOINTS).write_bytes(own + forged.line())


def drop_and_tell(folder: Path, dice: random.Random) -> None:
    """The first segments taken away, and a record that says they were old, under a checkpoint."""
    left = dice.choice(segments_in(folder)[1:])
    opening = opening_of(folder, left)
    assert opening is not None
    ledger = Ledger(folder, sizes=SIZES)
    ledger.append(_told(left - 1, opening.before.tree))
    ledger.check()
    remove_segments(folder, left - 1)


Tampering = Mapping[str, Callable[[Path, random.Random], None]]

TAMPERING: Tampering = {
    "flip": _flip,
    "delete": _delete,
    "swap": _swap,
    "repeat": _repeat,
    "truncate": _truncate,
    "drop a segment": _drop_segment,
    "write anew": write_anew,
    "begin later": begin_later,
    "drop and tell": drop_and_tell,
}


@dataclass
class Tampered:
    """What came of many changes: how many made a difference, and which of these nobody noticed."""

    changed: int = 0
    missed: list[str] = field(default_factory=list)


def tampered(kept: Kept, folder: Path, ways: Tampering, times: int, seed: int) -> Tampered:
    """Change copies of a log in `folder`, so many times in each way, and verify each."""
    dice, found = random.Random(seed), Tampered()  # noqa: S311 - for changes of a test
    whole = _files(kept[0])
    shutil.copytree(kept[0], folder)
    for number in range(times):
        for way, tamper in ways.items():
            tamper(folder, dice)
            if _segments(_files(folder)) != _segments(whole):
                found.changed += 1
                if verify(folder, kept[1]).problem is None:
                    found.missed.append(f"{way}, number {number} of seed {seed}")
            _restore(folder, whole)
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _segments(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.endswith(".jsonl")}


def _restore(folder: Path, whole: dict[str, bytes]) -> None:
    now = _files(folder)
    for name in now.keys() - whole.keys():
        (folder / name).unlink()
    for name, data in whole.items():
        if now.get(name) != data:
            (folder / name).write_bytes(data)
