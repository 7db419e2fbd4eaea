"""The head of an answer goes out with what follows it at once, and is never kept back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

from policy_router.enforcement.sidecar.joining import Joining

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@dataclass
class Transport:
    """A transport that notes what is written to it."""

    written: list[bytes] = field(default_factory=list)
    closing: bool = False
    tall: int = 7

    def write(self, data: bytes) -> None:
        assert not self.closing
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True


def _joining(to: Transport) -> Joining:
    return Joining(cast("asyncio.Transport", to), asyncio.get_running_loop())


async def _round() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def test_a_head_and_what_follows_it_at_once_are_one_write() -> None:
    async def answer() -> Transport:
        transport = Transport()
        joining = _joining(transport)
        joining.write(HEAD)
        joining.write(b"one")
        joining.write(b"two")
        await _round()
        joining.write(b"three")
        return transport

    assert asyncio.run(answer()).written == [HEAD + b"one", b"two", b"three"]


def test_a_head_that_nothing_follows_goes_out_at_once() -> None:
    async def answer() -> Transport:
        transport = Transport()
        joining = _joining(transport)
        joining.write(HEAD)
        await _round()
        assert transport.written == [HEAD]
        joining.write(b"one")
        return transport

    assert asyncio.run(answer()).written == [HEAD, b"one"]


def test_two_heads_are_two_and_closing_loses_none() -> None:
    async def answer() -> Transport:
        transport = Transport()
        joining = _joining(transport)
        joining.write(HEAD)
        joining.write(HEAD)
        joining.write(HEAD)
        joining.close()
        await _round()
        assert joining.is_closing()
        assert joining.tall == 7
        return transport

    assert b"".join(asyncio.run(answer()).written) == 3 * HEAD


def test_nothing_is_written_to_what_is_closed() -> None:
    async def answer() -> Transport:
        transport = Transport()
        joining = _joining(transport)
        joining.write(HEAD)
        transport.closing = True  # the client is gone
        await _round()
        return transport

    assert asyncio.run(answer()).written == []
