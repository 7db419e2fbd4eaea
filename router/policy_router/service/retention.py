"""Retention: what is older than the project keeps goes, and the log says so.

Segments of the log go whole, once a record of it says which and a checkpoint covers that record.
Documents go that no record which stays names, and that nobody is about to name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from policy_router.audit.record import Gone, Kind, retention_record
from policy_router.domain.decision import Digests
from policy_router.log.ledger import Ledger
from policy_router.log.reading import lines_in, read_record
from policy_router.log.retention import Removable, removable, remove_segments
from policy_router.log.segment import segments_in
from policy_router.log.telling import NotTold, Telling
from policy_router.service.spare import Spare, remove_spare, spare_documents

CLOSED_AFTER: Final = timedelta(days=1)
"""A segment that was begun longer ago takes no more records: so none stays much beyond its time."""

_NAMED: Final = re.compile(
    rb'"digests":\{"policies":"(sha256:[0-9a-f]{64})","registry":"(sha256:[0-9a-f]{64})"\}'
)


_RETENTION: Final = f'"kind":"{Kind.RETENTION.value}"'.encode()


@dataclass(frozen=True, slots=True)
class Pruned:
    """What goes, or would: segments of the log, and documents. All in them is from before."""

    before: datetime
    segments: Removable | None
    documents: Spare


def would_prune(log: Path, before: datetime) -> Pruned:
    """What `prune` would remove now. Raises `LogDamaged`, `OSError`."""
    segments = removable(log, before)
    if segments is None:
        return Pruned(before, None, Spare())
    return Pruned(before, segments, spare_documents(log, _naming(log, segments.through + 1)))


def prune(ledger: Ledger, before: datetime, now: datetime, telling: Telling) -> Pruned:
    """Remove what was kept before an instant, and what no record names any more.

    Everybody whom the project wants to be told knows of the log as it was, and of the record that
    says what goes, before anything does; where the last time was cut short after that record, it
    is not said again. Whatever cuts it short, the log verifies and no document is missing that a
    record names. Raises `LogDamaged` for a log that is not what it was, `OSError`
    where its own anchor cannot be written, and `NotTold`.
    """
    log = ledger.folder
    ledger.close_segment(now - CLOSED_AFTER)
    segments = removable(log, before)
    if segments is None:
        return Pruned(before, None, Spare())
    ledger.close()
    _tell_all(telling)
    gone = Gone(segments.through, segments.first, segments.root)
    if not _is_said(log, gone):
        ledger.append(retention_record(now, before, gone))
        ledger.check()
        _tell_all(telling)
    remove_segments(log, segments.through)
    return Pruned(before, segments, remove_spare(log, _naming(log)))


def _is_said(log: Path, gone: Gone) -> bool:
    """Whether a record says that just these segments go: then everybody was told of it, too."""
    said = {"kind": Kind.RETENTION.value, **asdict(gone)}
    lines = (line for line in lines_in(log, gone.through + 1) if _RETENTION in line)
    return any(said.items() <= read_record(line).items() for line in lines)


def _tell_all(telling: Telling) -> None:
    """Raise `NotTold` if somebody cannot be told what the log has come to."""
    if not telling.look():
        found = telling.standings.items()
        why = [f"`{name}` is not told of the log: {s.why}" for name, s in found if s.why]
        raise NotTold("; ".join(why))


def _naming(log: Path, since: int = 0) -> Callable[[], set[Digests]]:
    """What asks which snapshots records name, from a segment on.

    Almost all of the log is read at once, and the end of it when it is asked. Those who are about
    to name a snapshot hold it, and whoever let go of it has written what there was to write.
    """
    last = max(segments_in(log), default=0)
    named = named_in(log, since)
    return lambda: named | named_in(log, max(since, last))


def named_in(log: Path, since: int = 0) -> set[Digests]:
    """The snapshots that records name, from a segment on."""
    return {digests for line in lines_in(log, since) for digests in digests_on(line)}


def digests_on(line: bytes) -> Iterator[Digests]:
    """The snapshots that the record on a line names."""
    for match in _NAMED.finditer(line):
        yield Digests(match[1].decode(), match[2].decode())
