"""How an event loop advances an exchange: what it does itself, and what it leaves to threads."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest

from policy_router.enforcement.exchange import Came, Finished, Keep, Step
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.stepping import (
    LONGEST_HERE,
    Here,
    InThreads,
    advanced,
    from_loop,
    is_long,
)
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.kept import MemoryLog
from policy_router.log.ledger import Ledger
from tests.pep.test_kinds import Detecting
from tests.pep.world import build


class _Slow:
    """A log that says nothing of whether it keeps anybody waiting."""

    def __init__(self) -> None:
        self.kept: list[tuple[Mapping[str, Any], int]] = []

    def append(self, record: Mapping[str, Any]) -> None:
        self.kept.append((record, get_ident()))


def test_a_loop_comes_to_each_log_by_the_shortest_safe_way(tmp_path: Path) -> None:
    ledger, slow = Ledger(tmp_path), _Slow()

    async def ways() -> list[object]:
        assert from_loop(ledger) is from_loop(ledger)
        assert isinstance(from_loop(MemoryLog()), Here)
        assert isinstance(from_loop(slow), InThreads)
        await from_loop(slow).append({"kind": "load"})
        return [from_loop(ledger), from_loop(Ledger(tmp_path))]

    first, other = asyncio.run(ways())
    again, _ = asyncio.run(ways())
    assert isinstance(first, AsyncLedger)
    assert first is not other
    assert first is not again
    assert [record for record, _ in slow.kept] == [{"kind": "load"}] * 2
    assert get_ident() not in [thread for _, thread in slow.kept]


@pytest.mark.parametrize("apart", [True, False])
def test_what_may_take_long_is_done_in_a_thread(apart: bool) -> None:
    threads: list[int] = []
    log = MemoryLog()

    def steps() -> Generator[Step, Came, None]:
        threads.append(get_ident())
        yield Keep({"kind": "load"})
        threads.append(get_ident())

    step = asyncio.run(advanced(steps(), Here(log), apart=apart))
    assert isinstance(step, Finished)
    assert len(log.records) == 1
    assert len(threads) == 2
    assert (get_ident() in threads) is not apart


def test_long_bodies_and_detectors_of_a_program_may_take_long(tmp_path: Path) -> None:
    pdp = build(tmp_path).pdp
    plain = Gate(pdp, MemoryLog(), "test")
    own = Gate(pdp, MemoryLog(), "test", detectors=(Detecting(),))
    assert not is_long(plain, pdp.loaded, b"x" * LONGEST_HERE)
    assert is_long(plain, pdp.loaded, b"x" * (LONGEST_HERE + 1))
    assert is_long(own, pdp.loaded, b"")
