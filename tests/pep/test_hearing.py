"""What the sidecar hears: calls in whatever form, under bounds, and not before it knows of whom."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from policy_router.enforcement.arriving import Room
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar import running as run
from policy_router.enforcement.sidecar.app import POINT, Sidecar, State
from policy_router.enforcement.sidecar.hearing import KEPT_SECONDS, MOST_BESIDE, MOST_HEAD, Hearing
from tests.fakes.served import served
from tests.fakes.speaking import ANSWER
from tests.patience import until
from tests.pep.conftest import Stage
from tests.pep.sidecars import CHAT, Running
from tests.pep.world import DENIED, KEYS

BODY = json.dumps(CHAT).encode()
KEY = f"Authorization: Bearer {KEYS['clinic']}"
JDK = "Connection: Upgrade, HTTP2-Settings\r\nContent-Length: {}\r\nHost: 127.0.0.1\r\n"
JDK += "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n"
JDK += "User-Agent: Java-http-client/21.0.2\r\nContent-Type: application/json\r\n"


class Quick(Hearing):
    """Waits for half a second."""

    slowest = 0.5


@pytest.fixture
def sidecar(stage: Stage) -> Iterator[Running]:
    app = Sidecar(Gate(stage.pdp, stage.log, POINT), state=State(room=Room(4, 10_000_000)))
    with served(app, http=Hearing, timeout_keep_alive=KEPT_SECONDS) as address:
        yield Running(app, address)


def _connected(address: str) -> socket.socket:
    host = urlsplit(address)
    return socket.create_connection((host.hostname or "", host.port or 0), timeout=20)


def _read(connection: socket.socket) -> tuple[int, Any]:
    """The status of an answer, and its JSON."""
    answer = HTTPResponse(connection)
    answer.begin()
    body = answer.read()
    return answer.status, json.loads(body) if body else None


def _post(*lines: str, path: str = "/v1/chat/completions") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\n" + "".join(f"{line}\r\n" for line in lines)
    return head.encode() + b"\r\n"


def _jdk(body: bytes, more: str = f"{KEY}\r\n") -> bytes:
    head = f"POST /v1/chat/completions HTTP/1.1\r\n{JDK.format(len(body))}{more}\r\n"
    return head.encode() + body


@pytest.mark.parametrize("size", [1, 7, 200, 10_000])
def test_an_offered_upgrade_is_not_taken_and_the_call_is_carried(
    stage: Stage, sidecar: Running, size: int
) -> None:
    """As Java's own client sends it, in pieces of any size, three on one connection."""
    denied = json.dumps({**CHAT, "model": DENIED}).encode()
    with _connected(sidecar.address) as connection:
        for body, status in ((BODY, 200), (denied, 403), (BODY, 200)):
            sent = _jdk(body)
            for at in range(0, len(sent), size):
                connection.sendall(sent[at : at + size])
            found, said = _read(connection)
            assert found == status
            assert status != 200 or said["choices"][0]["message"]["content"] == ANSWER
    assert len(stage.near.requests) == 2
    assert "upgrade" not in stage.near.headers()
    assert stage.far.untouched


@pytest.mark.parametrize(
    "more",
    [
        "Upgrade: websocket\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 1\r\n",
    ],
)
def test_what_else_such_a_call_says_is_read_as_of_any_other(
    stage: Stage, sidecar: Running, more: str
) -> None:
    with _connected(sidecar.address) as connection:
        connection.sendall(_jdk(BODY, f"{KEY}\r\n{more}"))
        status = connection.makefile("rb").readline().split()[1]
    assert status == (b"200" if "websocket" in more else b"400")
    assert len(stage.near.requests) == (1 if "websocket" in more else 0)


def test_a_tunnel_is_none_of_ours(stage: Stage, sidecar: Running) -> None:
    with _connected(sidecar.address) as connection:
        connection.sendall(b"CONNECT near.example:443 HTTP/1.1\r\nHost: near.example:443\r\n\r\n")
        assert b" 400 " in connection.makefile("rb").readline()
    assert stage.untouched


def test_nothing_is_read_of_a_call_of_nobody(stage: Stage, sidecar: Running) -> None:
    with _connected(sidecar.address) as connection:
        connection.sendall(_post("Authorization: Bearer nobody", "Content-Length: 9000000"))
        status, said = _read(connection)
    assert (status, said["error"]["code"]) == (401, "unknown_caller")
    (record,) = stage.decisions
    assert (record["refused"], record["body_bytes"]) == ("unknown_caller", 0)


def test_what_nobody_wants_to_read_is_dropped_and_the_next_call_is_carried(
    stage: Stage, sidecar: Running
) -> None:
    with _connected(sidecar.address) as connection:
        connection.sendall(_post("X-Api-Key: nobody", f"Content-Length: {len(BODY)}"))
        assert _read(connection)[0] == 401
        connection.sendall(BODY)
        connection.sendall(_post(KEY, f"Content-Length: {len(BODY)}") + BODY)
        assert _read(connection)[0] == 200
    assert len(stage.near.requests) == 1


def _endless(line: str, path: str = "/v1/chat/completions") -> bytes:
    return _post(KEY, path=path)[:-2] + line.encode() + b"x" * MOST_HEAD


@pytest.mark.parametrize(
    ("sent", "dialect"),
    [
        (_endless("X-A: "), "openai"),
        (_endless("X-A: ") + b"\r\n\r\n", "openai"),
        (_endless("X-A: ", "/v1/messages"), "anthropic"),
        (_post(KEY)[:-2] + b"x: 1\r\n" * MOST_HEAD, "openai"),
        (b"GET /" + b"a" * 2 * MOST_HEAD, "openai"),
        (_post(KEY, "Transfer-Encoding: chunked") + b"1;" + b"x" * 2 * MOST_BESIDE, "openai"),
        (
            _post(KEY, "Transfer-Encoding: chunked") + b"0\r\nx: " + b"y" * 2 * MOST_BESIDE,
            "openai",
        ),
    ],
)
def test_what_stands_beside_a_body_is_bounded(
    stage: Stage, sidecar: Running, sent: bytes, dialect: str
) -> None:
    with _connected(sidecar.address) as connection:
        for at in range(0, len(sent), 10_000):
            try:
                connection.sendall(sent[at : at + 10_000])
            except OSError:  # it hears no more
                break
        status, said = _read(connection)
    assert status == 431
    code = said["error"]["code"] if dialect == "openai" else said["policy_router"]["code"]
    assert code == "headers_too_large"
    assert stage.untouched
    assert stage.log.records == []


def test_trailers_say_nothing(stage: Stage, sidecar: Running) -> None:
    chunked = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)
    with _connected(sidecar.address) as connection:
        sent = _post(KEY, "Transfer-Encoding: chunked") + chunked
        connection.sendall(sent + b"X-Governance-Data: health\r\nX-Route: far\r\n\r\n")
        assert _read(connection)[0] == 200
    assert len(stage.near.requests) == 1


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (b"", True),
        (b"POST /v1/mess", True),
        (_post(KEY)[:-2], True),
        (_post(KEY, "Content-Length: 99") + b"{", True),
        (_post("Authorization: Bearer nobody", "Content-Length: 99") + b"{", False),
    ],
)
def test_a_call_has_so_long_to_arrive_and_no_longer(
    stage: Stage, sent: bytes, answers: bool
) -> None:
    app = Sidecar(Gate(stage.pdp, stage.log, POINT))
    with served(app, http=Quick) as address, _connected(address) as connection:
        connection.sendall(sent)
        found, said = _read(connection)
        if answers:
            assert (found, said["error"]["code"]) == (408, "too_slow")
        assert connection.recv(1) == b""
        until(lambda: app.state.calls == 0)
    assert stage.untouched
    assert app.state.room.held == 0


def test_calls_beyond_what_can_be_carried_are_told_to_come_again(
    stage: Stage, sidecar: Running
) -> None:
    room = sidecar.sidecar.state.room
    waiting = [_connected(sidecar.address) for _ in range(4)]
    try:
        for connection in waiting:
            connection.sendall(_post(KEY, "Content-Length: 99") + b"{")
        until(lambda: room.calls == 4)
        answer = sidecar.post()
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert "x-should-retry" not in answer.headers
    finally:
        for connection in waiting:
            connection.close()
    until(lambda: (room.calls, room.held) == (0, 0))
    assert sidecar.post().status_code == 200
    assert len(stage.decisions) == 1


def test_bodies_beyond_what_can_be_held_are_told_to_come_again(
    stage: Stage, sidecar: Running
) -> None:
    with _connected(sidecar.address) as other:
        other.sendall(_post(KEY, "Content-Length: 9900000") + b" " * 9_800_000)
        until(lambda: sidecar.sidecar.state.room.held == 9_800_000)
        answer = sidecar.post(content=b" " * 300_000)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
    until(lambda: sidecar.sidecar.state.room.held == 0)
    assert sidecar.post().status_code == 200
    assert len(stage.near.requests) == 1


def test_so_the_sidecar_is_served() -> None:
    config = run._server(lambda: None, 1).config
    assert config.http is Hearing
    assert config.timeout_keep_alive == KEPT_SECONDS == 75
