"""One call on its way through a client of httpx or httpx2: what the exchange says is done here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from anyio.to_thread import run_sync

from policy_router.audit.record import Ending
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.exchange import (
    Came,
    Deliver,
    Ended,
    Exchange,
    Finished,
    Head,
    Hold,
    Send,
    advance,
)
from policy_router.enforcement.stepping import Next, Stepping
from policy_router.wire.answers import Witness
from policy_router.wire.headers import OURS, lowered

if TYPE_CHECKING:
    from policy_router.enforcement.transport import Governing

_OURS: Final = OURS.encode()
"""How the headers begin that only we say, so that upstream cannot."""

Message = Any
"""A request, response or address of either library; they share no types."""


class Journey:
    """What both kinds of carriage have: the exchange, and the last answer or error."""

    def __init__(self, by: Governing, steps: Exchange, request: Message) -> None:
        self._by = by
        self._steps = steps
        self._log = by.gate.log
        self._request = request
        self._response: Message = None
        self._body: Any = None
        self._error: Exception | None = None

    def _came(self, error: Exception | None) -> Head | Ended:
        self._error = error
        if error is not None:
            return self._by.failed(error)
        return Head(self._response.status_code, lowered(self._response.headers.raw))

    def _left(self) -> None:
        """The client no longer waits: nothing more is sent, and that is recorded."""
        advance(self._steps, self._log, Ended(Ending.CLIENT_GONE))

    def _body_for(self, witness: Witness) -> Any:  # noqa: ANN401 - a stream of either library
        """The body of the answer, which lets `witness` read along."""
        if self._body is None:
            self._body = self._by.body(self._response.stream, self._steps, self._log, witness)
        return self._body

    def _delivered(self, forward: Forward, witness: Witness) -> Message:
        """The answer as it came, with what was decided beside its headers."""
        raw = self._response.headers.raw
        came = [header for header in raw if not header[0].lower().startswith(_OURS)]
        told = [(n.encode(), v.encode()) for n, v in forward.response_headers]
        return self._by.library.Response(
            self._response.status_code,
            headers=[*came, *told],
            stream=self._body_for(witness),
            extensions=self._response.extensions,
        )

    def _own(self, reply: Reply | None) -> Message:
        """The response that is ours; where upstream gave none, the library's error is raised."""
        if self._error is not None and (reply is None or reply.failure is not None):
            raise self._error
        assert reply is not None  # noqa: S101 - an answer that came was delivered
        return self._by.response(reply, self._request)


class Carriage(Journey):
    """For synchronous clients."""

    def carry(self) -> Message:
        """The response of the call: upstream's, or ours."""
        step = advance(self._steps, self._log)
        while True:
            match step:
                case Send(forward):
                    step = advance(self._steps, self._log, self._sent(forward))
                case Hold(witness):
                    step = advance(self._steps, self._log, self._held(witness))
                case Deliver(forward, witness):
                    return self._delivered(forward, witness)
                case Finished(reply):
                    self._drop()
                    return self._own(reply)

    def _sent(self, forward: Forward) -> Head | Ended:
        self._drop()
        try:
            upstream = self._by.upstream(forward, self._request)
            self._response = self._by.inner.handle_request(upstream)
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            return self._came(error)
        except BaseException:
            self._left()
            raise
        return self._came(None)

    def _held(self, witness: Witness) -> Ended | None:
        try:
            self._body_for(witness).hold()
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            self._error = error
            return self._by.failed(error)
        return None

    def _drop(self) -> None:
        """Let go of an answer that is not delivered."""
        response, self._response, self._body = self._response, None, None
        if response is not None:
            response.close()


class AsyncCarriage(Journey):
    """For asynchronous clients."""

    def __init__(self, by: Governing, steps: Exchange, request: Message) -> None:
        super().__init__(by, steps, request)
        self._stepping = Stepping(steps, self._log) if _is_asyncio() else None

    async def carry(self) -> Message:
        """The response of the call: upstream's, or ours."""
        step = await self._advance()
        while True:
            match step:
                case Send(forward):
                    step = await self._advance(await self._sent(forward))
                case Hold(witness):
                    step = await self._advance(await self._held(witness))
                case Deliver(forward, witness):
                    return self._delivered(forward, witness)
                case Finished(reply):
                    await self._drop()
                    return self._own(reply)

    async def _advance(self, came: Came = None) -> Next:
        if self._stepping is None:
            return await run_sync(advance, self._steps, self._log, came)
        return await self._stepping.on(came)

    async def _sent(self, forward: Forward) -> Head | Ended:
        await self._drop()
        try:
            upstream = self._by.upstream(forward, self._request)
            self._response = await self._by.inner.handle_async_request(upstream)
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            return self._came(error)
        except BaseException:
            self._left()
            raise
        return self._came(None)

    async def _held(self, witness: Witness) -> Ended | None:
        try:
            await self._body_for(witness).hold()
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            self._error = error
            return self._by.failed(error)
        return None

    async def _drop(self) -> None:
        """Let go of an answer that is not delivered."""
        response, self._response, self._body = self._response, None, None
        if response is not None:
            await response.aclose()


def _is_asyncio() -> bool:
    """Whether the event loop that runs is one of asyncio's; clients may run on others."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
