"""What is awaited until the client leaves: broken off once, and nothing else with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from policy_router.enforcement.sidecar import leaving
from policy_router.enforcement.sidecar.leaving import ClientLeft, Until

Leaving = asyncio.Future[None]


def _ran(what: Callable[[Leaving], Awaitable[None]]) -> None:
    async def run() -> None:
        await what(asyncio.get_running_loop().create_future())

    asyncio.run(run())


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_what_is_awaited_is_broken_off_once_the_client_leaves() -> None:
    async def left(leaving: Leaving) -> None:
        asyncio.get_running_loop().call_soon(leaving.set_result, None)
        with pytest.raises(ClientLeft), Until(leaving):
            await asyncio.Event().wait()
        await _turns(3)  # and what follows is not

    _ran(left)


def test_nothing_is_begun_for_a_client_that_has_left() -> None:
    begun = []

    async def left(leaving: Leaving) -> None:
        leaving.set_result(None)
        with pytest.raises(ClientLeft), Until(leaving):
            begun.append(1)

    _ran(left)
    assert not begun


@pytest.mark.parametrize("turns", range(4))
def test_a_client_that_leaves_as_the_answer_comes_cancels_nothing_later(turns: int) -> None:
    async def left(leaving: Leaving) -> None:
        loop = asyncio.get_running_loop()
        came: Leaving = loop.create_future()
        loop.call_soon(came.set_result, None)
        gone = asyncio.ensure_future(_turns(turns))
        gone.add_done_callback(lambda _: leaving.set_result(None))
        try:
            with Until(leaving):
                await came
        except ClientLeft:
            assert leaving.done()
        await _turns(6)

    _ran(left)


@pytest.mark.parametrize("also_left", [False, True])
def test_a_task_that_is_cancelled_is_cancelled_whether_or_not_the_client_has_left(
    also_left: bool,
) -> None:
    async def waiting(leaving: Leaving) -> None:
        with Until(leaving):
            await asyncio.Event().wait()

    async def cancelled(leaving: Leaving) -> None:
        task = asyncio.ensure_future(waiting(leaving))
        await _turns(2)
        if also_left:
            leaving.set_result(None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    _ran(cancelled)


def test_a_client_that_leaves_is_told_of_once_a_call_has_lasted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leaving, "SOON", 0.01)
    asked = []

    async def receive() -> dict[str, str]:
        asked.append(1)
        return {"type": "http.request" if len(asked) < 3 else "http.disconnect"}

    async def run() -> None:
        departure = leaving.Departure(receive)
        await _turns(3)
        assert asked == []
        await asyncio.wait_for(departure.told, 10)
        departure.forget()

    asyncio.run(run())
    assert len(asked) == 3


def test_nobody_asks_after_a_call_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "SOON", 0.01)
    asked = []

    async def receive() -> dict[str, str]:
        asked.append(1)
        await asyncio.Event().wait()
        return {}

    async def run() -> None:
        over, lasting = leaving.Departure(receive), leaving.Departure(receive)
        over.forget()
        await asyncio.sleep(0.05)
        lasting.forget()
        await _turns(3)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert not lasting.told.done()

    asyncio.run(run())
    assert asked == [1]
