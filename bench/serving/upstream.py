"""A stand-in for a gateway: it reads a chat and answers it at once, whole or as a stream."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MODEL: Final = "assistant-2026"
_CHUNK: Final = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": MODEL,
}
_CHOICE: Final = {"index": 0, "message": {"role": "assistant", "content": "A word. " * 40}}
_USAGE: Final = {"prompt_tokens": 120, "completion_tokens": 80, "total_tokens": 200}
WHOLE: Final = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [{**_CHOICE, "finish_reason": "stop"}],
        "usage": _USAGE,
    }
).encode()


def _event(delta: dict[str, str]) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return b"data: " + json.dumps({**_CHUNK, "choices": [choice]}).encode() + b"\n\n"


_EVENTS: Final = (
    _event({"role": "assistant", "content": ""}),
    *(_event({"content": "A word. "}) for _ in range(20)),
    b"data: [DONE]\n\n",
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one call over HTTP; anything else is let pass."""
    if scope["type"] != "http":
        return
    body = await body_of(receive)
    if b'"stream":true' in body.replace(b" ", b""):
        await _stream(send)
    else:
        await _send(send, b"application/json", WHOLE)


async def body_of(receive: Receive) -> bytes:
    """The whole body of a call."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return body


async def _send(send: Send, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(send: Send) -> None:
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for event in _EVENTS:
        await send({"type": "http.response.body", "body": event, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
