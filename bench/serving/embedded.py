"""What a transport and the middleware add to a call inside a program: no network, no record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, Final, cast

import httpx

from bench.serving.project import KEY, body, write_project
from bench.serving.upstream import WHOLE
from bench.serving.upstream import app as upstream
from policy_router import load
from policy_router.enforcement.asgi import PolicyMiddleware
from policy_router.enforcement.asgi_carriage import App
from policy_router.enforcement.asgi_messages import Event
from policy_router.enforcement.httpx_transport import PolicyTransport
from policy_router.service.pdp import PDP

CALLS, ROUNDS = 500, 7
_NOWHERE: Final = "http://127.0.0.1:9"
_BODY: Final = body()
_HEADERS: Final = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}

Calling = Callable[[], None]
"""Makes `CALLS` calls."""


class _Unkept:
    """A log that keeps nothing."""

    waits = False

    def append(self, record: Mapping[str, Any]) -> None:
        """Let it go."""


def added(folder: Path) -> dict[str, float]:
    """Seconds of a processor that each way to embed the router adds to a call."""
    write_project(folder, _NOWHERE)
    pdp = load(project=folder)
    return {
        "transport": _difference(*_clients(pdp)),
        "middleware": _difference(*_apps(pdp)),
    }


def _difference(bare: Calling, governed: Calling) -> float:
    """How much longer a call takes `governed`: both in turn, of each the least disturbed round."""
    pairs = [(_taken(bare), _taken(governed)) for _ in range(ROUNDS)]
    return min(g for _, g in pairs) - min(b for b, _ in pairs)


def _taken(calling: Calling) -> float:
    began = process_time()
    calling()
    return (process_time() - began) / CALLS


# ---- a client of httpx ----


def _clients(pdp: PDP) -> tuple[Calling, Calling]:
    inner = httpx.MockTransport(_answer)
    governed = PolicyTransport(pdp, log=_Unkept(), inner=inner)
    return partial(_call_through, inner), partial(_call_through, governed)


class _Answering(httpx.SyncByteStream):
    """An answer that is still to be read, as those are that come from a network."""

    def __iter__(self) -> Iterator[bytes]:
        yield WHOLE


_RAW: Final = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(WHOLE))]


def _answer(request: httpx.Request) -> httpx.Response:
    request.read()
    return httpx.Response(200, headers=_RAW, stream=_Answering())


def _call_through(transport: httpx.BaseTransport) -> None:
    url = f"{_NOWHERE}/v1/chat/completions"
    for _ in range(CALLS):
        request = httpx.Request("POST", url, headers=_HEADERS, content=_BODY)
        answer = transport.handle_request(request)
        if answer.status_code != httpx.codes.OK or answer.read() != WHOLE:
            raise ValueError(answer.text)


# ---- an app of ASGI ----


def _apps(pdp: PDP) -> tuple[Calling, Calling]:
    bare: App = cast("App", upstream)
    governed = PolicyMiddleware(bare, pdp=pdp, log=_Unkept())
    return lambda: asyncio.run(_ask(bare)), lambda: asyncio.run(_ask(governed))


async def _ask(asked: App) -> None:
    headers = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
    for _ in range(CALLS):
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/chat/completions",
            "raw_path": b"/v1/chat/completions",
            "query_string": b"",
            "headers": headers,
        }
        said: list[Event] = []
        await asked(scope, _whole_body, partial(_hear, said))
        if said[0]["status"] != httpx.codes.OK:
            raise ValueError(said)


async def _whole_body() -> dict[str, Any]:
    return {"type": "http.request", "body": _BODY, "more_body": False}


async def _hear(said: list[Event], event: Event) -> None:
    said.append(event)
