"""The log for programs with an event loop: thousands may wait for one write, and no thread each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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

    A thread of its own writes, so that no other work in threads keeps records waiting.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="policy-router-log")

    async def append(self, record: Mapping[str, Any]) -> int:
        """Return the number of `record` once it is on the disk; raises as `Ledger.append`.

        A task that is cancelled meanwhile may have its record kept all the same.
        """
        loop = asyncio.get_running_loop()
        entry = _Entry(packed(record), loop.create_future())
        self._waiting.append(entry)
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return await entry.kept

    async def close(self) -> None:
        """Wait for what is being written, then write a last checkpoint."""
        if self._writing is not None:
            await self._writing
        await asyncio.get_running_loop().run_in_executor(self._thread, self._ledger.check)
        self._thread.shutdown()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting, []
            records = [entry.record for entry in group]
            try:
                numbers = await loop.run_in_executor(self._thread, self._ledger.keep, records)
            except Exception as error:  # noqa: BLE001 - each of the group waits, and is told
                _tell_all(group, error)
            else:
                for entry, number in zip(group, numbers, strict=True):
                    if not entry.kept.done():
                        entry.kept.set_result(number)
        self._writing = None


def _tell_all(group: list[_Entry], error: Exception) -> None:
    for entry in group:
        if not entry.kept.done():
            entry.kept.set_exception(error)
