"""The log as OpenTelemetry logs, by OTLP over HTTP, with the extra `otel`.

Where to is said by the variables of the environment that OpenTelemetry defines, such as
`OTEL_EXPORTER_OTLP_ENDPOINT`. The body of each is the very text that stands in the log.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Final

import requests
from google.protobuf.json_format import Parse
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from policy_router.domain.release import VERSION
from policy_router.log.checkpoint import Checkpoint
from policy_router.log.line import packed
from policy_router.log.reading import read_record
from policy_router.log.segment import LogUnreadable
from policy_router.log.telling import NotTold

CHECKPOINT: Final = "policy_router.checkpoint"
"""The name of the event that is a checkpoint; of a record it is `policy_router.<its kind>`."""

_SCOPE: Final = InstrumentationScope("policy_router", VERSION)
_INSTANTS: Final = ("recorded_at", "at")
_REFUSED: Final = "the collector did not take it"
_MOST: Final = 2**63
"""Numbers of an event are smaller; nanoseconds too, which so end in the year 2262."""

_ELSEWHERE: Final = 300
_FAILED: Final = 400
"""HTTP statuses from these on say that something is elsewhere, or that it failed."""

_SESSIONS: Final = (
    "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER",
    "OTEL_PYTHON_EXPORTER_OTLP_HTTP_LOGS_CREDENTIAL_PROVIDER",
)
"""The first that is set names an entry point of `_PROVIDERS` that makes a session."""

_PROVIDERS: Final = "opentelemetry_otlp_credential_provider"


class OtelCheckpoints:
    """A collector as an anchor."""

    name = "otel_checkpoints"

    def __init__(self, exporter: LogRecordExporter | None = None) -> None:
        self._sender = _Sender(exporter)

    def tell(self, checkpoints: Sequence[Checkpoint], last: Checkpoint | None) -> int:
        """Hand over `checkpoints`, all of them; raises `NotTold` if they are not taken."""
        del last
        events = [_checkpoint(each) for each in checkpoints]
        if not self._sender.sent(events):
            raise NotTold(_REFUSED)
        return len(events)


class OtelRecords:
    """A collector of copies of records."""

    name = "otel_records"

    def __init__(self, exporter: LogRecordExporter | None = None) -> None:
        self._sender = _Sender(exporter)

    def take(self, lines: Sequence[bytes]) -> None:
        """Hand over lines of a log; raises `NotTold` if one is no record, or they are not taken."""
        try:
            events = [_event(read_record(line), line) for line in lines]
        except LogUnreadable as error:
            raise NotTold(str(error)) from None
        if not self._sender.sent(events):
            raise NotTold(_REFUSED)


class OtelLog:
    """A log that is kept by a collector alone: each record is sent, and its answer waited for.

    How well it is kept is for the collector to say; nothing here chains or signs what it has.
    """

    def __init__(self, exporter: LogRecordExporter | None = None) -> None:
        self._sender = _Sender(exporter)

    def append(self, record: Mapping[str, Any]) -> None:
        """Return once the collector has taken `record`; raises `OSError` if it does not."""
        if not self._sender.sent([_event(record, packed(record))]):
            raise OSError(_REFUSED)


class _Sender:
    """Sends events, and knows whether they were taken."""

    def __init__(self, exporter: LogRecordExporter | None) -> None:
        self._exporter = exporter or OTLPLogExporter(session=_judging(_session()))
        self._resource = Resource.create({"service.name": "policy-router"})

    def sent(self, events: Iterable[LogRecord]) -> bool:
        made = [ReadableLogRecord(event, self._resource, _SCOPE) for event in events]
        done: bool = self._exporter.export(made) is LogRecordExportResult.SUCCESS
        return done


def _session() -> requests.Session:
    """The session that the environment names, as exporters of OpenTelemetry find it, or a new one.

    Raises `RuntimeError` if what is named makes none.
    """
    name = next((os.environ[name] for name in _SESSIONS if os.environ.get(name)), None)
    if name is None:
        return requests.Session()
    named = next(iter(entry_points(group=_PROVIDERS, name=name)), None)
    found = None if named is None else named.load()()
    if not isinstance(found, requests.Session):
        what = f"`{name}` is no entry point of `{_PROVIDERS}` that makes a session"
        raise RuntimeError(what)  # noqa: TRY004 - what is wrong is what is installed
    return found


def _judging(session: requests.Session) -> requests.Session:
    """A session that takes only the answer of a collector for one: it took all, and is no other.

    The exporter would take any status below 400: a redirect, and the page of a login behind it, as
    well as an answer that says which records were rejected (OTLP 1.5, "Partial Success").
    """
    ask = session.request  # of whatever class it is

    def judged(*args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - what it takes
        answer = ask(*args, **{**kwargs, "allow_redirects": False})
        if answer.status_code < _FAILED and not _took_all(answer):
            what = f"the answer, with status {answer.status_code}, does not say that all was taken"
            raise requests.HTTPError(what)
        return answer

    session.request = judged  # type: ignore[method-assign]
    return session


def _took_all(answer: requests.Response) -> bool:
    """Whether it is what OTLP answers: its message, or nothing, and no record rejected."""
    if answer.status_code >= _ELSEWHERE:
        return False
    said = ExportLogsServiceResponse()
    try:
        if "json" in answer.headers.get("content-type", ""):
            Parse(answer.content, said, ignore_unknown_fields=True)
        else:
            said.ParseFromString(answer.content)
    except Exception:  # noqa: BLE001 - whatever it is, it is no such message
        return False
    return not said.partial_success.rejected_log_records


def _event(record: Mapping[str, Any], text: bytes) -> LogRecord:
    """A record as an event; what of it can be searched for is an attribute too."""
    name, number = record.get("id"), record.get("n")
    said: dict[str, str | int] = {}
    if isinstance(name, str):
        said["policy_router.id"] = _sendable(name)
    if type(number) is int and number < _MOST:
        said["policy_router.record"] = number
    instants = (record[name] for name in _INSTANTS if name in record)
    return LogRecord(
        timestamp=_nanoseconds(next(instants, None)),
        severity_number=SeverityNumber.INFO,
        body=text.decode(),
        attributes=said,
        event_name=_sendable(f"policy_router.{record['kind']}"),
    )


def _checkpoint(checkpoint: Checkpoint) -> LogRecord:
    return LogRecord(
        timestamp=_nanoseconds(checkpoint.at),
        severity_number=SeverityNumber.INFO,
        body=checkpoint.line().decode().rstrip("\n"),
        attributes={"policy_router.log": _sendable(checkpoint.log)},
        event_name=CHECKPOINT,
    )


def _sendable(text: str) -> str:
    """A text without halves of characters, which JSON may name and nothing can send."""
    return text.encode("utf-8", "replace").decode()


def _nanoseconds(text: object) -> int | None:
    """When it was, for whoever sorts by it; None for what an event cannot say: the text says it."""
    try:
        at = datetime.fromisoformat(str(text))
        found = int(at.timestamp() * 1e6) * 1_000
    except (ValueError, OverflowError):
        return None
    return found if at.tzinfo is not None and 0 <= found < _MOST else None
