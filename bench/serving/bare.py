"""The peer: a server that passes a call on and does nothing else, with one client or the other.

`BENCH_CLIENT=own` has it send with the sidecar's client, else with aiohttp's.
"""

from __future__ import annotations

import os

import aiohttp

from bench.serving.upstream import Receive, Scope, Send, body_of
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.sidecar.upstream import Patience, Pool, pool
from policy_router.enforcement.sidecar.upstream import send as send_own

_session: list[aiohttp.ClientSession] = []
_pool: list[Pool] = []
_UPSTREAM = os.environ.get("BENCH_UPSTREAM", "")
_OWN = os.environ.get("BENCH_CLIENT") == "own"
_HOP = {b"connection", b"transfer-encoding", b"content-length"}
_START = "http.response.start"
_BODY = "http.response.body"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Pass one call on, and its answer back chunk for chunk."""
    if scope["type"] == "lifespan":
        await (_live_own(receive, send) if _OWN else _live(receive, send))
        return
    body = await body_of(receive)
    sent = {n.decode(): v.decode() for n, v in scope["headers"] if n not in {*_HOP, b"host"}}
    url = _UPSTREAM + scope["path"]
    if _OWN:
        await _pass_own(url, sent, body, send)
        return
    async with _session[0].post(url, data=body, headers=sent, allow_redirects=False) as answer:
        back = [(n, v) for n, v in answer.raw_headers if n.lower() not in _HOP]
        await send({"type": _START, "status": answer.status, "headers": back})
        while piece := await answer.content.readany():
            await send({"type": _BODY, "body": piece, "more_body": True})
    await send({"type": _BODY, "body": b""})


async def _pass_own(url: str, headers: dict[str, str], body: bytes, send: Send) -> None:
    sent = (*headers.items(), ("content-length", str(len(body))))
    answer = await send_own(_pool[0], Forward("", None, None, url, sent, body))
    back = [(n, v) for n, v in answer.headers if n.lower() not in _HOP]
    await send({"type": _START, "status": answer.status, "headers": back})
    while piece := await answer.read():
        await send({"type": _BODY, "body": piece, "more_body": True})
    _pool[0].release(answer)
    await send({"type": _BODY, "body": b""})


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        _session.append(session)
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _live_own(receive: Receive, send: Send) -> None:
    await receive()
    async with pool(Patience()) as connections:
        _pool.append(connections)
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})
