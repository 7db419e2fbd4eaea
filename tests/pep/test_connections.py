"""Connections to upstreams: kept, given up by the other side, answered oddly or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvloop

from policy_router.audit.record import Ending
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.sidecar import connection
from policy_router.enforcement.sidecar import upstream as upstream_module
from policy_router.enforcement.sidecar.connection import (
    MOST_WAITING,
    GivenUp,
    Silent,
    Unreached,
    UpstreamError,
)
from policy_router.enforcement.sidecar.upstream import Patience, Pool, failure, pool, send
from tests.patience import PATIENCE

WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}

Talk = Callable[["Other"], Awaitable[None]]


@dataclass
class Other:
    """The other side of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    calls: list[bytes]

    async def call(self) -> None:
        """Read one call."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.calls.append(head + await self.reader.readexactly(2))

    async def say(self, words: bytes) -> None:
        """Send some of an answer."""
        self.writer.write(words)
        await self.writer.drain()


@dataclass
class Upstream:
    """What is said on one connection after the other; the last goes on for all that follow."""

    talks: list[Talk]
    calls: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Have one connection, and close it."""
        talk = self.talks[min(self.connections, len(self.talks) - 1)]
        self.connections += 1
        try:
            await talk(Other(reader, writer, self.calls))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def answers(other: Other) -> None:
    """Answer every call."""
    while True:
        await other.call()
        await other.say(WHOLE)


async def answers_once(other: Other) -> None:
    """Answer one call and close the connection, as a server does that has waited long enough."""
    await other.call()
    await other.say(WHOLE)


async def closes_on_the_second(other: Other) -> None:
    """Answer one call; close the connection as the next one comes in."""
    await answers_once(other)
    await other.call()


async def closes_at_once(other: Other) -> None:
    """Close the connection as a call comes in."""
    await other.call()


def says(words: bytes) -> Talk:
    """Answer a call with these words, and close the connection."""

    async def talk(other: Other) -> None:
        await other.call()
        await other.say(words)

    return talk


async def begins_the_second(other: Other) -> None:
    """Answer one call, and of the next no more than the beginning."""
    await answers_once(other)
    await other.call()
    await other.say(b"HTTP/1.1 2")


def played(
    upstream: Upstream,
    play: Callable[[Pool, Forward], Coroutine[Any, Any, None]],
    *,
    loop: str = "asyncio",
    silent: float = 5,
) -> None:
    """Play with a pool and a call to `upstream`."""

    async def all_of_it() -> None:
        server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        headers = (("content-length", "2"),)
        call = Forward("id", "r", "m", f"http://127.0.0.1:{port}/v1/chat", headers, b"{}")
        async with server, pool(Patience(connect=2, silent=silent)) as made:
            await asyncio.wait_for(play(made, call), PATIENCE)

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(all_of_it())


async def read(made: Pool, call: Forward) -> bytes:
    """The whole body of the answer."""
    answer, body = await send(made, call), b""
    try:
        while piece := await answer.read():
            body += piece
    finally:
        made.release(answer)
    return body


async def _kept_none(made: Pool) -> None:
    """Wait until no connection is kept any more."""
    while len(made):  # noqa: ASYNC110 - a pool tells nobody
        await asyncio.sleep(0.01)


async def twice(made: Pool, call: Forward) -> None:
    """Two calls, with time between them for news of the connection to arrive."""
    assert await read(made, call) == b"ok"
    await asyncio.sleep(0.05)
    assert await read(made, call) == b"ok"


async def twice_at_once(made: Pool, call: Forward) -> None:
    """Two calls, the second before anything can be heard of the connection."""
    assert await read(made, call) == b"ok"
    assert await read(made, call) == b"ok"


@pytest.mark.parametrize("loop", LOOPS)
def test_calls_that_follow_on_each_other_share_a_connection(loop: str) -> None:
    upstream = Upstream([answers])
    played(upstream, twice, loop=loop)
    assert (upstream.connections, len(upstream.calls)) == (1, 2)
    assert upstream.calls[0].startswith(b"POST /v1/chat HTTP/1.1\r\nhost: 127.0.0.1:")


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("play", [twice, twice_at_once])
def test_a_connection_that_was_closed_while_it_was_idle(loop: str, play: Any) -> None:  # noqa: ANN401
    """In both orders: the end is heard before the next call goes out, and after."""
    upstream = Upstream([answers_once, answers])
    played(upstream, play, loop=loop)
    assert (upstream.connections, len(upstream.calls)) == (2, 2)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_kept_connection_that_is_closed_as_the_call_comes_is_made_anew_once(loop: str) -> None:
    upstream = Upstream([closes_on_the_second, answers])
    played(upstream, twice, loop=loop)
    assert upstream.connections == 2
    first, again = upstream.calls[1:]
    assert first == again


def _fails(upstream: Upstream, *, kept: bool, silent: float = 5) -> UpstreamError:
    """How a call ends, the second on its connection if that was `kept`."""
    caught: list[UpstreamError] = []

    async def play(made: Pool, call: Forward) -> None:
        if kept:
            assert await read(made, call) == b"ok"
            await asyncio.sleep(0.05)
        with pytest.raises(UpstreamError) as error:
            await read(made, call)
        caught.append(error.value)

    played(upstream, play, silent=silent)
    return caught[0]


def test_it_is_sent_twice_at_most() -> None:
    upstream = Upstream([closes_on_the_second, closes_at_once])
    assert failure(_fails(upstream, kept=True)) is Ending.BROKEN
    assert len(upstream.calls) == 3


def test_a_new_connection_that_is_closed_is_not_tried_again() -> None:
    upstream = Upstream([closes_at_once])
    assert not isinstance(_fails(upstream, kept=False), GivenUp)
    assert len(upstream.calls) == 1


def test_an_answer_that_has_begun_is_not_asked_for_again() -> None:
    upstream = Upstream([begins_the_second, answers])
    _fails(upstream, kept=True)
    assert len(upstream.calls) == 2


def test_a_connection_that_is_closed_late_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By then the upstream may have begun to work on the call."""
    monkeypatch.setattr(connection, "SOON", 0.0)
    upstream = Upstream([closes_on_the_second, answers])
    _fails(upstream, kept=True)
    assert len(upstream.calls) == 2


# ---- odd answers ----


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + WHOLE, b"ok"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (WHOLE + WHOLE, b"ok"),
    ],
)
def test_answers_are_read_to_their_end(words: bytes, body: bytes) -> None:
    async def play(made: Pool, call: Forward) -> None:
        assert await read(made, call) == body
        await _kept_none(made)

    played(Upstream([says(words)]), play)


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\ncut",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok.",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 2**19,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 2**15,
    ],
    ids=["none", "nonsense", "short", "chunk", "lengths", "upgrade", "endless", "interim"],
)
def test_what_is_no_whole_answer_is_an_error(words: bytes) -> None:
    assert failure(_fails(Upstream([says(words)]), kept=False)) is Ending.BROKEN


def test_who_says_nothing_is_not_waited_for_without_end() -> None:
    async def waits(other: Other) -> None:
        await answers_once(other)
        await other.call()
        await other.reader.read()

    error = _fails(Upstream([waits]), kept=True, silent=1)
    assert isinstance(error, Silent)
    assert failure(error) is Ending.TIMED_OUT


def test_where_nobody_listens_nothing_is_reached() -> None:
    async def play(made: Pool, call: Forward) -> None:
        for url in ("http://127.0.0.1:1/", "http://no-such-host.invalid/", "http://[::1/"):
            with pytest.raises(Unreached):
                await send(made, replace(call, url=url))

    played(Upstream([answers]), play)
    assert failure(Unreached()) is Ending.UNREACHED


def test_a_connection_that_carries_nothing_is_closed_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upstream_module, "IDLE_SECONDS", 0.5)

    async def play(made: Pool, call: Forward) -> None:
        assert await read(made, call) == b"ok"
        assert len(made) == 1
        await _kept_none(made)

    played(Upstream([answers]), play)


def test_a_name_is_asked_for_once_by_all_who_want_it() -> None:
    asked: list[object] = []

    async def play(made: Pool, call: Forward) -> None:
        loop = asyncio.get_running_loop()
        real = loop.getaddrinfo

        async def counted(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is
            asked.append(args)
            return await real(*args, **options)

        loop.getaddrinfo = counted  # type: ignore[method-assign]
        bodies = await asyncio.gather(*(read(made, call) for _ in range(20)))
        assert bodies == [b"ok"] * 20

    played(Upstream([answers]), play)
    assert len(asked) == 1


def test_a_slow_client_has_the_upstream_wait() -> None:
    sent: list[int] = []

    async def floods(other: Other) -> None:
        await other.call()
        await other.say(b"HTTP/1.1 200 OK\r\n\r\n")
        for number in range(1_000):
            await other.say(b"x" * 2**16)
            sent.append(number)

    async def play(made: Pool, call: Forward) -> None:
        answer = await send(made, call)
        await asyncio.sleep(0.3)
        assert len(sent) < 500
        assert len(await answer.read()) < 2**22 + MOST_WAITING
        answer.close()

    played(Upstream([floods]), play)


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\nb", "a\rb", "a\0b"])
def test_no_header_is_read_as_two(value: str) -> None:
    upstream = Upstream([answers])

    async def play(made: Pool, call: Forward) -> None:
        headers = (*call.headers, ("accept", value))
        with pytest.raises(UpstreamError):
            await send(made, Forward("id", "r", "m", call.url, headers, b"{}"))

    played(upstream, play)
    assert upstream.calls == []
