"""Each call that the log makes to the disk fails once, in every way: nothing is said in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.checkpoint import checkpoints_in
from policy_router.log.kept import appending
from policy_router.log.ledger import Ledger
from policy_router.log.verification import verify
from policy_router.log.writer import Sizes
from tests.unit.log.failing_disk import FailingDisk, Killed, faults
from tests.unit.log.test_ledger import numbers, record

RECORDS, AFTERWARDS = 9, 3
SIZES = Sizes(segment=900, checkpoint=3)


@dataclass
class Run:
    """A log that was written to while the disk failed: what `append` said of each record."""

    folder: Path
    kept: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    killed: bool = False

    def ledger(self) -> Ledger:
        return Ledger(self.folder / "log", publish=appending(self.folder / "anchor"), sizes=SIZES)


Writing = Callable[[Run, FailingDisk], None]


def _one_by_one(run: Run, disk: FailingDisk) -> None:
    ledger = run.ledger()
    for number in range(RECORDS):
        try:
            ledger.append(record(number, "x" * 60))
        except OSError:
            run.refused.append(number)
        else:
            run.kept.append(number)
    disk.mend()
    for number in range(RECORDS, RECORDS + AFTERWARDS):
        ledger.append(record(number))
        run.kept.append(number)


def _in_groups(run: Run, disk: FailingDisk) -> None:
    """Several at a time, from an event loop."""

    async def write() -> None:
        ledger = AsyncLedger(run.ledger())
        for first in range(0, RECORDS, 3):
            await append(ledger, range(first, first + 3))
        disk.mend()
        await append(ledger, range(RECORDS, RECORDS + AFTERWARDS))
        await ledger.close()

    async def append(ledger: AsyncLedger, some: range) -> None:
        made = [ledger.append(record(number, "x" * 60)) for number in some]
        told = await asyncio.gather(*made, return_exceptions=True)
        for number, said in zip(some, told, strict=True):
            if isinstance(said, Killed):
                raise said
            (run.refused if isinstance(said, OSError) else run.kept).append(number)

    asyncio.run(write())


WRITING: dict[str, Writing] = {"one by one": _one_by_one, "in groups": _in_groups}


def _calls(tmp_path: Path, writing: Writing) -> list[str]:
    """The calls that are made where nothing fails."""
    disk, run = FailingDisk(), Run(tmp_path / "usual")
    run.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        disk.install(patch)
        writing(run, disk)
    assert run.refused == []
    return disk.calls


@pytest.mark.parametrize("name", WRITING)
def test_whichever_call_fails_a_record_is_kept_or_said_not_to_be(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    del caplog  # it keeps what is told of checkpoints to itself
    calls = _calls(tmp_path, WRITING[name])
    assert {"open", "write", "fsync"} == set(calls)
    trials = list(faults(len(calls)))
    assert len(trials) > 300
    refused = killed = 0
    for number, (fault, at, lasting) in enumerate(trials):
        run = _tried(tmp_path / str(number), WRITING[name], FailingDisk(fault, at, lasting=lasting))
        _check(run, f"{fault} at call {at} ({calls[at]}), lasting: {lasting}")
        refused, killed = refused + bool(run.refused), killed + run.killed
    assert refused > len(calls)
    assert killed == len(calls)


def _tried(folder: Path, writing: Writing, disk: FailingDisk) -> Run:
    run = Run(folder)
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        disk.install(patch)
        with suppress(Killed):
            writing(run, disk)
    run.killed = disk.dead
    return run


def _check(run: Run, what: str) -> None:
    """What was said to be kept is there, what was refused is not, and the log goes on."""
    found, log = numbers(run.folder / "log"), run.folder / "log"
    assert set(run.kept) <= set(found), what
    assert set(run.refused).isdisjoint(found), what
    assert found == sorted(found), what
    assert verify(log, checkpoints_in(run.folder / "anchor")).problem is None, what
    run.ledger().append(record(99))
    assert numbers(log) == [*found, 99], what
    assert verify(log, checkpoints_in(run.folder / "anchor")).problem is None, what
