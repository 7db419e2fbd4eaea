"""The peer: the same server and the same client, which pass a call on and do nothing else."""

from __future__ import annotations

import os

import aiohttp

from bench.serving.upstream import Receive, Scope, Send, body_of

_session: list[aiohttp.ClientSession] = []
_UPSTREAM = os.environ.get("BENCH_UPSTREAM", "")
_HOP = {b"connection", b"transfer-encoding", b"content-length"}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Pass one call on, and its answer back chunk for chunk."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    body = await body_of(receive)
    sent = {n.decode(): v.decode() for n, v in scope["headers"] if n not in {*_HOP, b"host"}}
    url = _UPSTREAM + scope["path"]
    async with _session[0].post(url, data=body, headers=sent, allow_redirects=False) as answer:
        back = [(n, v) for n, v in answer.raw_headers if n.lower() not in _HOP]
        await send({"type": "http.response.start", "status": answer.status, "headers": back})
        while piece := await answer.content.readany():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        _session.append(session)
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})
