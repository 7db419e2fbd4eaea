"""A client that leaves before it has its answer."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final

from policy_router.enforcement.asgi_messages import Receive

SOON: Final = 0.05
"""Seconds after which a call is looked after: most that are answered sooner need nobody to."""


class Departure:
    """Tells, by `told`, that a client has left, of a call that lasts.

    What the client sends besides has been read. To wait for it takes a task of its own, which costs
    as much as a third of passing a call on: so it begins once a call has lasted for `SOON`.
    """

    def __init__(self, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        self.told: asyncio.Future[None] = loop.create_future()
        self._receive = receive
        self._waiting: asyncio.Task[None] | None = None
        self._begins = loop.call_later(SOON, self._begin)

    def forget(self) -> None:
        """Look no more after the call."""
        self._begins.cancel()
        if self._waiting is not None:
            self._waiting.cancel()

    def _begin(self) -> None:
        self._waiting = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self.told.done():
            self.told.set_result(None)


class ClientLeft(Exception):
    """The client is gone."""


class Until:
    """Breaks off what is awaited inside once the client leaves, as `ClientLeft`.

    As `asyncio.timeout` does it: the task itself is cancelled, and it is known by whom. To wait for
    whichever comes first would take another task for every call.
    """

    def __init__(self, leaving: asyncio.Future[None]) -> None:
        self._leaving = leaving
        self._waits = True
        self._has_left = False

    def __enter__(self) -> None:
        task = asyncio.current_task(self._leaving.get_loop())
        assert task is not None  # noqa: S101 - coroutines run in tasks
        if self._leaving.done():
            raise ClientLeft
        self._task, self._before = task, task.cancelling()
        self._leaving.add_done_callback(self._break_off)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._waits = False
        self._leaving.remove_done_callback(self._break_off)
        if (
            isinstance(error, asyncio.CancelledError)
            and self._has_left
            and self._task.uncancel() <= self._before
        ):
            raise ClientLeft from None

    def _break_off(self, _: object) -> None:
        if self._waits:  # whoever was told already may be called once more
            self._has_left = True
            self._task.cancel()
