"""The data path: one ASGI app that speaks as OpenAI, Anthropic and Google at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from policy_router.domain.organisation import Caller
from policy_router.enforcement.answer import Reply, refuse
from policy_router.enforcement.arriving import Body, Room
from policy_router.enforcement.asgi_messages import (
    Event,
    Receive,
    Scope,
    Send,
    raw,
    respond,
)
from policy_router.enforcement.callers import Floors
from policy_router.enforcement.exchange import exchange
from policy_router.enforcement.facts import Floor
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.ids import new_id
from policy_router.enforcement.judging import fault, report
from policy_router.enforcement.observing import towards_gateway
from policy_router.enforcement.per_load import PerLoad
from policy_router.enforcement.sidecar.arriving import below_base
from policy_router.enforcement.sidecar.carriage import SidecarCarriage
from policy_router.enforcement.sidecar.upstream import Patience, Pool, pool
from policy_router.enforcement.stepping import from_loop
from policy_router.engine.render import instant
from policy_router.log.kept import AsyncLog
from policy_router.store.project import Loaded
from policy_router.wire.headers import lowered
from policy_router.wire.http_call import HttpCall
from policy_router.wire.operations import dialect_of
from policy_router.wire.refusal import RefusalCode, Refused

POINT: Final = "sidecar"
_POLICY_VIOLATION: Final = 1008


class Questions(Protocol):
    """Answers calls that go nowhere: what would be decided, and why."""

    def takes(self, call: HttpCall) -> bool:
        """Whether `call` is such a one."""

    def answer(self, call: HttpCall, floor: Floor | None, loaded: Loaded) -> Reply:
        """The answer to it; nothing is raised."""


@dataclass(slots=True)
class State:
    """What the sidecar is doing: `stopping` once it takes no new calls, `room` for those it has."""

    stopping: bool = False
    room: Room = field(default_factory=Room)
    pool: Pool | None = None

    @property
    def calls(self) -> int:
        """How many calls are under way."""
        return self.room.calls


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Serves calls. `also`: callers besides those of the project, for trying things out.

    `questions`: what answers the calls that are about decisions and go nowhere. `log`: how an event
    loop comes to the log of the gate. `behind`: who could not be told of the log, for how many
    seconds.
    """

    gate: Gate
    patience: Patience = field(default=Patience())
    also: tuple[Caller, ...] = ()
    state: State = field(default_factory=State)
    questions: tuple[Questions, ...] = ()
    log: AsyncLog | None = None
    behind: Callable[[], Mapping[str, int]] = dict
    floors: PerLoad[Floors] = field(init=False)

    def __post_init__(self) -> None:
        floors = PerLoad(lambda loaded: Floors((*loaded.callers.values(), *self.also)))
        object.__setattr__(self, "floors", floors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        elif scope["path"] in {"/healthz", "/readyz"}:
            await self._tell_health(scope["path"], send)
        elif scope["type"] == "http":
            body = Body(self.state.room)
            self.state.room.calls += 1
            try:
                await self._serve(scope, body, receive, send)
            finally:
                self.state.room.calls -= 1
                body.let_go()

    async def _live(self, receive: Receive, send: Send) -> None:
        """Have a pool of connections from the start of the server to its end."""
        await receive()
        async with pool(self.patience) as connections:
            self.state.pool = connections
            await send({"type": "lifespan.startup.complete"})
            with suppress(asyncio.CancelledError):  # told twice to stop: nobody waits for an answer
                await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, body: Body, receive: Receive, send: Send) -> None:
        """Serve one call: who sends it is looked at before any of its body is read."""
        loaded = self.gate.pdp.loaded
        headers = lowered(scope["headers"])
        path = below_base(scope["raw_path"])
        floor = self.floors.of(loaded).floor(headers)
        client = _Client(send)
        try:
            self.state.room.check()
            size = self.gate.limits.size
            read = b"" if floor is None else await body.read(receive, size)
            if read is None:
                return
            call = HttpCall(scope["method"], path, _query(scope), headers, read, take=body.take)
            await self._carried(call, floor, loaded, receive, client)
        except Refused as refused:  # for want of room: nothing of the call was looked at
            await respond(send, refuse(new_id(), refused, dialect_of(path, headers)))
        except Exception as error:
            report("could not carry a call", error)
            if client.has_part:
                raise  # the server breaks the connection, so that nobody takes the part for all
            undecided = fault(RefusalCode.UNDECIDED)
            await respond(send, refuse(new_id(), undecided, dialect_of(path, headers)))

    def _carried(
        self, call: HttpCall, floor: Floor | None, loaded: Loaded, receive: Receive, send: Send
    ) -> Awaitable[None]:
        """What serves a call that has come, once it is awaited."""
        for questions in self.questions:
            if questions.takes(call):
                return _answered(questions, call, floor, loaded, send)
        way = partial(towards_gateway, loaded, call)
        steps = exchange(self.gate, call, floor, loaded, way)
        connections, log = self.state.pool, self.log or from_loop(self.gate.log)
        assert connections is not None  # noqa: S101 - servers start what lives before they serve
        return SidecarCarriage(connections, steps, log, receive, send).carry()

    async def _tell_health(self, path: str, send: Send) -> None:
        """Alive: always. Ready: while new calls are taken and can be decided."""
        pdp = self.gate.pdp
        why = "stopping" if self.state.stopping else "outdated" if pdp.outdated else None
        is_well = path == "/healthz" or why is None
        said: dict[str, object] = {"status": "ok" if is_well else why}
        if pdp.until is not None:
            said["documents_until"] = instant(pdp.until.replace(microsecond=0))
        behind = self.behind()
        if behind:
            said["not_told_seconds"] = dict(behind)
        body = json.dumps(said).encode()
        headers = raw((("content-type", "application/json"), ("content-length", str(len(body)))))
        status = 200 if is_well else 503
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _answered(
    questions: Questions, call: HttpCall, floor: Floor | None, loaded: Loaded, send: Send
) -> None:
    await respond(send, await asyncio.to_thread(questions.answer, call, floor, loaded))


class _Client:
    """Sends to the client, and knows whether it has anything of an answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_part = False

    def __call__(self, event: Event) -> Awaitable[None]:
        """Send one event, once that is awaited."""
        self.has_part = True
        return self._send(event)


def _query(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return query.decode("latin-1")
