"""Many streams at once through a sidecar that is a process of its own, and one that is killed."""

from __future__ import annotations

import asyncio
import json
import resource
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from tests.fakes.upstream import Upstream
from tests.patience import until
from tests.pep.serving import serving_process
from tests.pep.world import ALLOWED, KEYS, World

_EVENT = (
    b'data: {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "allowed-2026",'
    b' "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": null}]}\n\n'
)
_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
_LAST = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many open streams took: MiB of the sidecar before, with all of them open, and after."""

    before: float
    during: float
    after: float
    whole: int


class Patient:
    """An upstream whose streams say one thing and then wait until they are all let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one call."""
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        sizes = [line.partition(":")[2] for line in lines if line.startswith("content-length:")]
        await reader.readexactly(int(sizes[0]))
        writer.write(_HEAD + _chunk(_EVENT))
        await self.let_go.wait()
        writer.write(_chunk(_LAST) + _chunk(b""))
        await writer.drain()
        writer.close()


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def complete(world: World) -> int:
    """How many calls are on record as ended well."""
    return sum(record["ending"] == "complete" for record in world.records("outcome"))


async def open_streams(
    made: Callable[[str], World], number: int, log: Callable[[World], int]
) -> Crowd:
    """Open `number` streams through the sidecar of the world made for an upstream, then let go.

    `log` counts the calls that are on record as complete.
    """
    _allow_files(2 * number + 200)
    upstream = Patient()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    world = made(f"http://127.0.0.1:{port}/v1")
    with serving_process(world.folder) as at:
        first = await _opened(at.address)
        before = memory(at.process.pid)
        streams = [first, *[await _opened(at.address) for _ in range(number - 1)]]
        during = memory(at.process.pid)
        upstream.let_go.set()
        ends = await asyncio.gather(*(_read_on(reader) for reader, _ in streams))
        for _, writer in streams:
            writer.close()
        after = memory(at.process.pid)
        await asyncio.to_thread(until, lambda: log(world) >= number)
    server.close()
    return Crowd(before, during, after, sum(end.endswith(b"0\r\n\r\n") for end in ends))


async def _opened(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A stream that has begun."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(_call({"stream": True}))
    await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"}]}\n\n")
    return reader, writer


async def _read_on(reader: asyncio.StreamReader) -> bytes:
    read = b""
    while not read.endswith(b"0\r\n\r\n") and (piece := await reader.read(65536)):
        read += piece
    return read


def _call(more: dict[str, object]) -> bytes:
    messages = [{"role": "user", "content": "hello"}]
    body = json.dumps({"model": ALLOWED, "messages": messages, **more}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEYS['clinic']}"
        f"\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def memory(process: int) -> float:
    """MiB that a process holds in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _allow_files(number: int) -> None:
    """Let this process, and those it starts, open so many files; raises `ValueError` if not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, hard), hard))


# ---- killed amid traffic ----


def killed(world: World, answers: int, threads: int = 4, pause: float = 0) -> set[int]:
    """Kill a sidecar under load once `answers` came; the sizes of all calls that were made.

    `pause`: how many seconds after them, so that it is killed anywhere in the next call too.

    Each call has a size of its own, by which its record is told.
    """
    sizes: set[int] = set()
    numbers, done, enough = count(1), threading.Event(), threading.Semaphore(0)

    def call(address: str) -> None:
        while not done.is_set():
            body = sized(next(numbers))
            sizes.add(len(body))
            try:
                _post(address, body)
            except httpx2.HTTPError:
                return
            enough.release()

    with serving_process(world.folder) as at, ThreadPoolExecutor(threads) as pool:
        for _ in range(threads):
            pool.submit(call, at.address)
        for _ in range(answers):
            enough.acquire()
        time.sleep(pause)
        at.process.kill()
        done.set()
    return sizes


def unrecorded(world: World, near: Upstream) -> set[int]:
    """The sizes of the calls that came whole to an upstream and whose decision is not on record."""
    kept = {r["body_bytes"] for r in world.records("decision") if r["admitted"]}
    bodies = [body for _, headers, body in near.requests if _is_whole(headers, body)]
    texts = [json.loads(body)["messages"][0]["content"] for body in bodies]
    return {len(sized(len(text))) for text in texts} - kept


def _is_whole(headers: dict[str, str], body: bytes) -> bool:
    """Not cut short by the kill."""
    return len(body) == int(headers["content-length"])


def sized(number: int) -> bytes:
    """The body of a call, one byte longer for every number."""
    messages = [{"role": "user", "content": "x" * number}]
    return json.dumps({"model": ALLOWED, "messages": messages}).encode()


def _post(address: str, body: bytes) -> None:
    headers = {"authorization": f"Bearer {KEYS['clinic']}", "content-type": "application/json"}
    httpx2.post(f"{address}/v1/chat/completions", content=body, headers=headers, timeout=30)
