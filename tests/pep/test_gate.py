"""The gate when something goes wrong: nothing is sent that is not decided and recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from policy_router import PDP, DocumentErrors, Request, load
from policy_router.audit.record import Record
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.callers import caller_of
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate, gate_for
from policy_router.log.kept import MemoryLog
from policy_router.log.ledger import Ledger
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import Answer, admit
from tests.pep.world import ALLOWED, CANARY, KEY_VARIABLE, KEYS, UPSTREAM_KEY, World, build

FLOOR = as_floor(Request(data=["health"], regime=["eu_gdpr"], purpose="letters", caller="desk"))
BODY = json.dumps({"model": ALLOWED, "messages": [{"role": "user", "content": CANARY}]}).encode()
CALL = HttpCall("POST", "/chat/completions", "", (("content-type", "application/json"),), BODY)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    return build(tmp_path)


def _code(answer: Answer) -> tuple[int, str]:
    assert isinstance(answer, Reply)
    return answer.status, json.loads(answer.body)["error"]["code"]


class _Broken:
    """A log on a disk that is full."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def append(self, record: Record) -> None:
        del record
        raise self.error


@pytest.mark.parametrize("error", [OSError("no space"), RuntimeError("anything")])
def test_no_record_no_call(world: World, error: Exception) -> None:
    assert _code(admit(Gate(world.pdp, _Broken(error), "test"), CALL, FLOOR)) == (
        503,
        "not_recorded",
    )


def test_a_log_that_cannot_be_written_stops_every_call(world: World) -> None:
    gate = gate_for("test", world.pdp)
    rmtree(world.folder / "var")
    (world.folder / "var").write_text("a file where the folder should be")
    assert _code(admit(gate, CALL, FLOOR))[0] == 503


def test_a_log_that_cannot_be_written_from_the_start_is_told_then(world: World) -> None:
    (world.folder / "var").write_text("a file where the folder should be")
    with pytest.raises(DocumentErrors):
        gate_for("test", world.pdp)


def test_a_fault_while_deciding_is_a_refusal_and_is_told_without_content(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(PDP, "decide", fail)
    log = MemoryLog()
    assert _code(admit(Gate(world.pdp, log, "test"), CALL, FLOOR)) == (503, "undecided")
    assert [record["refused"] for record in log.records] == ["undecided"]
    assert "KeyError" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("key", [None, "", "  ", "two\nlines", "k\u00e9y"])
def test_without_its_key_a_gateway_gets_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    if key is None:
        monkeypatch.delenv(KEY_VARIABLE)
    else:
        monkeypatch.setenv(KEY_VARIABLE, key)
    log = MemoryLog()
    assert _code(admit(Gate(world.pdp, log, "test"), CALL, FLOOR)) == (503, "key_missing")
    assert (log.records[0]["admitted"], log.records[0]["refused"]) == (False, "key_missing")


def test_a_key_can_lie_in_a_file(world: World) -> None:
    file = world.folder / "key"
    documents = world.folder / "documents.yaml"
    text = documents.read_text("utf-8").replace(f"env: {KEY_VARIABLE}", f"file: {file}")
    documents.write_text(text, "utf-8")
    world.pdp.reload()
    gate = Gate(world.pdp, MemoryLog(), "test")
    assert _code(admit(gate, CALL, FLOOR)) == (503, "key_missing")
    file.write_text("from-a-file\n", "utf-8")
    answer = admit(gate, CALL, FLOOR)
    assert isinstance(answer, Forward)
    assert ("authorization", "Bearer from-a-file") in answer.headers


def test_a_key_is_never_in_what_is_printed(world: World) -> None:
    answer = admit(Gate(world.pdp, MemoryLog(), "test"), CALL, FLOOR)
    assert isinstance(answer, Forward)
    assert UPSTREAM_KEY not in repr(answer)
    assert CANARY not in f"{answer!r}{CALL!r}"


def test_an_unpinnable_gateway_is_a_refusal_that_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    world = build(tmp_path, kind="azure")
    log = MemoryLog()
    assert _code(admit(Gate(world.pdp, log, "test"), CALL, FLOOR)) == (403, "gateway_unsupported")
    assert (log.records[0]["admitted"], log.records[0]["decision"]["outcome"]) == (
        False,
        "permitted",
    )


def test_what_a_record_holds(world: World) -> None:
    log = MemoryLog()
    retried = HttpCall(
        CALL.method, CALL.path, CALL.query, (("x-stainless-retry-count", "2"),), BODY
    )
    answer = admit(Gate(world.pdp, log, "httpx"), retried, FLOOR)
    assert isinstance(answer, Forward)
    (record,) = log.records
    assert record["id"] == answer.decision
    assert (record["point"], record["caller"], record["retry"]) == ("httpx", "desk", 2)
    assert (record["admitted"], record["refused"], record["body_bytes"]) == (True, None, len(BODY))
    assert record["facts"]["model"] == ALLOWED
    assert record["facts"]["sets"]["data"] == {"members": ["health"], "settled": True}
    assert record["facts"]["scalars"]["endpoint"] == "chat_completions"
    assert record["decision"]["route"] == "near:allowed"
    assert record["decision"]["obligations"][0]["set"] == {"store": False}
    assert record["decision"]["digests"]["policies"].startswith("sha256:")
    assert CANARY not in json.dumps(log.records)


def test_mere_declarations_are_in_the_record(world: World) -> None:
    log = MemoryLog()
    headers = (("x-governance-data", "health"), ("x-governance-regime", "eu_gdpr"))
    call = HttpCall(CALL.method, CALL.path, CALL.query, headers, BODY)
    caller = floor_of(world.pdp.loaded.callers["website"])
    admit(Gate(world.pdp, log, "test"), call, caller)
    facts = log.records[0]["facts"]
    assert facts["declared"] == ["data", "regime"]
    assert facts["without_declared"]["sets"]["data"]["members"] == ["non_personal"]
    assert log.records[0]["decision"]["declared"] == ["data", "regime"]


def test_records_are_on_the_disk_before_anything_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", lambda _: synced.append(len(world.records())))
    answer = admit(gate_for("test", world.pdp), CALL, FLOOR)
    assert isinstance(answer, Forward)
    assert synced[-1] == 1
    files = [path for path in world.log.rglob("*") if path.is_file()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_callers_are_told_by_their_key_alone(world: World) -> None:
    callers = world.pdp.loaded.callers.values()

    def told(*values: str) -> Any:  # noqa: ANN401 - a caller or none
        found = caller_of(tuple(("authorization", value) for value in values), callers)
        return found and found.id

    key = KEYS["clinic"]
    assert told(f"Bearer {key}") == told(f"bearer  {key} ") == "clinic"
    for values in (
        (),
        ("",),
        (key,),
        (f"Basic {key}",),
        ("Bearer",),
        (f"Bearer {key}x",),
        ("Bearer clinic",),
        (f"Bearer {key}", f"Bearer {key}"),
        (f"Bearer {next(iter(callers)).key_sha256}",),
    ):
        assert told(*values) is None, values


def test_a_log_is_found_or_refused_at_the_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Callable[..., Gate] = gate_for
    assert isinstance(made("test", world.pdp).log, Ledger)
    project = world.folder / "policy-router.yaml"
    project.write_text(project.read_text("utf-8").replace("log:", "# log:"), "utf-8")
    without = load(project=world.folder)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="no log"):
        made("test", without)
