"""One connection to an upstream: one call after the other, an answer read as it comes.

HTTP/1.1 as RFC 9112 has it, read by llhttp. What is doubtful in an answer breaks it off: two
lengths, data behind its end, an upgrade nobody asked for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, cast

import httptools

LONGEST_HEAD: Final = 2**18
"""Bytes before the body of an answer, those of interim answers among them."""

MOST_WAITING: Final = 2**16
"""Bytes of an answer that wait for a slow client; then the upstream waits too."""

SOON: Final = 1.0
"""Seconds within which a connection is closed that had been given up before the call came."""

_INTERIM: Final = range(100, 200)
_BOUNDED: Final = frozenset({b"content-length", b"transfer-encoding"})


class UpstreamError(Exception):
    """An upstream that gave no answer, or no whole one."""


class Unreached(UpstreamError):
    """There is no connection to it."""


class Silent(UpstreamError):
    """It said nothing for too long."""


class GivenUp(UpstreamError):
    """A connection kept from an earlier call was closed, soon and before any byte of an answer.

    The upstream had closed it, most likely, before the call reached it.
    """


class Connection(asyncio.Protocol):
    """A connection, and the answer to the call that it carries.

    `silent`: seconds an upstream may say nothing while somebody waits for it. `closed` is told once
    the connection is of no more use.
    """

    def __init__(self, silent: float, closed: Callable[[Connection], None]) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._silent = silent
        self._closed = closed
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._pieces: deque[bytes] = deque()
        self._waiting = 0
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._error: UpstreamError | None = None
        self._calls = 0
        self._watch: asyncio.TimerHandle | None = None
        self._begin()

    def _begin(self) -> None:
        self.headers = []
        self._has_head = self._has_ended = False
        self._is_bounded = self._keeps = self._has_body = False
        self._asked_at = self._heard_at = self._loop.time()
        self._heard, self._head_bytes = False, 0

    # ---- a call ----

    async def ask(self, call: bytes, body: bytes, *, has_body: bool = True) -> None:
        """Send a call, and return once the head of its answer is there.

        `has_body`: whether answers to it have one. Raises `UpstreamError`; then it is closed, as
        it is if nobody waits any more.
        """
        self._begin()
        self._calls += 1
        self._has_body = has_body
        self._parser = httptools.HttpResponseParser(self)
        try:
            self._say(call, body)
            while not self._has_head:
                await self._news()
        except BaseException:
            self.close()
            raise

    def _say(self, call: bytes, body: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            raise self._given_up()
        if len(body) <= MOST_WAITING:
            self._transport.write(call + body)
        else:
            self._transport.write(call)
            self._transport.write(body)
        if self._watch is None:
            self._watch = self._loop.call_later(self._silent, self._look)

    async def read(self) -> bytes:
        """What has come of the body since; nothing at its end. Raises `UpstreamError`."""
        while not self._pieces:
            if self._has_ended:
                return b""
            await self._news()
        piece = self._pieces.popleft() if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._heard_at = self._loop.time()
            self._transport.resume_reading()
        return piece

    @property
    def at_end(self) -> bool:
        """Whether all of the answer has been read."""
        return self._has_ended and not self._pieces

    @property
    def is_free(self) -> bool:
        """Whether it can carry another call."""
        usable = self._transport is not None and not self._transport.is_closing()
        return usable and self._has_ended and self._keeps and not self._pieces

    def close(self) -> None:
        """Break off whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    async def _news(self) -> None:
        """Wait for more to come, or for the end of it; raises what broke the answer off."""
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: UpstreamError) -> None:
        if self._error is None and not self._has_ended:
            self._error = error
        self.close()
        self._wake()

    def _given_up(self) -> UpstreamError:
        """What is wrong where the connection is closed before an answer has begun."""
        is_soon = self._loop.time() - self._asked_at < SOON
        if self._calls > 1 and not self._heard and is_soon:
            return GivenUp()
        return UpstreamError()

    def _look(self) -> None:
        """Whether the upstream has been silent for too long; one timer serves many calls."""
        self._watch = None
        if self._has_ended or self._transport is None:
            return
        quiet = 0.0 if self._paused else self._loop.time() - self._heard_at
        if quiet >= self._silent:
            self._fail(Silent())
        else:
            self._watch = self._loop.call_later(self._silent - quiet, self._look)

    # ---- what the transport says ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by class

    def data_received(self, data: bytes) -> None:
        """Some of an answer came; what nobody asked for ends the connection."""
        self._heard_at, self._heard = self._loop.time(), True
        if self._parser is None or self._has_ended:
            self.close()
            return
        self._head_bytes += 0 if self._has_head else len(data)
        if self._head_bytes > LONGEST_HEAD:
            self._fail(UpstreamError())
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(UpstreamError())

    def eof_received(self) -> None:
        """Nothing more comes; the transport closes by itself."""

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed. An answer without a length ends so; any other is cut short."""
        self._transport = None
        if self._has_head and not self._is_bounded and error is None and self._error is None:
            self._has_ended = True
        elif not self._has_ended and self._error is None:
            self._error = UpstreamError() if self._has_head else self._given_up()
        self._keeps = False
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._wake()
        self._closed(self)

    # ---- what the parser says ----

    def on_message_begin(self) -> None:
        """An answer begins: the one, after others that were only interim; or one too many."""
        if self._has_ended:
            self.close()
        else:
            self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; those behind a body are of no use to a client that may not expect them."""
        if not self._has_head:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self._has_head:
            return
        assert self._parser is not None  # noqa: S101 - it calls
        self.status = self._parser.get_status_code()
        if self.status in _INTERIM:
            return
        self._has_head = True
        self._is_bounded = any(name.lower() in _BOUNDED for name, _ in self.headers)
        if not self._has_body:  # of which the parser does not know
            self._has_ended = True
            self._keeps = False
        self._wake()

    def on_body(self, piece: bytes) -> None:
        """Some of the body; what is behind its end is none of it."""
        if self._has_ended:
            return
        self._pieces.append(piece)
        self._waiting += len(piece)
        if self._waiting > MOST_WAITING and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was an interim one."""
        if not self._has_head or self._has_ended:
            return
        assert self._parser is not None  # noqa: S101 - it calls
        self._has_ended = True
        self._keeps = self._parser.should_keep_alive()
        self._wake()
