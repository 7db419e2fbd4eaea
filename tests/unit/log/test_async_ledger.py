"""The log from an event loop: groups form by themselves, and each who waits is told."""

from __future__ import annotations

import asyncio
import gc
import os
from pathlib import Path
from threading import enumerate as enumerate_threads

import pytest

from policy_router.log import async_ledger
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.ledger import Ledger
from policy_router.log.verification import verify
from tests.unit.log.test_ledger import Faults, good, numbers, record


def test_all_who_wait_share_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, real = list[int](), os.fsync

    def fsync(file: int) -> None:
        real(file)
        synced.append(file)

    async def run() -> list[int]:
        log = AsyncLedger(Ledger(tmp_path))
        await log.append(record(-1))
        monkeypatch.setattr("os.fsync", fsync)
        kept = await asyncio.gather(*(log.append(record(n)) for n in range(100)))
        monkeypatch.setattr("os.fsync", real)
        await log.close()
        return kept

    assert asyncio.run(run()) == list(range(2, 102))
    assert len(synced) == 1
    assert numbers(tmp_path) == list(range(-1, 100))
    found = verify(tmp_path)
    assert found.covered == found.records == 102


def test_a_disk_that_fails_is_told_to_each_and_then_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)

    async def run() -> None:
        log = AsyncLedger(Ledger(tmp_path))
        faults.fail("fsync")
        failed = await asyncio.gather(
            *(log.append(record(n)) for n in range(5)), return_exceptions=True
        )
        assert all(isinstance(error, OSError) for error in failed)
        faults.fsync = None
        await log.append(record(9))
        await log.close()

    asyncio.run(run())
    assert numbers(tmp_path) == [9]
    good(tmp_path)


def test_one_who_gives_up_waiting_costs_no_other_its_record(tmp_path: Path) -> None:
    async def run() -> None:
        log = AsyncLedger(Ledger(tmp_path))
        tasks = [asyncio.ensure_future(log.append(record(n))) for n in range(10)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with pytest.raises(ValueError, match="kind"):
            await log.append({})
        await log.append(record(10))
        await log.close()

    asyncio.run(run())
    assert set(numbers(tmp_path)) >= set(range(11)) - {3}
    good(tmp_path)


def test_a_record_nobody_waits_for_is_written_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, real = list[int](), os.fsync

    monkeypatch.setattr(async_ledger, "LINGER", 60.0)

    def fsync(file: int) -> None:
        real(file)
        synced.append(file)

    async def run() -> list[int]:
        log = AsyncLedger(Ledger(tmp_path))
        await log.append(record(0))
        monkeypatch.setattr("os.fsync", fsync)
        over = asyncio.ensure_future(log.append(record(1), in_passing=True))
        await asyncio.sleep(0.05)
        assert (over.done(), synced) == (False, [])
        kept = [await log.append(record(2)), await over]
        monkeypatch.setattr("os.fsync", real)
        await log.close()
        return kept

    assert asyncio.run(run()) == [3, 2]
    assert len(synced) == 1
    assert numbers(tmp_path) == [0, 1, 2]
    good(tmp_path)


def test_a_record_nobody_waits_for_is_written_soon_all_the_same(tmp_path: Path) -> None:
    async def run() -> None:
        log = AsyncLedger(Ledger(tmp_path))
        for number in range(3):
            await log.append(record(number), in_passing=True)
        await log.close()

    asyncio.run(run())
    assert numbers(tmp_path) == [0, 1, 2]
    good(tmp_path)


def test_what_lingers_is_written_before_the_log_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_ledger, "LINGER", 60.0)

    async def run() -> None:
        log = AsyncLedger(Ledger(tmp_path))
        over = asyncio.ensure_future(log.append(record(0), in_passing=True))
        await asyncio.sleep(0)
        await log.close()
        assert await over == 1

    asyncio.run(run())
    assert numbers(tmp_path) == [0]
    assert verify(tmp_path).covered == 2


def test_a_log_that_is_forgotten_leaves_no_thread(tmp_path: Path) -> None:
    async def run() -> None:
        await AsyncLedger(Ledger(tmp_path)).append(record(0))

    before = set(enumerate_threads())
    asyncio.run(run())
    gc.collect()
    for thread in set(enumerate_threads()) - before:
        thread.join(10)
    assert not set(enumerate_threads()) - before
