"""Calls over connections that stay open: as many as are answered, or so many a second."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one call: seconds until the first byte of the body, and until the last."""

    first: float
    whole: float


class Connection:
    """One connection that stays open; a call at a time."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, call: bytes) -> Answered:
        """Send `call` and read its answer; raises `ValueError` for any status but 200."""
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()  # the server does not wait for ever for the next call
        reader, writer = self._streams or await self._opened()
        began = perf_counter()
        writer.write(call)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head.decode(errors="replace") + (await reader.read(2_000)).decode())
        size = _content_length(head)
        if size is None:
            first = await _read_chunks(reader)
        else:
            await reader.readexactly(size)
            first = perf_counter()
        return Answered(first - began, perf_counter() - began)

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._address.hostname or "", self._address.port or 0
        self._streams = await asyncio.open_connection(host, port)
        return self._streams

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def call(address: str, key: str, body: bytes) -> bytes:
    """A chat as the bytes of a request."""
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {urlsplit(address).netloc}\r\n"
        f"authorization: Bearer {key}\r\ncontent-type: application/json\r\naccept: */*\r\n"
        f"user-agent: bench\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def as_many(address: str, call_: bytes, at_once: int, total: int) -> float:
    """Seconds that `total` calls take over `at_once` connections."""
    left = iter(range(total))

    async def one() -> None:
        connection = Connection(address)
        for _ in left:
            await connection.ask(call_)
        await connection.close()

    began = perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return perf_counter() - began


async def so_many(address: str, call_: bytes, rate: float, total: int) -> Sequence[Answered]:
    """What came of `total` calls, begun `rate` times a second whatever becomes of those before."""
    free: list[Connection] = []

    async def one(at: float) -> Answered:
        await asyncio.sleep(max(0.0, at - perf_counter()))
        connection = free.pop() if free else Connection(address)
        answered = await connection.ask(call_)
        free.append(connection)
        return answered

    start = perf_counter() + 0.1
    found = await asyncio.gather(*(one(start + n / rate) for n in range(total)))
    for connection in free:
        await connection.close()
    return found


def _content_length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None


async def _read_chunks(reader: asyncio.StreamReader) -> float:
    """Read a chunked body to its end; when its first chunk had come."""
    first = 0.0
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
        first = first or perf_counter()
    await reader.readline()
    return first
