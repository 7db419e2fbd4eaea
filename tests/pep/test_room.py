"""What bodies take up is bounded by what they are, not by what arrives; nobody's is read at all."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from platform import libc_ver
from threading import Event, Thread
from typing import Any

import brotli
import httpx2
import pytest
from fastapi import FastAPI, Request

from policy_router.enforcement.arriving import Body, Room
from policy_router.enforcement.asgi import PolicyMiddleware, forward_of
from policy_router.enforcement.exchange import Came, Deliver, Head, Send, advance, exchange
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.observing import Unchanged, as_it_came
from policy_router.enforcement.sidecar.memory import give_back
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall, opened, read_call
from policy_router.wire.json_strict import Limits
from policy_router.wire.refusal import RefusalCode, Refused
from tests.fakes.served import served
from tests.patience import until
from tests.pep.conftest import Stage
from tests.pep.sidecars import CHAT, running
from tests.pep.test_exchange import FLOOR
from tests.pep.world import KEY_VARIABLE, KEYS, UPSTREAM_KEY, World, build

LONG = 400_000
TEXT = json.dumps({**CHAT, "user": "u" * LONG}).encode()
READING = 13
"""Times its size that a text takes up while it is read, besides the body itself."""

PACKED = [(gzip.compress(TEXT, mtime=0), "gzip"), (brotli.compress(TEXT), "br")]


def _asked(body: bytes, coding: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {KEYS['clinic']}", "content-type": "application/json"}
    if coding:
        headers["content-encoding"] = coding
    return {"content": body, "headers": headers, "timeout": 30}


class _Waiting:
    """An app behind the middleware that answers once it is told to."""

    def __init__(self, stage: Stage, limits: Limits) -> None:
        self.go = Event()
        self.asked = 0
        app = FastAPI()
        self.guard = PolicyMiddleware(app, pdp=stage.pdp, log=stage.log, limits=limits)

        @app.post("/v1/chat/completions")
        def wait(request: Request) -> dict[str, str]:
            assert forward_of(request.scope).body
            self.asked += 1
            assert self.go.wait(30)
            return {"model": "allowed"}


@pytest.fixture
def waiting(stage: Stage) -> Iterator[tuple[_Waiting, str]]:
    app = _Waiting(stage, Limits(size=2 * LONG))
    with served(app.guard) as address:
        yield app, address
        app.go.set()


@pytest.mark.parametrize(("body", "coding"), [(TEXT, ""), *PACKED])
def test_what_is_held_is_what_a_body_unpacks_to(
    waiting: tuple[_Waiting, str], body: bytes, coding: str
) -> None:
    app, address = waiting
    room: Room = app.guard._room
    room.most_held = len(body) + (READING + 1) * LONG + 50_000
    url, answers = f"{address}/v1/chat/completions", list[int]()

    def ask() -> None:
        answers.append(httpx2.post(url, **_asked(body, coding)).status_code)

    first = Thread(target=ask)
    first.start()
    until(lambda: app.asked)
    assert LONG < room.held - len(body) < LONG + 1_000
    refused = httpx2.post(url, **_asked(body, coding))
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
    app.go.set()
    first.join(20)
    assert answers == [200]
    until(lambda: room.held == 0)
    assert httpx2.post(url, **_asked(body, coding)).status_code == 200


def test_nothing_is_read_of_a_call_of_nobody(waiting: tuple[_Waiting, str]) -> None:
    app, _ = waiting
    sent = list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was asked for")

    async def send(event: Any) -> None:  # noqa: ANN401 - any event
        sent.append(event)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chat/completions",
        "raw_path": b"/v1/chat/completions",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer nobodys")],
    }
    asyncio.run(app.guard(scope, receive, send))
    assert sent[0]["status"] == 401


def test_the_sidecar_counts_what_a_packed_body_is(stage: Stage) -> None:
    body, coding = PACKED[0]
    with running(stage) as sidecar:
        sidecar.sidecar.state.room.most_held = 2 * LONG
        answer = sidecar.post(**_asked(body, coding))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert stage.untouched
        assert [record["refused"] for record in stage.decisions] == ["busy"]
        sidecar.sidecar.state.room.most_held = 2**30
        assert sidecar.post(**_asked(body, coding)).status_code == 200
        until(lambda: sidecar.sidecar.state.room.held == 0)


BODIES = [
    (TEXT, ""),
    *PACKED,
    (PACKED[0][0][:-9], "gzip"),
    (TEXT[:-1], ""),
    (TEXT, "gzip"),
    (b'{"a":1,"A":2}', ""),
    (b"", ""),
    (gzip.compress(b" " * 3 * LONG, mtime=0), "gzip"),
]


@pytest.mark.parametrize("at", range(len(BODIES)))
def test_whatever_becomes_of_a_body_no_more_is_held_than_a_copy(at: int) -> None:
    """Room is given back however reading ends, and once a call is over nothing more is held."""
    (body, coding), room = BODIES[at], Room()
    held = Body(room)
    held.take(len(body))
    headers = (("content-type", "application/json"), ("content-encoding", coding or "identity"))
    call = HttpCall("POST", "/chat/completions", "", headers, body, take=held.take)
    with suppress(Refused):
        read_call(call, Limits(size=2 * LONG))
    assert len(body) <= room.held <= len(body) + len(TEXT)
    held.let_go()
    assert room.held == 0
    held.take(5)
    assert room.held == 0


@pytest.mark.parametrize("most", range(0, (READING + 4) * LONG, LONG // 2))
def test_where_room_ends_amid_a_body_it_is_refused_and_given_back(most: int) -> None:
    body, coding = PACKED[0]
    room = Room(most_held=most)
    held = Body(room)
    headers = (("content-type", "application/json"), ("content-encoding", coding))
    call = HttpCall("POST", "/chat/completions", "", headers, body, take=held.take)
    enough = most >= len(body) + (READING + 1) * len(TEXT)
    if enough:
        read_call(call, Limits(size=2 * LONG))
    else:
        with pytest.raises(Refused) as refused:
            read_call(call, Limits(size=2 * LONG))
        assert refused.value.code is RefusalCode.BUSY
    held.let_go()
    assert room.held == 0


@pytest.mark.parametrize(("body", "coding"), PACKED)
def test_what_is_only_observed_is_counted_when_it_is_unpacked(body: bytes, coding: str) -> None:
    taken = list[int]()
    headers = (("content-type", "application/json"), ("content-encoding", coding))
    call = HttpCall("POST", "/chat/completions", "", headers, body, take=taken.append)
    way = Unchanged("https://gateway.example/v1/chat/completions", headers)
    assert as_it_came("id", call, way, Limits(size=2 * LONG)).body == body
    assert taken[0] == 2 * LONG - len(body)
    assert max(taken[1:]) == READING * len(TEXT)
    assert sum(taken) == len(TEXT)


class _Counted:
    """An exchange about a body that is counted, and how much was held at most."""

    def __init__(self, world: World, body: bytes, coding: str) -> None:
        self.room, self.most, self._log = Room(), 0, MemoryLog()
        self._held = Body(self.room)
        self._held.take(len(body))
        headers = (("content-type", "application/json"), ("content-encoding", coding or "identity"))
        call = HttpCall("POST", "/chat/completions", "", headers, body, take=self._take)
        gate = Gate(world.pdp, self._log, "test", Limits(size=20 * LONG))
        self._steps = exchange(gate, call, FLOOR, world.pdp.loaded)

    def _take(self, size: int) -> None:
        self._held.take(size)
        self.most = max(self.most, self.room.held)

    def hear(self, came: Came = None) -> tuple[type, int, int]:
        """What it asks for, how much is held then, and how much was on the way there."""
        self.most = self.room.held
        step = advance(self._steps, self._log, came)
        return type(step), self.room.held, self.most


@pytest.mark.parametrize("long", [True, False])
@pytest.mark.parametrize("pack", [None, gzip.compress])
def test_a_further_attempt_is_counted_as_the_first_and_holds_no_more(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    long: bool,
    pack: Callable[[bytes], bytes] | None,
) -> None:
    if long:
        monkeypatch.setattr("policy_router.wire.http_call.LONGEST_AT_ONCE", LONG // 2)
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    world = build(tmp_path, spare=True)
    body, coding = (TEXT, "") if pack is None else (pack(TEXT), "gzip")
    call = _Counted(world, body, coding)
    first, held, most = call.hear()
    assert (first, held) == (Send, len(body) + len(TEXT))
    assert most >= held + (READING - 1) * len(TEXT)
    second, held_again, most_again = call.hear(Head(503, ()))
    assert (second, held_again) == (Send, held)
    assert most_again == most + len(TEXT)  # what the first one sent is there until then

    full = _Counted(world, body, coding)
    full.hear()
    full.room.most_held = most_again - 1
    step, held_again, _ = full.hear(Head(503, ()))
    assert (step, held_again) == (Deliver, held)


RESIDENT = """
import sys
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from policy_router.enforcement.sidecar.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

assert give_back()
before, size = resident(), 12 * 2**20
with ThreadPoolExecutor(4) as threads:
    held = list(threads.map(lambda _: len(bytearray(size) + bytearray(size)), range(40)))
    print((resident() - before) // size)
"""


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="other C libraries have their own ways")
def test_what_bodies_took_up_goes_back_to_the_system() -> None:
    ran = subprocess.run([sys.executable, "-c", RESIDENT], capture_output=True, check=True)
    assert int(ran.stdout) == 0


def test_a_c_library_without_that_setting_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    assert not give_back()


@pytest.mark.parametrize("over", [1, 2, 1000])
def test_a_packed_body_over_the_bound_is_told_the_bound(over: int) -> None:
    """Whoever hands bodies on hands on a byte more than the bound, so that it is seen."""
    packed = gzip.compress(TEXT, mtime=0)
    most = len(packed) - over
    with pytest.raises(Refused, match=f"larger than {most} bytes"):
        opened(HttpCall("POST", "/chat/completions", "", (), packed), "gzip", Limits(size=most))
    with pytest.raises(Refused, match=f"larger than {LONG} bytes"):
        opened(HttpCall("POST", "/chat/completions", "", (), packed), "gzip", Limits(size=LONG))
