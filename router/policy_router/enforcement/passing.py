"""Bodies of answers that pass as they are, while a witness reads along."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from anyio import CancelScope
from anyio.to_thread import run_sync

from policy_router.audit.record import Ending
from policy_router.enforcement.exchange import Ended, Exchange, advance
from policy_router.log.kept import Log
from policy_router.wire.answers import Witness


class Passing:
    """A stream of httpx or httpx2 whose end is told to the exchange, however it ends."""

    def __init__(
        self,
        stream: Any,  # noqa: ANN401 - the two libraries share no types
        steps: Exchange,
        log: Log,
        witness: Witness,
    ) -> None:
        self._stream = stream
        self._steps = steps
        self._log = log
        self._witness = witness
        self._held: list[bytes] = []
        self._how = Ending.CLIENT_GONE

    def _saw(self, piece: bytes) -> bytes:
        self._witness.feed(piece)
        return piece

    def _end(self) -> None:
        """Tell how it ended; an exchange that is over already hears nothing of it."""
        advance(self._steps, self._log, Ended(self._how))


class PassingSync(Passing):
    """For synchronous clients."""

    _pieces: Iterator[bytes] | None = None

    def hold(self) -> None:
        """Read until the witness has seen enough; what was read is handed out first."""
        for piece in self._left():
            self._held.append(self._saw(piece))
            if self._witness.settled:
                return

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._held
            for piece in self._left():
                yield self._saw(piece)
        except Exception:
            self._how = Ending.CUT
            raise
        self._how = Ending.COMPLETE

    def _left(self) -> Iterator[bytes]:
        self._pieces = self._pieces or iter(self._stream)
        return self._pieces

    def close(self) -> None:
        """Close the stream, and tell how it ended."""
        self._stream.close()
        self._end()


class PassingAsync(Passing):
    """For asynchronous clients; the record of the end is written in a thread."""

    _pieces: AsyncIterator[bytes] | None = None

    async def hold(self) -> None:
        """Read until the witness has seen enough; what was read is handed out first."""
        async for piece in self._left():
            self._held.append(self._saw(piece))
            if self._witness.settled:
                return

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for piece in self._held:
                yield piece
            async for piece in self._left():
                yield self._saw(piece)
        except Exception:
            self._how = Ending.CUT
            raise
        self._how = Ending.COMPLETE

    def _left(self) -> AsyncIterator[bytes]:
        self._pieces = self._pieces or aiter(self._stream)
        return self._pieces

    async def aclose(self) -> None:
        """Close the stream, and tell how it ended."""
        await self._stream.aclose()
        with CancelScope(shield=True):
            await run_sync(self._end)
