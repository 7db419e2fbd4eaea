"""A client that leaves before it has its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from policy_router.enforcement.asgi_messages import Receive


async def departure(receive: Receive) -> None:
    """Wait for the client to leave; what it sends besides has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


class ClientLeft(Exception):
    """The client is gone."""


@asynccontextmanager
async def until(leaving: asyncio.Future[None]) -> AsyncIterator[None]:
    """Break off what is awaited inside once the client leaves, as `ClientLeft`.

    As `asyncio.timeout` does it: the task itself is cancelled, and it is known by whom. To wait for
    whichever comes first would take another task for every call.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - coroutines run in tasks
    before, waits, has_left = task.cancelling(), True, False

    def break_off(_: object) -> None:
        nonlocal has_left
        if waits:  # whoever was told already may be called once more
            has_left = True
            task.cancel()

    leaving.add_done_callback(break_off)
    try:
        if leaving.done():
            raise ClientLeft
        yield
    except asyncio.CancelledError:
        if has_left and task.uncancel() <= before:
            raise ClientLeft from None
        raise
    finally:
        waits = False
        leaving.remove_done_callback(break_off)
