"""How an event loop advances an exchange: what it does itself, and what it leaves to threads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from threading import Event, get_ident
from typing import Any

import pytest

from policy_router import load
from policy_router.enforcement.apart import LONGEST_HERE, done, is_long
from policy_router.enforcement.exchange import Came, Finished, Keep, Step, advance
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.stepping import Here, InThreads, advanced, from_loop
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.kept import MemoryLog
from policy_router.log.ledger import Ledger
from policy_router.wire.headers import Headers
from policy_router.wire.http_call import HttpCall
from tests.pep.test_kinds import Detecting
from tests.pep.world import KEY_VARIABLE, build


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


def test_what_may_take_long_is_done_in_a_thread() -> None:
    threads: list[int] = []
    log = MemoryLog()

    def steps() -> Generator[Step, Came, None]:
        threads.append(get_ident())
        yield Keep({"kind": "load"})
        threads.append((yield from done(get_ident)))
        threads.append(get_ident())
        with pytest.raises(KeyError):
            yield from done(lambda: os.environ["NOT_THERE"])

    step = asyncio.run(advanced(steps(), Here(log)))
    assert isinstance(step, Finished)
    assert len(log.records) == 1
    assert [thread == get_ident() for thread in threads] == [True, False, True]
    assert isinstance(advance(steps(), log), Finished)
    assert threads[3:] == [get_ident()] * 3


def test_whoever_is_cancelled_meanwhile_ends_the_exchange() -> None:
    begun, over, ended = Event(), Event(), list[bool]()

    def work() -> None:
        begun.set()
        over.wait(10)

    def steps() -> Generator[Step, Came, None]:
        try:
            yield from done(work)
        finally:
            ended.append(over.is_set())

    async def cancelled() -> None:
        task = asyncio.ensure_future(advanced(steps(), Here(MemoryLog())))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        over.set()

    asyncio.run(cancelled())
    assert ended == [False]


@pytest.mark.parametrize(
    ("size", "headers", "is_it"),
    [
        (LONGEST_HERE, (), False),
        (LONGEST_HERE + 1, (), True),
        (9, (("content-encoding", "gzip"),), True),
    ],
)
def test_which_bodies_may_take_long(
    tmp_path: Path, size: int, headers: Headers, is_it: bool
) -> None:
    pdp = build(tmp_path).pdp
    call = HttpCall("POST", "/chat/completions", "", headers, b"x" * size)
    assert is_long(Gate(pdp, MemoryLog(), "test"), pdp.loaded, call) is is_it
    own = Gate(pdp, MemoryLog(), "test", detectors=(Detecting(),))
    assert is_long(own, pdp.loaded, call)


def test_a_key_in_a_file_is_waited_for(tmp_path: Path) -> None:
    build(tmp_path)
    file = tmp_path / "documents.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace(f"key: {{env: {KEY_VARIABLE}}}", "key: {file: key.txt}"), "utf-8")
    pdp = load(project=tmp_path)
    call = HttpCall("POST", "/chat/completions", "", (), b"{}")
    assert is_long(Gate(pdp, MemoryLog(), "test"), pdp.loaded, call)
