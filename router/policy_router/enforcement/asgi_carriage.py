"""One call on its way through an ASGI app that does the sending: an attempt is a run of the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from policy_router.audit.record import Ending
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.asgi_messages import (
    Event,
    Receive,
    Scope,
    Send,
    inner_scope,
    once,
    raw,
    respond,
)
from policy_router.enforcement.exchange import (
    Came,
    Deliver,
    Ended,
    Finished,
    Head,
    Hold,
)
from policy_router.enforcement.exchange import Send as Sending
from policy_router.enforcement.stepping import Stepping
from policy_router.wire.answers import Witness
from policy_router.wire.headers import OURS, lowered

App = Callable[[Scope, Receive, Send], Awaitable[None]]
Step = Sending | Hold | Deliver | Finished

_START = "http.response.start"
_OURS = OURS.encode()


class AppCarriage:
    """Runs `app` for every attempt, and lets the answer out that is to be delivered."""

    def __init__(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        self._app = app
        self._scope = scope
        self._receive = receive
        self._send = send

    async def carry(self, steps: Stepping) -> None:
        """Serve one call; raises what the app raises where no other attempt is made."""
        attempt, step = None, await steps.on()
        while isinstance(step, Sending):
            attempt = _Attempt(steps, self._send)
            step = await attempt.run(self._app, self._scope, self._receive, step.forward)
        error = None if attempt is None else attempt.error
        if error is not None:
            raise error
        if isinstance(step, Finished) and step.reply is not None:
            await respond(self._send, step.reply)


class _Attempt:
    """One run of the app: what it sends is let out, held back or dropped."""

    def __init__(self, steps: Stepping, send: Send) -> None:
        self._steps = steps
        self._send = send
        self._step: Step | None = None
        self._witness: Witness | None = None
        self._held: list[Event] = []
        self._how: Ending | None = None
        self.error: Exception | None = None

    async def run(self, app: App, scope: Scope, receive: Receive, forward: Forward) -> Step:
        """Run `app` for this attempt; returns what has to be done next."""
        try:
            replayed = once(forward.body, receive, self._left)
            await app(inner_scope(scope, forward), replayed, self._take)
        except Exception as error:  # noqa: BLE001 - another attempt may follow
            self.error = error
        except BaseException:
            self._how = self._how or Ending.CLIENT_GONE
            self._steps.end(self._how)
            raise
        return await self._after()

    async def _after(self) -> Step:
        if self._step is None:
            step = await self._advance(Ended(self._how or Ending.BROKEN))
        elif isinstance(self._step, Deliver | Hold):
            return await self._advance(Ended(self._how or Ending.CUT))
        else:
            step = self._step
        if isinstance(step, Sending):
            self.error = None
        return step

    def _left(self) -> None:
        """The app has heard that the client left, and may end its answer where it is."""
        self._how = self._how or Ending.CLIENT_GONE

    async def _take(self, event: Event) -> None:
        """Take what the app sends."""
        if event["type"] == _START:
            self._held.append(event)
            self._step = await self._advance(Head(event["status"], lowered(event["headers"])))
            await self._start()
        elif isinstance(self._step, Hold):
            await self._hold(self._step.witness, event)
        elif isinstance(self._step, Deliver):
            await self._let_out(event)

    async def _start(self) -> None:
        """Begin to let out the answer, if it is to be delivered."""
        if not isinstance(self._step, Deliver):
            return
        self._witness = self._step.witness
        told = raw(self._step.forward.response_headers)
        start, *rest = self._held
        came = [(n, v) for n, v in start.get("headers", ()) if not n.lower().startswith(_OURS)]
        await self._send({**start, "headers": [*came, *told]})
        for event in rest:
            await self._let_out(event)

    async def _hold(self, witness: Witness, event: Event) -> None:
        self._held.append(event)
        witness.feed(event.get("body", b""))
        if witness.settled or not event.get("more_body", False):
            self._step = await self._advance(None)
            await self._start()

    async def _let_out(self, event: Event) -> None:
        if self._witness is not None:
            self._witness.feed(event.get("body", b""))
        try:
            await self._send(event)
        except OSError:
            self._how = Ending.CLIENT_GONE
            raise
        if event["type"] == "http.response.body" and not event.get("more_body", False):
            self._how = Ending.COMPLETE

    async def _advance(self, came: Came) -> Step:
        return await self._steps.on(came)
