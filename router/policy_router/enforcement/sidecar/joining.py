"""Writing to a client: the head of an answer goes out with what follows it at once."""

from __future__ import annotations

import asyncio
from typing import Any, Final

_BEGINS: Final = b"HTTP/1.1 "
"""How the head of an answer begins (RFC 9112 section 4)."""


class Joining:
    """The transport of a client's connection, which writes a head and what follows it as one.

    Each write is a call to the system, which costs as much as reading the body of a call. A head
    that nothing follows in the same round of the loop goes out at the end of it.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        """Write `data`, behind the head that waits for it."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        elif data.startswith(_BEGINS):
            self._head = data
            self._loop.call_soon(self._write_head)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection, once all has been written."""
        self._write_head()
        self._transport.close()

    def _write_head(self) -> None:
        if self._head and not self._transport.is_closing():
            self._transport.write(self._head)
        self._head = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        return getattr(self._transport, name)
