"""Changes of a log by somebody who may write to its folder, and whether they are found."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from policy_router.log.checkpoint import Checkpoint
from policy_router.log.ledger import Ledger
from policy_router.log.verification import verify
from policy_router.log.writer import Sizes
from tests.unit.log.test_ledger import record

SIZES = Sizes(segment=3_000, checkpoint=10)
COUNT = 60

Kept = tuple[Path, list[Checkpoint]]
"""A log, and what an anchor has of it."""


def kept_in(folder: Path) -> Kept:
    """A log of several segments in `folder`, every record of which the anchor covers."""
    anchor: list[Checkpoint] = []
    ledger = Ledger(folder, publish=anchor.append, sizes=SIZES)
    for number in range(COUNT):
        ledger.append(record(number, "x" * (number % 90)))
    ledger.check()
    return folder, anchor


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


Tampering = Mapping[str, Callable[[Path, random.Random], None]]

TAMPERING: Tampering = {
    "flip": _flip,
    "delete": _delete,
    "swap": _swap,
    "repeat": _repeat,
    "truncate": _truncate,
    "drop a segment": _drop_segment,
    "write anew": write_anew,
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
