"""The log as OpenTelemetry logs, by OTLP over HTTP, with the extra `otel`.

Where to is said by the variables of the environment that OpenTelemetry defines, such as
`OTEL_EXPORTER_OTLP_ENDPOINT`. The body of each is the very text that stands in the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from policy_router.domain.release import VERSION
from policy_router.log.checkpoint import Checkpoint
from policy_router.log.line import packed
from policy_router.log.telling import NotTold

CHECKPOINT: Final = "policy_router.checkpoint"
"""The name of the event that is a checkpoint; of a record it is `policy_router.<its kind>`."""

_SCOPE: Final = InstrumentationScope("policy_router", VERSION)
_INSTANTS: Final = ("recorded_at", "at")
_REFUSED: Final = "the collector did not take it"


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
        """Hand over lines of a log; raises `NotTold` if they are not taken."""
        if not self._sender.sent([_event(json.loads(line), line) for line in lines]):
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
        self._exporter = exporter or OTLPLogExporter()
        self._resource = Resource.create({"service.name": "policy-router"})

    def sent(self, events: Iterable[LogRecord]) -> bool:
        made = [ReadableLogRecord(event, self._resource, _SCOPE) for event in events]
        done: bool = self._exporter.export(made) is LogRecordExportResult.SUCCESS
        return done


def _event(record: Mapping[str, Any], text: bytes) -> LogRecord:
    """A record as an event; what of it can be searched for is an attribute too."""
    said = {"policy_router.id": record.get("id"), "policy_router.record": record.get("n")}
    instants = (record[name] for name in _INSTANTS if name in record)
    return LogRecord(
        timestamp=_nanoseconds(next(instants, None)),
        severity_number=SeverityNumber.INFO,
        body=text.decode(),
        attributes={name: value for name, value in said.items() if value is not None},
        event_name=f"policy_router.{record['kind']}",
    )


def _checkpoint(checkpoint: Checkpoint) -> LogRecord:
    return LogRecord(
        timestamp=_nanoseconds(checkpoint.at),
        severity_number=SeverityNumber.INFO,
        body=checkpoint.line().decode().rstrip("\n"),
        attributes={"policy_router.log": checkpoint.log},
        event_name=CHECKPOINT,
    )


def _nanoseconds(text: str | None) -> int | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp() * 1e6) * 1_000
