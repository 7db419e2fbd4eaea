"""One call on its way through the sidecar: from an ASGI request to the pooled client and back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from policy_router.audit.record import Ending
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.asgi_messages import Receive, Send, raw, respond
from policy_router.enforcement.exchange import (
    Came,
    Deliver,
    Ended,
    Exchange,
    Finished,
    Head,
    Hold,
)
from policy_router.enforcement.exchange import Send as Sending
from policy_router.enforcement.sidecar.connection import Connection, UpstreamError
from policy_router.enforcement.sidecar.leaving import ClientLeft, Departure, Until
from policy_router.enforcement.sidecar.upstream import Pool, failure, send
from policy_router.enforcement.stepping import Next, advanced
from policy_router.log.kept import AsyncLog
from policy_router.wire.answers import Witness
from policy_router.wire.headers import Headers, lowered, passed_back


class SidecarCarriage:
    """Does what the exchange says, until the answer is out or the client is gone."""

    def __init__(
        self,
        pool: Pool,
        steps: Exchange,
        log: AsyncLog,
        receive: Receive,
        client: Send,
    ) -> None:
        self._pool = pool
        self._steps = steps
        self._log = log
        self._receive = receive
        self._client = client
        self._response: Connection | None = None
        self._headers: Headers = ()
        self._held: list[bytes] = []
        self._resent = False

    async def carry(self) -> None:
        """Serve the call; where that is stopped, it is recorded."""
        departure = Departure(self._receive)
        leaving = departure.told
        came: Came = None
        try:
            while True:
                match await self._advance(came):
                    case Sending(forward):
                        came = await self._sent(forward, leaving)
                    case Hold(witness):
                        came = await self._hold(witness)
                    case Deliver(forward, witness):
                        came = Ended(await self._let_out(forward, witness, leaving))
                    case Finished(reply):
                        break
            if reply is not None:
                await respond(self._client, reply)
        except asyncio.CancelledError:
            await self._advance(Ended(Ending.STOPPED, self._resent))
            raise
        finally:
            departure.forget()
            self._drop()

    def _advance(self, came: Came) -> Coroutine[Any, Any, Next]:
        return advanced(self._steps, self._log, came)

    async def _sent(self, forward: Forward, leaving: asyncio.Future[None]) -> Head | Ended:
        self._drop()
        self._resent = False
        try:
            with Until(leaving):
                self._response = await send(self._pool, forward, self._again)
        except ClientLeft:
            return Ended(Ending.CLIENT_GONE, self._resent)
        except UpstreamError as error:
            return Ended(failure(error), self._resent)
        self._headers = lowered(self._response.headers)
        return Head(self._response.status, self._headers, self._resent)

    def _again(self) -> None:
        self._resent = True

    async def _hold(self, witness: Witness) -> Ended | None:
        try:
            response = self._answer
            while not witness.settled and (piece := await response.read()):
                witness.feed(piece)
                self._held.append(piece)
        except UpstreamError as error:
            return Ended(failure(error))
        return None

    @property
    def _answer(self) -> Connection:
        assert self._response is not None  # noqa: S101 - its head has come
        return self._response

    async def _let_out(
        self, forward: Forward, witness: Witness, leaving: asyncio.Future[None]
    ) -> Ending:
        """Let the answer out as it comes, and say how it ended."""
        response = self._answer
        leaving.add_done_callback(self._break_off)
        told = (*passed_back(self._headers), *forward.response_headers)
        start = {"type": "http.response.start", "status": response.status, "headers": raw(told)}
        await self._client(start)
        for piece in self._held:
            await self._client(_part(piece))
        try:
            while piece := await response.read():
                witness.feed(piece)
                if response.at_end and not leaving.done():
                    self._drop()  # at once: the record of the end is waited for
                    await self._client(_last(piece))
                    return Ending.COMPLETE
                await self._client(_part(piece))
        except (UpstreamError, OSError):
            return Ending.CLIENT_GONE if leaving.done() else Ending.CUT
        if leaving.done():
            return Ending.CLIENT_GONE
        self._drop()
        await self._client(_last(b""))
        return Ending.COMPLETE

    def _break_off(self, _: object) -> None:
        """Close the connection of the answer; one that was let go of may carry another call."""
        if self._response is not None:
            self._response.close()

    def _drop(self) -> None:
        """Let go of an answer that is not wanted any more."""
        response, self._response = self._response, None
        self._held.clear()
        if response is not None:
            self._pool.release(response)


def _part(piece: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": piece, "more_body": True}


def _last(piece: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": piece, "more_body": False}
