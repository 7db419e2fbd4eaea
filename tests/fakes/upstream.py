"""An upstream on a loopback port that speaks the providers' formats and keeps every byte."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.packing import Packer, packer
from tests.fakes.speaking import ANSWER, answer, events, streams
from tests.patience import PATIENCE, until

__all__ = ["ANSWER", "Upstream", "serving"]


@dataclass(slots=True)
class Upstream:
    """What came in, and how to answer.

    `status` other than 200 answers with an error, `statuses` does so to the next calls; `silent`
    answers nothing and closes, `cut` breaks off amid an answer, `held` is waited for before it.
    `model`: whose the answers say they are, if not of the model that was asked for. `pause` is
    waited for after each event of a stream. `besides`: lines of more headers of an answer.
    As the providers' own do, it packs what it says where it is asked to: by the first of `codings`
    that the call accepts.
    """

    port: int
    peers: list[int] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    location: str | None = None
    silent: bool = False
    cut: bool = False
    held: threading.Event | None = None
    model: str | None = None
    besides: str = ""
    codings: tuple[str, ...] = ("zstd", "br", "gzip")
    pause: threading.Event | None = None
    sent: list[bytes] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def untouched(self) -> bool:
        """Nobody has so much as connected.

        Who connected before we do now is heard of before us, however slow the thread that hears.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as probe:
            ours = probe.getsockname()[1]
            until(lambda: ours in self.peers)
        self.peers.remove(ours)
        return not self.peers and not self.received

    async def reached(self) -> None:
        """Wait until a call has come in whole."""
        end = time.monotonic() + PATIENCE
        while not self.requests:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)

    def forget(self) -> None:
        """Forget what has been received."""
        self.peers.clear()
        self.received.clear()
        self.requests.clear()
        self.statuses.clear()

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
            connection, (_, peer) = listener.accept()
        except OSError:
            return
        upstream.peers.append(peer)
        thread = threading.Thread(target=_serve, args=(connection, upstream))
        threads.append(thread)
        thread.start()


def _serve(connection: socket.socket, upstream: Upstream) -> None:
    with connection:
        connection.settimeout(PATIENCE)
        head = _read_head(connection, upstream)
        if head is None:
            return
        line, headers, rest = head
        body = rest + _read(
            connection, upstream, int(headers.get("content-length", "0")) - len(rest)
        )
        upstream.requests.append((line, headers, body))
        if upstream.held is not None:
            upstream.held.wait(PATIENCE)
        with suppress(OSError):
            pack = packer(upstream.codings, headers.get("accept-encoding", ""))
            for piece in () if upstream.silent else _pieces(upstream, line, body, pack):
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


def _pieces(upstream: Upstream, line: str, body: bytes, pack: Packer) -> Iterator[bytes]:
    path = line.split(" ")[1].partition("?")[0]
    status = upstream.statuses.pop(0) if upstream.statuses else upstream.status
    if upstream.location is not None:
        yield _head(status, "text/plain", b"", f"location: {upstream.location}\r\n")
    elif status != 200:
        error = json.dumps({"error": {"message": "no", "type": "server_error"}}).encode()
        error = pack.whole(error)
        yield _head(status, "application/json", error, upstream.besides + pack.line) + error
    elif streams(path, asked := json.loads(body or b"{}")):
        yield from _streamed(upstream, events(path, asked, upstream.model), pack)
    else:
        whole = pack.whole(json.dumps(answer(path, asked, upstream.model)).encode())
        head = _head(200, "application/json", whole, upstream.besides + pack.line)
        yield head + whole[: 20 if upstream.cut else None]


def _head(status: int, kind: str, body: bytes, more: str = "") -> bytes:
    lines = f"HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}"
    return f"{lines}content-length: {len(body)}\r\n\r\n".encode()


def _streamed(upstream: Upstream, said: Iterator[str], pack: Packer) -> Iterator[bytes]:
    yield (
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
        f"{pack.line}transfer-encoding: chunked\r\n\r\n"
    ).encode()
    for event in said:
        chunk = pack.part(event.encode())
        yield f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
        if upstream.cut:
            return
        if upstream.pause is not None:
            upstream.pause.wait(PATIENCE)
    last = pack.end()
    yield (f"{len(last):x}\r\n".encode() + last + b"\r\n" if last else b"") + b"0\r\n\r\n"
