"""The log for programs with an event loop: thousands may wait for one write, and no thread each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final
from weakref import finalize

from policy_router.log.ledger import Ledger
from policy_router.log.line import packed

LINGER: Final = 0.01
"""Seconds that a record for which nobody waits may wait for one to be written with."""

_Entry = tuple[bytes, asyncio.Future[int]]
_Settle = Callable[[Sequence[_Entry], range | BaseException], None]
_Group = tuple[asyncio.AbstractEventLoop, Sequence[_Entry], _Settle]


class AsyncLedger:
    """Appends to a ledger from one event loop: all that wait while a group is written are the next.

    A thread of its own writes, so that no other work in threads keeps records waiting, and no task
    does: whoever cancels every task of a loop that ends leaves nobody waiting for ever.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[_Entry] = []
        self._somebody_waits = False
        self._idle: asyncio.Future[None] | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._groups: SimpleQueue[_Group | None] | None = None

    def append(self, record: Mapping[str, Any], *, in_passing: bool = False) -> asyncio.Future[int]:
        """The number of `record` once it is on the disk; raises as `Ledger.append`.

        `in_passing`: nobody waits for it, so it is written with the next for which somebody does,
        or after `LINGER`. A task that is cancelled meanwhile may have its record kept all the same.
        """
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[int] = loop.create_future()
        self._waiting.append((packed(record), kept))
        self._somebody_waits = self._somebody_waits or not in_passing
        if self._idle is None:
            self._soon(loop)
        return kept

    async def close(self) -> None:
        """Wait for what is being written, then have a checkpoint cover all; raises as `append`."""
        loop = asyncio.get_running_loop()
        while self._waiting or self._idle is not None:
            self._begin(loop)
            if self._idle is not None:
                await self._idle
        try:
            await asyncio.to_thread(self._ledger.close)
        finally:
            if self._groups is not None:
                self._groups.put(None)
                self._groups = None

    def _soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have what waits written: now, if somebody waits for it."""
        if self._somebody_waits:
            self._begin(loop)
        elif self._lingering is None:
            self._lingering = loop.call_later(LINGER, self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have all that wait by the end of this round of the loop written."""
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        if self._idle is None and self._waiting:
            self._idle = loop.create_future()
            loop.call_soon(self._write, loop)

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have all that wait written, and be told once they are."""
        group, self._waiting, self._somebody_waits = self._waiting, [], False
        if self._groups is None:
            self._groups = SimpleQueue()
            keeping = Thread(
                target=_keep, args=(self._ledger, self._groups), name="policy-router-log"
            )
            keeping.daemon = True  # a write that the end of a program breaks off was not told of
            keeping.start()
            finalize(self, self._groups.put, None)
        self._groups.put((loop, group, self._settle))

    def _settle(self, group: Sequence[_Entry], written: range | BaseException) -> None:
        for place, (_, kept) in enumerate(group):
            if kept.done():
                continue
            if isinstance(written, range):
                kept.set_result(written[place])
            else:
                kept.set_exception(written)
        loop = asyncio.get_running_loop()
        if self._somebody_waits:
            self._write(loop)
        elif self._idle is not None:
            self._idle.set_result(None)
            self._idle = None
            if self._waiting:
                self._soon(loop)


def _keep(ledger: Ledger, groups: SimpleQueue[_Group | None]) -> None:
    """Keep one group after the other, and tell those who wait."""
    while (group := groups.get()) is not None:
        loop, entries, settle = group
        written: range | BaseException
        try:
            written = ledger.keep([record for record, _ in entries])
        except BaseException as error:  # noqa: BLE001 - each of the group waits, and is told
            written = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, entries, written)
        del group, loop, entries, settle
