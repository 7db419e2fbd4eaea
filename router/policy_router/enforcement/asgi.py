"""ASGI middleware: governs the LLM operations an app proxies, and tells transports who calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from policy_router.detect.detector import Detector
from policy_router.enforcement.answer import refuse
from policy_router.enforcement.arriving import Body, Room
from policy_router.enforcement.asgi_carriage import App, AppCarriage
from policy_router.enforcement.asgi_messages import (
    Receive,
    Scope,
    Send,
    below_prefix,
    forward_of,
    headers_back,
    respond,
)
from policy_router.enforcement.context import Who, as_floor, governed_facts, has_transport
from policy_router.enforcement.exchange import exchange
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.ids import new_id
from policy_router.enforcement.observing import towards_gateway
from policy_router.enforcement.stepping import Stepping
from policy_router.log.kept import Log
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.wire.headers import lowered
from policy_router.wire.http_call import HttpCall
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits
from policy_router.wire.operations import dialect_of
from policy_router.wire.refusal import Refused

__all__ = ["PolicyMiddleware", "forward_of", "headers_back"]

_LOGGER: Final = logging.getLogger("policy_router")
_POLICY_VIOLATION: Final = 1008


class PolicyMiddleware:
    """Puts every LLM operation below `prefix` to the policies before `app` sees it.

    `app` receives the body to send and, with `forward_of(scope)`, where and with which headers;
    what a client sent besides does not reach it. Where its answer says that upstream failed, it is
    run again with the next route of the chain. Other requests reach `app` as they are, with
    their caller's facts in force for the transports inside. `prefix` None: `app` proxies nothing.

    `who` tells from a scope whose request it is; by default the key in `Authorization` does, and
    an operation below `prefix` is refused to whom it does not tell. Raises `ValueError` if there
    is no log.
    """

    def __init__(  # noqa: PLR0913 - each has a default but the two that cannot
        self,
        app: App,
        *,
        pdp: PDP,
        log: Log | None = None,
        prefix: str | None = "/v1",
        who: Callable[[Scope], Who | None] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        detectors: tuple[Detector, ...] = (),
    ) -> None:
        self._app = app
        self._gate = gate_for("asgi", pdp, log, limits, detectors)
        self._prefix = None if prefix is None else prefix.rstrip("/")
        self._who = who
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] not in {"http", "websocket"}:
            self._warn_if_idle(scope)
            await self._app(scope, receive, send)
            await asyncio.to_thread(self._gate.close)  # the app has been told to end
            return
        path = None if self._prefix is None else below_prefix(scope, self._prefix)
        if path is None:
            await self._serve_inside(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await self._govern(scope, receive, send, path)

    def _sender(self, scope: Scope, loaded: Loaded) -> Who | None:
        if self._who is not None:
            return self._who(scope)
        return self._gate.floors.of(loaded).floor(lowered(scope["headers"]))

    async def _serve_inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request of the app's own: what it calls inside is called for this caller."""
        who = self._sender(scope, self._gate.pdp.loaded)
        if who is None:
            await self._app(scope, receive, send)
            return
        with governed_facts(who):
            await self._app(scope, receive, send)

    async def _govern(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Serve one call: who sends it is looked at before any of its body is read."""
        body = Body(self._room)
        self._room.calls += 1
        try:
            await self._serve_governed(scope, body, receive, send, path)
        finally:
            self._room.calls -= 1
            body.let_go()

    async def _serve_governed(
        self, scope: Scope, body: Body, receive: Receive, send: Send, path: str
    ) -> None:
        loaded, headers = self._gate.pdp.loaded, lowered(scope["headers"])
        who = self._sender(scope, loaded)
        floor = None if who is None else as_floor(who)
        try:
            self._room.check()
            size = self._gate.limits.size
            read = b"" if floor is None else await body.read(receive, size)
        except Refused as refused:  # for want of room: nothing of the call was looked at
            await respond(send, refuse(new_id(), refused, dialect_of(path, headers)))
            return
        if read is None:
            return
        query = scope.get("query_string", b"").decode("latin-1")
        call = HttpCall(scope["method"], path, query, headers, read, take=body.take)
        steps = exchange(self._gate, call, floor, loaded, partial(towards_gateway, loaded, call))
        stepping = Stepping(steps, self._gate.log)
        await AppCarriage(self._app, scope, receive, send).carry(stepping)

    def _warn_if_idle(self, scope: Scope) -> None:
        """Say so where nothing would ever be decided: no proxied operation, and no transport."""
        if not has_transport(self._gate.pdp) and not self._proxies(scope):
            _LOGGER.warning(
                "policies decide nothing here: the app has no route below %s and uses no "
                "policy transport",
                self._prefix,
            )

    def _proxies(self, scope: Scope) -> bool:
        """Whether the app has a route below the prefix; unknown counts as yes."""
        routes = getattr(scope.get("app"), "routes", None)
        if self._prefix is None or routes is None:
            return self._prefix is not None
        return any(_may_serve(route, self._prefix) for route in routes)


def _may_serve(route: object, prefix: str) -> bool:
    """Whether a route of an app may be asked for what lies below `prefix`.

    One whose path has parameters, or has an app below it, takes more than its path says.
    """
    path = str(getattr(route, "path", ""))
    if path.startswith(prefix):
        return True
    more = "{" in path or hasattr(route, "routes")
    return more and f"{prefix}/".startswith(path.partition("{")[0])
