"""A log only grows, is on the disk when `append` returns, and outlives whatever cuts it short."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.log.segment import LogDamaged
from policy_router.log.verification import Verified, verify
from policy_router.log.writer import CHECKPOINTS, Sizes
from tests.unit.log.killing import killed, lost

SMALL = Sizes(segment=2_000, checkpoint=5)


def record(number: int, text: str = "") -> dict[str, Any]:
    return {"kind": "decision", "number": number, "text": text}


def good(folder: Path) -> Verified:
    found = verify(folder)
    assert found.problem is None
    return found


def numbers(folder: Path) -> list[int]:
    return [r["number"] for r in records_in(folder) if r["kind"] == "decision"]


def test_records_are_lines_in_order_for_the_owners_eyes(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "log"
    ledger = Ledger(folder)
    kept = [ledger.append(record(n, text="line\nbreak \u2028 \u00e9")) for n in range(3)]
    assert kept == [1, 2, 3]
    own = [{k: r[k] for k in r.keys() - {"after", "n"}} for r in records_in(folder)][1:]
    assert own == [record(n, text="line\nbreak \u2028 \u00e9") for n in range(3)]
    assert good(folder).records == 4
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_record_is_on_the_disk_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "log")
    ledger.append(record(0))
    synced: list[bytes] = []
    real = os.fsync

    def fsync(file: int) -> None:
        real(file)
        synced.append((tmp_path / "log" / "00000001.jsonl").read_bytes())

    monkeypatch.setattr("os.fsync", fsync)
    ledger.append(record(1))
    assert len(synced) == 1
    assert b'"number":1,' in synced[0]


@pytest.mark.parametrize(
    "bad", [{}, {"n": 1, "kind": "x"}, {"after": "", "kind": "x"}, {"kind": "x", "v": float("nan")}]
)
def test_what_is_no_record_is_refused_and_nothing_is_written(
    tmp_path: Path, bad: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"kind|JSON"):
        Ledger(tmp_path / "log").append(bad)
    assert not (tmp_path / "log").exists()


def test_segments_and_checkpoints_come_by_themselves(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, sizes=SMALL)
    for number in range(100):
        ledger.append(record(number, text="x" * 50))
    found = good(tmp_path)
    assert numbers(tmp_path) == list(range(100))
    assert found.segments > 5
    assert found.records == 100 + found.segments
    assert found.records - found.covered < SMALL.checkpoint + 2
    again = Ledger(tmp_path, sizes=SMALL)
    again.append(record(100))
    assert numbers(tmp_path) == list(range(101))
    assert good(tmp_path).log == found.log


def test_many_threads_lose_nothing_and_share_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, synced, real = Ledger(tmp_path), list[int](), os.fsync

    def fsync(file: int) -> None:
        real(file)
        synced.append(file)

    monkeypatch.setattr("os.fsync", fsync)

    def run(first: int) -> None:
        for number in range(first, first + 50):
            ledger.append(record(number))

    threads = [threading.Thread(target=run, args=(n * 50,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers(tmp_path)) == list(range(400))
    for first in range(0, 400, 50):
        own = [n for n in numbers(tmp_path) if first <= n < first + 50]
        assert own == sorted(own)
    good(tmp_path)
    assert len(synced) < 400


def test_several_ledgers_share_a_folder(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path, sizes=SMALL), Ledger(tmp_path, sizes=SMALL)
    for number in range(60):
        (one, other)[number % 3 == 0].append(record(number, text="x" * 40))
    assert numbers(tmp_path) == list(range(60))
    good(tmp_path)


# ---- cut short ----


def test_a_tail_cut_at_any_byte_is_left_and_gone_on_behind(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "whole")
    for number in range(3):
        ledger.append(record(number))
    whole = (tmp_path / "whole" / "00000001.jsonl").read_bytes()
    for length in range(len(whole)):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / "00000001.jsonl").write_bytes(whole[:length])
        before = numbers(folder)
        good(folder)
        Ledger(folder).append(record(99))
        assert numbers(folder) == [*before, 99]
        found = good(folder)
        cut = length - (whole[:length].rfind(b"\n") + 1)
        assert sum(found.abandoned.values()) == cut


def test_a_tail_of_nought_bytes_is_no_record(tmp_path: Path) -> None:
    """What some file systems leave of a write that a loss of power cut short."""
    Ledger(tmp_path).append(record(0))
    with (tmp_path / "00000001.jsonl").open("ab") as file:
        file.write(bytes(4096))
    Ledger(tmp_path).append(record(1))
    assert numbers(tmp_path) == [0, 1]
    assert sum(good(tmp_path).abandoned.values()) == 4096


def test_records_under_a_checkpoint_are_never_taken_for_a_torn_tail(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in range(3):
        ledger.append(record(number))
    ledger.check()
    segment = tmp_path / "00000001.jsonl"
    whole = segment.read_bytes()
    for changed in (whole[:-1], whole.replace(b'"number":1', b'"number":7'), b""):
        segment.write_bytes(changed)
        with pytest.raises(LogDamaged):
            Ledger(tmp_path).append(record(3))
        assert segment.read_bytes() == changed
    segment.write_bytes(whole)
    Ledger(tmp_path).append(record(3))
    good(tmp_path)


def test_a_whole_line_that_does_not_follow_is_never_taken_for_a_torn_tail(tmp_path: Path) -> None:
    """Without any checkpoint too: what a crash leaves has no end of a line in it."""
    ledger = Ledger(tmp_path)
    for number in range(3):
        ledger.append(record(number))
    segment = tmp_path / "00000001.jsonl"
    whole = segment.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed in (
        whole.replace(b'"number":1', b'"number":7'),
        b"".join((lines[0], lines[1], lines[3])),
        b"".join((*lines, lines[-1])),
        whole.replace(b'"kind":"segment"', b'"kind":"segments"'),
    ):
        segment.write_bytes(changed)
        assert verify(tmp_path).problem is not None
        with pytest.raises(LogDamaged):
            Ledger(tmp_path).append(record(3))
        assert segment.read_bytes() == changed


def test_records_changed_so_that_they_follow_on_each_other_are_told_by_a_checkpoint(
    tmp_path: Path,
) -> None:
    for name in ("one", "other"):
        ledger = Ledger(tmp_path / name)
        ledger.append(record(0 if name == "one" else 1))
        ledger.check()
    forged = (tmp_path / "other" / "00000001.jsonl").read_bytes()
    (tmp_path / "one" / "00000001.jsonl").write_bytes(forged)
    with pytest.raises(LogDamaged, match="not those that were kept"):
        Ledger(tmp_path / "one").append(record(3))


# ---- a disk that fails ----


class Faults:
    """Makes calls to the disk fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.write: Callable[[int, memoryview], int] | None = None
        self.fsync: Callable[[int], None] | None = None
        self._left = True
        self._write, self._fsync = os.write, os.fsync
        monkeypatch.setattr("os.write", self._on_write)
        monkeypatch.setattr("os.fsync", self._on_fsync)

    def _on_write(self, file: int, data: memoryview) -> int:
        return (self.write or self._write)(file, data)

    def _on_fsync(self, file: int) -> None:
        (self.fsync or self._fsync)(file)

    def fail(self, how: str) -> None:
        """Let the disk be full, or take nothing, or lose what it took."""
        if how == "full":
            self._left, self.write = True, self.full
        elif how == "write":
            self.write = self.fails
        else:
            self.fsync = self.fails

    def short(self, file: int, data: memoryview) -> int:
        return self._write(file, bytes(data)[:7])

    def full(self, file: int, data: memoryview) -> int:
        if len(data) > 7 and self._left:
            self._left = False
            return self._write(file, bytes(data)[: len(data) // 2])
        raise OSError(errno.ENOSPC, "no space left on device")

    def fails(self, *_: object) -> NoReturn:
        raise OSError(errno.EIO, "input/output error")


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def test_short_writes_are_gone_on_with(tmp_path: Path, faults: Faults) -> None:
    ledger = Ledger(tmp_path)
    faults.write = faults.short
    for number in range(5):
        ledger.append(record(number))
    assert numbers(tmp_path) == list(range(5))
    good(tmp_path)


@pytest.mark.parametrize("fault", ["full", "write", "fsync"])
@pytest.mark.parametrize("fresh", [True, False])
def test_a_record_that_is_not_kept_is_said_not_to_be(
    tmp_path: Path, faults: Faults, fault: str, *, fresh: bool
) -> None:
    ledger = Ledger(tmp_path)
    if not fresh:
        ledger.append(record(0))
    for _ in range(3):
        faults.fail(fault)
        with pytest.raises(OSError, match=r"space|input"):
            ledger.append(record(-1))
    faults.write = faults.fsync = None
    assert ledger.append(record(1)) > 0
    ledger.append(record(2))
    assert numbers(tmp_path) == ([1, 2] if fresh else [0, 1, 2])
    good(tmp_path)
    Ledger(tmp_path).append(record(3))
    assert numbers(tmp_path)[-1] == 3
    good(tmp_path)


def test_a_full_disk_does_not_fill_with_empty_segments(tmp_path: Path, faults: Faults) -> None:
    ledger = Ledger(tmp_path)
    ledger.append(record(0))
    faults.write = faults.fails
    for _ in range(10):
        with pytest.raises(OSError, match="input"):
            ledger.append(record(1))
    assert len(list(tmp_path.glob("*.jsonl"))) <= 2


def test_a_checkpoint_that_cannot_be_written_costs_no_record(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(tmp_path, sizes=Sizes(checkpoint=1))
    ledger.append(record(0))
    (tmp_path / CHECKPOINTS).unlink()
    (tmp_path / CHECKPOINTS).mkdir()
    ledger.append(record(1))
    assert "a checkpoint of the log was not written" in caplog.text
    (tmp_path / CHECKPOINTS).rmdir()
    ledger.append(record(2))
    assert numbers(tmp_path) == [0, 1, 2]
    assert good(tmp_path).covered == 4


@pytest.mark.parametrize("acknowledged", [1, 40, 90])
def test_killed_at_any_point_no_acknowledged_record_is_lost(
    tmp_path: Path, acknowledged: int
) -> None:
    folder = tmp_path / "log"
    kept = killed(folder, acknowledged)
    assert len(kept) >= acknowledged
    assert lost(folder, kept) == []
