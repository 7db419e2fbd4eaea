"""HTTP/1.1 as the sidecar hears it: uvicorn's protocol, with bounds, and without upgrades.

What is refused here was no call yet: it is answered in its sender's dialect, and not recorded.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from policy_router.enforcement.answer import refuse
from policy_router.enforcement.asgi_messages import raw
from policy_router.enforcement.ids import new_id
from policy_router.enforcement.sidecar.arriving import below_base
from policy_router.enforcement.sidecar.joining import Joining
from policy_router.wire.headers import lowered
from policy_router.wire.operations import dialect_of
from policy_router.wire.refusal import RefusalCode, Refused

KEPT_SECONDS: Final = 75
"""How long a client's connection is kept that carries no call: longer than pools of SDKs do."""

MOST_HEAD: Final = 2**16
"""Bytes before the body of a call; servers usually take 8 to 32 KiB."""

MOST_BESIDE: Final = 2**20
"""Bytes of a call that are none of its body: its head, the frames of its chunks, trailers."""

MOST_DROPPED: Final = 2**25
"""Bytes of a body that are read and dropped, once its call is answered."""

SLOWEST: Final = 120.0
"""Seconds that a call may take to arrive, from its first byte (or the connection) to its last."""

_LOOK: Final = 5.0
_UPGRADE: Final = b"upgrade"


class Hearing(HttpToolsProtocol):
    """One connection of a client.

    An offered upgrade is not taken, which a server may do (RFC 9110 section 7.8): Java's own client
    offers `h2c` with every call. The parser would stop at the head of such a call, so it is read
    again without the offer.
    """

    slowest = SLOWEST

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **options)
        self._piece = self._beside = self._dropped = 0
        self._in_head = True
        self._is_too_long = False
        self._since: float | None = self.loop.time()
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(cast("asyncio.Transport", Joining(transport, self.loop)))
        self._watch = self.loop.call_later(min(_LOOK, self.slowest), self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a call has come."""
        self._unset_keepalive_if_required()
        self._piece = len(data)
        self._beside += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offered:
            self._read_again(data[offered.args[0] :])
            return
        except httptools.HttpParserError:
            if not self._is_too_long:
                self.send_400_response("Invalid HTTP request received.")
                return
        if self._is_too_long or self._beside > (MOST_HEAD if self._in_head else MOST_BESIDE):
            self._turn_away(_TOO_LONG)

    def _should_upgrade(self) -> bool:
        """Whether the parser stops at this head; it is asked only if an upgrade is offered."""
        return True

    def _read_again(self, rest: bytes) -> None:
        """Read a call without its offer, and what came behind its head."""
        method = self.parser.get_method()
        if method == b"CONNECT":  # which is no offer
            self.send_400_response("Invalid HTTP request received.")
            return
        version = self.parser.get_http_version().encode()
        lines = [method + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in map(_without_offer, self.headers)]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join((*lines, b"", rest)))

    # ---- what the parser says ----

    def on_message_begin(self) -> None:
        """A call begins."""
        super().on_message_begin()
        self._beside, self._dropped = self._piece, 0
        self._in_head = True
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; those behind a body are no part of what is decided on."""
        if not self._in_head:
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self._beside > MOST_HEAD and _size(self.headers) > MOST_HEAD:
            self._is_too_long = True
            raise ValueError
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        self._beside -= len(body)
        if self.cycle.response_complete:
            self._dropped += len(body)
            if self._dropped > MOST_DROPPED:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The call is whole."""
        self._since = None
        super().on_message_complete()

    # ---- what is too slow, and what is too long ----

    def _look(self) -> None:
        """Whether a call takes too long to arrive; not while it is we who do not read."""
        since = None if self.flow.read_paused else self._since
        if since is not None and self.loop.time() - since >= self.slowest:
            self._turn_away(_TOO_SLOW)
        else:
            self._watch = self.loop.call_later(min(_LOOK, self.slowest), self._look)

    def _turn_away(self, why: Refused) -> None:
        """Answer what is not read to its end, unless an answer is under way; hear no more of it."""
        if not self.transport.is_closing() and self._can_answer():
            path = below_base(getattr(self, "url", b""))
            reply = refuse(new_id(), why, dialect_of(path, lowered(self.headers or ())))
            headers = (*raw(reply.headers), (b"connection", b"close"))
            lines = [name + b": " + value + b"\r\n" for name, value in headers]
            head = b"".join((STATUS_LINE[reply.status], *lines, b"\r\n"))
            self.transport.write(head + reply.body)
        self.transport.close()

    def _can_answer(self) -> bool:
        """Whether what is written now is read as the answer to the call that is arriving."""
        cycle: RequestResponseCycle | None = self.cycle
        if self._in_head:
            return cycle is None or cycle.response_complete
        return cycle is not None and not (self.pipeline or cycle.response_started)


def _without_offer(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    if name != b"connection":
        return header
    options = [option.strip() for option in value.split(b",")]
    return name, b", ".join(option for option in options if option.lower() != _UPGRADE)


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)


_TOO_LONG: Final = Refused(
    RefusalCode.HEADERS_TOO_LARGE,
    f"the headers of the call are longer than {MOST_HEAD // 1024} KiB, or what stands between the "
    f"pieces of its body is longer than {MOST_BESIDE // 1024} KiB",
    "send fewer and shorter headers, and the body in larger pieces",
)
_TOO_SLOW: Final = Refused(
    RefusalCode.TOO_SLOW,
    f"the call did not arrive within {SLOWEST:.0f} seconds",
    "send it faster, or less of it",
)
