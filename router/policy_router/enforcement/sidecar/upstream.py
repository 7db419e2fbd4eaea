"""The one pooled client that calls go out through: no redirect, cookie or proxy of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection

from policy_router.audit.record import Ending
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.sidecar.connection import (
    Connection,
    GivenUp,
    Silent,
    Unreached,
    UpstreamError,
)
from policy_router.wire.headers import Headers

CONNECT_SECONDS: Final = 10.0
SILENT_SECONDS: Final = 600.0
"""How long an upstream may say nothing: as long as the official SDKs wait by default."""

IDLE_SECONDS: Final = 15.0
"""How long a connection is kept that carries no call."""

NAME_SECONDS: Final = 10.0
"""How long the addresses of a name are remembered."""

_NEXT_ADDRESS: Final = 0.25
"""Seconds until the next address of a name is tried as well (RFC 8305)."""

_BOUNDING: Final = frozenset({"content-length", "transfer-encoding"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a connection, and for the next byte of an answer, in seconds."""

    connect: float = CONNECT_SECONDS
    silent: float = SILENT_SECONDS


class Place(NamedTuple):
    """Where connections go."""

    host: str
    port: int
    encrypted: bool


class Address(NamedTuple):
    """Where a call goes: the place, what is asked for there, and the host as it is named."""

    place: Place
    target: str
    host: str


class Pool:
    """Connections that carry no call now, and new ones; as many as there are calls."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._free: dict[Place, dict[Connection, None]] = {}  # the one used last comes last
        self._places: dict[Connection, Place] = {}
        self._names: dict[Place, tuple[float, asyncio.Task[list[Any]]]] = {}
        self._encryption = ssl.create_default_context()
        self._encryption.set_alpn_protocols(["http/1.1"])
        self._loop = asyncio.get_running_loop()
        self._sweep = self._loop.call_later(IDLE_SECONDS, self._close_idle)

    def __len__(self) -> int:
        """How many connections there are."""
        return len(self._places)

    def kept(self, place: Place) -> Connection | None:
        """A connection to `place` that carried a call before, the one used last."""
        free = self._free.get(place)
        while free:
            connection, _ = free.popitem()
            if connection.is_free:
                return connection
        return None

    async def connected(self, place: Place) -> Connection:
        """A new connection to `place`; raises `Unreached`."""
        try:
            async with asyncio.timeout(self._patience.connect):
                connection = await self._connect(place)
        except (OSError, UnicodeError):  # also a wrong certificate or name, and too late an answer
            raise Unreached from None
        self._places[connection] = place
        return connection

    async def _connect(self, place: Place) -> Connection:
        reached = await start_connection(
            await self._found(place), happy_eyeballs_delay=_NEXT_ADDRESS
        )
        reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await self._loop.create_connection(
            lambda: Connection(self._patience.silent, self._forget),
            sock=reached,
            ssl=self._encryption if place.encrypted else None,
            server_hostname=place.host if place.encrypted else None,
        )
        return connection

    async def _found(self, place: Place) -> list[Any]:
        """The addresses of a name, asked for once by all who want them, and again after a while."""
        now = self._loop.time()
        until, asking = self._names.get(place, (now, None))
        if asking is None or until <= now or _came_to_nothing(asking):
            asking = self._loop.create_task(self._addresses(place))
            self._names[place] = (now + NAME_SECONDS, asking)
        return await asyncio.shield(asking)

    async def _addresses(self, place: Place) -> list[Any]:
        return await self._loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)

    def release(self, connection: Connection) -> None:
        """Keep a connection for another call, or close one that can carry none."""
        place = self._places.get(connection)
        if place is None or not connection.is_free:
            connection.close()
            return
        connection.idle_since = self._loop.time()
        self._free.setdefault(place, {})[connection] = None

    def close(self) -> None:
        """Close every connection."""
        self._sweep.cancel()
        for connection in tuple(self._places):
            connection.close()

    def _forget(self, connection: Connection) -> None:
        place = self._places.pop(connection, None)
        if place is not None:
            self._free.get(place, {}).pop(connection, None)

    def _close_idle(self) -> None:
        long_ago = self._loop.time() - IDLE_SECONDS
        for free in self._free.values():
            for connection in [each for each in free if each.idle_since < long_ago]:
                del free[connection]
                connection.close()
        self._sweep = self._loop.call_later(IDLE_SECONDS, self._close_idle)


def _came_to_nothing(asking: asyncio.Task[list[Any]]) -> bool:
    return asking.done() and (asking.cancelled() or asking.exception() is not None)


@asynccontextmanager
async def pool(patience: Patience) -> AsyncIterator[Pool]:
    """A client for as long as the context lasts."""
    made = Pool(patience)
    try:
        yield made
    finally:
        made.close()


async def send(
    made: Pool, forward: Forward, again: Callable[[], None] = lambda: None
) -> Connection:
    """The head of the answer to `forward`; its body is still to be read. Raises `UpstreamError`.

    A connection that is kept may have been closed at its other end meanwhile, which is seen only
    as the call goes out (RFC 9112 section 9.5): then the call goes out on a new one, once, and
    `again` is told before.
    """
    try:
        address = _address(forward.url)
    except ValueError:
        raise Unreached from None
    if not _is_framed(forward):
        raise UpstreamError
    call = _head(forward.method, address, forward.headers)
    kept = made.kept(address.place)
    if kept is not None:
        try:
            await kept.ask(call, forward.body, has_body=forward.method != "HEAD")
        except GivenUp:
            again()
        else:
            return kept
    connection = await made.connected(address.place)
    await connection.ask(call, forward.body, has_body=forward.method != "HEAD")
    return connection


def _is_framed(forward: Forward) -> bool:
    """Whether the head says how long the body is, once: else its end is whatever a reader takes.

    RFC 9112, sections 6.3 and 11.2.
    """
    said = [value for name, value in forward.headers if name.lower() in _BOUNDING]
    return said == [str(len(forward.body))]


def _head(method: str, address: Address, headers: Headers) -> bytes:
    """The head of a call; raises `UpstreamError` for a header that would be read as two."""
    lines = [f"{method} {address.target} HTTP/1.1\r\nhost: {address.host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) or head.count("\n") != len(lines) or "\0" in head:
        raise UpstreamError
    return f"{head}\r\n\r\n".encode("latin-1")


@lru_cache(maxsize=1024)
def _address(url: str) -> Address:
    """The address as it is written; there are few."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    default = _DEFAULT_PORTS[parts.scheme]
    port = parts.port or default
    named = f"[{host}]" if ":" in host else host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host_header = named if port == default else f"{named}:{port}"
    return Address(Place(host, port, parts.scheme == "https"), target, host_header)


def failure(error: UpstreamError) -> Ending:
    """How a sending ended that got no answer."""
    if isinstance(error, Unreached):
        return Ending.UNREACHED
    return Ending.TIMED_OUT if isinstance(error, Silent) else Ending.BROKEN
