"""By what a call is found elsewhere: the id upstream gave its answer; that it went out twice."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from policy_router.audit.record import Ending
from policy_router.enforcement.exchange import Ended, Head, advance, exchange
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.app import POINT, Sidecar
from policy_router.log.kept import MemoryLog
from policy_router.wire.answers import answer_id
from policy_router.wire.headers import Headers
from policy_router.wire.http_call import HttpCall
from tests.fakes.served import served
from tests.patience import until
from tests.pep.sidecars import CHAT, Running
from tests.pep.test_records import OUTCOME, RECORD
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY, build

BODY = b'{"model": "at-near/allowed-2026"}'


def _answers(connection: socket.socket, calls: Iterator[int], *, closes: bool) -> None:
    """Answer one call, then close as the next one comes, or go on."""
    with connection, connection.makefile("rb") as lines:
        for number in calls:
            length = 0
            while (line := lines.readline()).strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            if not line or not lines.read(length) or (closes and number):
                return
            head = f"HTTP/1.1 200 OK\r\nx-request-id: req-{number}\r\n"
            head += f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
            connection.sendall(head.encode() + BODY)


@contextmanager
def _upstream(*closing: bool) -> Iterator[str]:
    """An upstream with so many connections, some of which are closed as a second call comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            for closes in closing:
                connection, _ = listener.accept()
                _answers(connection, iter(range(9)), closes=closes)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def _outcomes(folder: Path, address: str, calls: int) -> list[dict[str, object]]:
    log = MemoryLog()
    app = Sidecar(Gate(build(folder, address).pdp, log, POINT))
    with served(app) as at:
        for number in range(calls):
            assert Running(app, at).post().status_code == 200
            until(partial(_has_endings, log, number + 1))
    found = _endings(log)
    for record in found:
        OUTCOME.validate(record)
    return found


def _endings(log: MemoryLog) -> list[dict[str, object]]:
    return [dict(record) for record in log.records if record["kind"] == "outcome"]


def _has_endings(log: MemoryLog, number: int) -> bool:
    return len(_endings(log)) == number


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)


def test_a_call_that_went_out_twice_says_so_and_no_other_does(tmp_path: Path) -> None:
    with _upstream(True, False) as address:
        found = _outcomes(tmp_path, address, 4)
    assert ["resent" in record for record in found] == [False, True, False, False]
    assert [record["answer_id"] for record in found] == ["req-0", "req-0", "req-1", "req-2"]
    assert {record["ending"] for record in found} == {Ending.COMPLETE}


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ((("x-request-id", "req_1"), ("apim-request-id", "2")), "req_1"),
        ((("request-id", "req_011CSHoEeqs5C35K2UUqR7Fy"),), "req_011CSHoEeqs5C35K2UUqR7Fy"),
        ((("apim-request-id", "3b1c-9"), ("x-request-id", "a b")), "3b1c-9"),
        ((("x-request-id", "x" * 129),), None),
        ((("x-request-id", '"},"kind":"load'),), None),
        ((("x-other-id", "1"),), None),
    ],
)
def test_what_upstream_calls_its_answer(headers: Headers, found: str | None) -> None:
    assert answer_id(headers) == found


def test_so_does_the_attempt_before_the_last(tmp_path: Path) -> None:
    """Of which the record of the next one tells."""
    world, log = build(tmp_path, spare=True), MemoryLog()
    floor = floor_of(world.pdp.loaded.callers["clinic"])
    call = HttpCall("POST", "/chat/completions", "", (), json.dumps(CHAT).encode())
    steps = exchange(Gate(world.pdp, log, POINT), call, floor, world.pdp.loaded)
    advance(steps, log)
    advance(steps, log, Head(503, (("x-request-id", "req_9"),), resent=True))
    advance(steps, log, Ended(Ending.CLIENT_GONE))
    _, second, outcome = log.records
    RECORD.validate(second)
    after = second["attempt"]["after"]
    assert (after["answer_id"], after["resent"]) == ("req_9", True)
    assert not {"answer_id", "resent"} & outcome.keys()
