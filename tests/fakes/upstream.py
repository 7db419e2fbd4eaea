"""An upstream that speaks OpenAI on a loopback port and keeps every byte it receives."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

ANSWER = "An answer from upstream."
DELTAS = ("An answer ", "from ", "upstream.")


@dataclass(slots=True)
class Upstream:
    """What came in, and how to answer: `status` other than 200 answers with an error."""

    port: int
    connections: int = 0
    received: bytearray = field(default_factory=bytearray)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    location: str | None = None
    sent: list[bytes] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def untouched(self) -> bool:
        """Nobody has so much as connected."""
        return self.connections == 0 and not self.received

    def body(self, number: int = -1) -> dict[str, Any]:
        """The JSON body of one request."""
        parsed: dict[str, Any] = json.loads(self.requests[number][2])
        return parsed

    def headers(self, number: int = -1) -> dict[str, str]:
        """The headers of one request, names in lower case."""
        return self.requests[number][1]


@contextmanager
def serving() -> Iterator[Upstream]:
    """Run an upstream for as long as the context lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    upstream = Upstream(listener.getsockname()[1])
    threads: list[threading.Thread] = []
    accepting = threading.Thread(target=_accept, args=(listener, upstream, threads))
    accepting.start()
    try:
        yield upstream
    finally:
        # closing alone does not wake an accept that waits in another thread
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(5)
        listener.close()
        for thread in threads:
            thread.join(5)


def _accept(listener: socket.socket, upstream: Upstream, threads: list[threading.Thread]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        upstream.connections += 1
        thread = threading.Thread(target=_serve, args=(connection, upstream))
        threads.append(thread)
        thread.start()


def _serve(connection: socket.socket, upstream: Upstream) -> None:
    with connection:
        connection.settimeout(10)
        head = _read_head(connection, upstream)
        if head is None:
            return
        line, headers, rest = head
        body = rest + _read(
            connection, upstream, int(headers.get("content-length", "0")) - len(rest)
        )
        upstream.requests.append((line, headers, body))
        for piece in _pieces(upstream, body):
            upstream.sent.append(piece)
            connection.sendall(piece)


def _read_head(
    connection: socket.socket, upstream: Upstream
) -> tuple[str, dict[str, str], bytes] | None:
    read = b""
    while b"\r\n\r\n" not in read:
        more = connection.recv(65536)
        if not more:
            return None
        upstream.received += more
        read += more
    head, _, rest = read.partition(b"\r\n\r\n")
    line, *fields = head.decode("latin-1").split("\r\n")
    pairs = (f.partition(":") for f in fields)
    return line, {name.lower(): value.strip() for name, _, value in pairs}, rest


def _read(connection: socket.socket, upstream: Upstream, left: int) -> bytes:
    read = b""
    while len(read) < left:
        more = connection.recv(65536)
        if not more:
            break
        upstream.received += more
        read += more
    return read


def _pieces(upstream: Upstream, body: bytes) -> Iterator[bytes]:
    asked = json.loads(body)
    if upstream.location is not None:
        yield _head(upstream.status, "text/plain", b"", f"location: {upstream.location}\r\n")
    elif upstream.status != 200:
        error = json.dumps({"error": {"message": "no", "type": "server_error"}}).encode()
        yield _head(upstream.status, "application/json", error) + error
    elif asked.get("stream"):
        yield from _streamed(asked)
    else:
        answer = json.dumps(_completion(asked)).encode()
        yield _head(200, "application/json", answer) + answer


def _head(status: int, kind: str, body: bytes, more: str = "") -> bytes:
    lines = f"HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}"
    return f"{lines}content-length: {len(body)}\r\n\r\n".encode()


def _completion(asked: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": ANSWER}
    if asked.get("tools"):
        name = asked["tools"][0]["function"]["name"]
        called = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
        message |= {"content": None, "tool_calls": [called]}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return _envelope(asked, "chat.completion", choice) | {"usage": usage}


def _streamed(asked: dict[str, Any]) -> Iterator[bytes]:
    yield (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
        b"transfer-encoding: chunked\r\n\r\n"
    )
    for delta in DELTAS:
        choice = {"index": 0, "finish_reason": None, "delta": {"content": delta}}
        yield _event(json.dumps(_envelope(asked, "chat.completion.chunk", choice)))
    yield _event("[DONE]")
    yield b"0\r\n\r\n"


def _event(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return f"{len(event):x}\r\n".encode() + event + b"\r\n"


def _envelope(asked: dict[str, Any], kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": kind,
        "created": 0,
        "model": asked["model"],
        "choices": [choice],
    }
