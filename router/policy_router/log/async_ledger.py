"""The log for programs with an event loop: thousands may wait for one write, and no thread each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from policy_router.log.ledger import Ledger
from policy_router.log.line import packed


@dataclass(slots=True)
class _Entry:
    record: bytes
    kept: asyncio.Future[int]


class AsyncLedger:
    """Appends to a ledger from one event loop: all that wait while a group is written are the next.

    A thread of its own writes, so that no other work in threads keeps records waiting, and no task
    does: whoever cancels every task of a loop that ends leaves nobody waiting for ever.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[_Entry] = []
        self._idle: asyncio.Future[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="policy-router-log")

    async def append(self, record: Mapping[str, Any]) -> int:
        """Return the number of `record` once it is on the disk; raises as `Ledger.append`.

        A task that is cancelled meanwhile may have its record kept all the same.
        """
        loop = asyncio.get_running_loop()
        entry = _Entry(packed(record), loop.create_future())
        self._waiting.append(entry)
        if self._idle is None:
            self._idle = loop.create_future()
            loop.call_soon(self._write, loop)
        return await entry.kept

    async def close(self) -> None:
        """Wait for what is being written, then write a last checkpoint; raises as `append`."""
        if self._idle is not None:
            await self._idle
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._ledger.check)
        finally:
            self._thread.shutdown()

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have all that wait written, and be told once they are."""
        group, self._waiting = self._waiting, []
        writing = self._thread.submit(self._ledger.keep, [entry.record for entry in group])
        writing.add_done_callback(
            lambda written: loop.call_soon_threadsafe(self._settle, loop, group, written)
        )

    def _settle(
        self, loop: asyncio.AbstractEventLoop, group: list[_Entry], written: Future[range]
    ) -> None:
        error = written.exception()
        for place, entry in enumerate(group):
            if entry.kept.done():
                continue
            if error is None:
                entry.kept.set_result(written.result()[place])
            else:
                entry.kept.set_exception(error)
        if self._waiting:
            self._write(loop)
        elif self._idle is not None:
            self._idle.set_result(None)
            self._idle = None
