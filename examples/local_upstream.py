"""A stand-in for gateways on this machine: it answers like OpenAI and counts what reaches it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2

ANSWER = "Dear patient, your next appointment is on Tuesday."


@dataclass(slots=True)
class Upstream:
    """What reached the stand-in: for each call the host it was meant for, and its body."""

    address: str
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class EverythingTo(httpx2.AsyncHTTPTransport):
    """A network in which every host is the stand-in."""

    def __init__(self, upstream: Upstream) -> None:
        super().__init__()
        self._upstream = upstream

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request to the stand-in; its `Host` still says whom it was meant for."""
        request.url = httpx2.URL(self._upstream.address).copy_with(raw_path=request.url.raw_path)
        return await super().handle_async_request(request)


@contextmanager
def local_upstream() -> Iterator[Upstream]:
    """Run the stand-in for as long as the context lasts."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            upstream.calls.append((self.headers["host"], json.loads(body)))
            answer = json.dumps(_completion()).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    upstream = Upstream(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _completion() -> dict[str, Any]:
    message = {"role": "assistant", "content": ANSWER}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "stand-in",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }
