"""What a collector of OpenTelemetry gets is the text of the log, and what fails is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from policy_router.log.checkpoint import checkpoints_in, read_checkpoint
from policy_router.log.ledger import Ledger
from policy_router.log.reading import lines_in
from policy_router.log.telling import Anchoring, Copying, NotTold
from policy_router.log.verification import verify
from policy_router.log.writer import CHECKPOINTS, Sizes
from tests.fakes.collector import Collector, collecting
from tests.unit.log.test_ledger import record

otel = pytest.importorskip("policy_router.log.otel", exc_type=ImportError)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        yield found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    ledger = Ledger(tmp_path, sizes=Sizes(segment=2_000, checkpoint=5))
    for number in range(20):
        ledger.append({**record(number), "id": str(number), "recorded_at": "2026-11-01T00:00:00Z"})
    ledger.check()
    return tmp_path


def test_a_copy_has_every_line_as_it_is(log: Path, collector: Collector) -> None:
    assert Copying(log, otel.OtelRecords()).tell() > 20
    assert [e.body.string_value.encode() for e in collector.events] == list(lines_in(log))
    last = collector.events[-1]
    assert last.event_name == "policy_router.decision"
    assert last.time_unix_nano == 1_793_491_200 * 10**9
    said = {a.key: a.value for a in last.attributes}
    assert said["policy_router.id"].string_value == "19"
    assert said["policy_router.record"].int_value == len(list(lines_in(log))) - 1


def test_checkpoints_of_a_collector_are_an_anchor(log: Path, collector: Collector) -> None:
    Anchoring(log, otel.OtelCheckpoints()).tell()
    texts = [event.body.string_value.encode() for event in collector.events]
    anchor = [found for found in map(read_checkpoint, texts) if found is not None]
    assert anchor == checkpoints_in(log / CHECKPOINTS)
    assert {event.event_name for event in collector.events} == {otel.CHECKPOINT}
    assert verify(log, anchor).problem is None
    path = log / "00000001.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    assert verify(log, anchor).problem is not None


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_collector_that_takes_nothing_is_said_to(
    log: Path, collector: Collector, status: int
) -> None:
    collector.status = status
    for telling in (Copying(log, otel.OtelRecords()), Anchoring(log, otel.OtelCheckpoints())):
        with pytest.raises(NotTold, match="did not take it"):
            telling.tell()
    with pytest.raises(OSError, match="did not take it"):
        otel.OtelLog().append(record(1))
    collector.status = 200
    Copying(log, otel.OtelRecords()).tell()
    assert [e.body.string_value.encode() for e in collector.events] == list(lines_in(log))


def test_a_log_of_its_own_returns_once_the_collector_has_it(collector: Collector) -> None:
    kept = otel.OtelLog()
    for number in range(3):
        kept.append({**record(number), "id": str(number)})
        assert len(collector.events) == number + 1
    assert json.loads(collector.events[0].body.string_value) == {**record(0), "id": "0"}
    with pytest.raises(ValueError, match="kind"):
        kept.append({})


def _rejecting(count: int) -> bytes:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # noqa: PLC0415 - an extra
        ExportLogsServiceResponse,
    )

    said = ExportLogsServiceResponse()
    said.partial_success.rejected_log_records = count
    said.partial_success.error_message = "too old"
    return bytes(said.SerializeToString())


class _Own:
    """What an organisation may install: sessions of its own, with credentials."""

    def __init__(self, made: object) -> None:
        self._made = made

    def load(self) -> Callable[[], object]:
        return lambda: self._made


def _session() -> object:
    found = pytest.importorskip("requests").Session()
    found.headers["authorization"] = "of its own"
    return found


@pytest.fixture(params=["", *otel._SESSIONS])
def session(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The variable that names a session, empty if none does; its requests say whose they are."""
    if request.param:
        monkeypatch.setenv(request.param, "our-own")
        found = {("opentelemetry_otlp_credential_provider", "our-own"): [_Own(_session())]}
        monkeypatch.setattr(otel, "entry_points", lambda group, name: found.get((group, name), []))
    return str(request.param)


@pytest.mark.parametrize("made", [None, "a session"])
def test_what_makes_no_session_is_said(
    monkeypatch: pytest.MonkeyPatch, collector: Collector, made: str | None
) -> None:
    monkeypatch.setenv(otel._SESSIONS[0], "our-own")
    found = [] if made is None else [_Own(made)]
    monkeypatch.setattr(otel, "entry_points", lambda **_: found)
    with pytest.raises(RuntimeError, match="`our-own` is no entry point"):
        otel.OtelRecords()
    assert collector.events == []


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (200, b"<html>Log in</html>", "text/html"),
        (200, b'{"partialSuccess": {"rejectedLogRecords": "1"}}', "application/json"),
        (200, b"taken", "application/json"),
        (200, "partial", "application/x-protobuf"),
        (302, b"", "text/html"),
        (307, b"", "text/html"),
        (304, b"", "text/html"),
    ],
)
def test_only_an_answer_that_all_was_taken_is_one(
    log: Path, collector: Collector, status: int, said: bytes | str, kind: str
) -> None:
    """Whoever brings the session: its answers are judged alike."""
    collector.status, collector.content_type = status, kind
    collector.said = said if isinstance(said, bytes) else _rejecting(1)
    collector.elsewhere = f"{collector.address}/login" if status > 300 else None
    for telling in (Copying(log, otel.OtelRecords()), Anchoring(log, otel.OtelCheckpoints())):
        with pytest.raises(NotTold, match="did not take it"):
            telling.tell()
    with pytest.raises(OSError, match="did not take it"):
        otel.OtelLog().append(record(1))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"", "application/x-protobuf"),
        (b"{}", "application/json"),
        (b'{"partialSuccess": {}}', "application/json; charset=utf-8"),
        ("warning", "application/x-protobuf"),
    ],
)
def test_every_answer_of_the_protocol_that_all_was_taken_is_one(
    log: Path, collector: Collector, session: str, said: bytes | str, kind: str
) -> None:
    collector.content_type = kind
    collector.said = said if isinstance(said, bytes) else _rejecting(0)
    assert Copying(log, otel.OtelRecords()).tell() > 20
    assert set(collector.authorized) == ({"of its own"} if session else {None})


_ODD: list[dict[str, object]] = [
    {"recorded_at": "1960-01-01T00:00:00+00:00"},
    {"recorded_at": "0001-01-01T00:00:00+14:00"},
    {"recorded_at": "9999-12-31T23:59:59+00:00"},
    {"recorded_at": "no instant"},
    {"recorded_at": None},
    {"recorded_at": {"at": 1}},
    {"recorded_at": "2026-11-01T00:00:00"},
    {"id": {"of": "nothing"}},
    {"id": "\ud800"},
    {"kind": "\ud800"},
]


@pytest.mark.parametrize("odd", _ODD, ids=str)
def test_a_record_that_is_odd_keeps_nobody_from_being_told(
    tmp_path: Path, collector: Collector, odd: dict[str, object]
) -> None:
    ledger = Ledger(tmp_path)
    for more in ({}, odd, {}):
        ledger.append({**record(1), **more})
    assert Copying(tmp_path, otel.OtelRecords()).tell() == 4
    assert [e.body.string_value.encode() for e in collector.events] == list(lines_in(tmp_path))


@pytest.mark.parametrize("at", ["", "no instant", "1960-01-01T00:00:00+00:00", "9999-12-31"])
def test_a_checkpoint_of_any_instant_is_told(log: Path, collector: Collector, at: str) -> None:
    last = checkpoints_in(log / CHECKPOINTS)[-1]
    with (log / CHECKPOINTS).open("ab") as file:
        file.write(replace(last, at=at).line())
    Anchoring(log, otel.OtelCheckpoints()).tell()
    assert len(collector.events) == len(checkpoints_in(log / CHECKPOINTS))
