"""What retention removed, or would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from policy_router.engine.render import instant
from policy_router.log.retention import Removable
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.service.retention import Pruned

_MEGABYTE: Final = 10**6
_STAYS: Final = (
    "A segment goes once all in it is older; the one that is written to stays, and is closed once "
    "it is a day old."
)


def pruned_lines(found: Pruned, screen: Screen, *, done: bool) -> Iterator[str]:
    """What went, or would go; `done`: it is gone."""
    verb = "removed" if done else "would be removed"
    segments, documents = found.segments, found.documents
    if segments is None:
        yield from screen.wrapped(
            f"No segment of the log is older than {phrases.instant(found.before)} as a whole."
        )
    else:
        yield from screen.wrapped(f"{_segments(segments)} {verb}.")
    if documents.snapshots or documents.texts:
        snapshots = phrases.counted(documents.snapshots, "snapshot")
        texts = phrases.counted(documents.texts, "text")
        size = _size(documents.size)
        yield from screen.wrapped(
            f"Documents of {snapshots} that no record names ({texts}, {size}) {verb}."
        )
    if segments is not None and done:
        yield "A record of the log says so: `policy-router log verify` shows it."
    yield from screen.wrapped(_STAYS)


def _segments(found: Removable) -> str:
    span = f"{phrases.instant(found.begin)} to {phrases.instant(found.end)}"
    segments = phrases.counted(found.segments, "segment")
    return f"Records 0 to {found.first - 1:,}, from {span} ({segments}, {_size(found.size)}),"


def _size(found: int) -> str:
    return f"{found / _MEGABYTE:.1f} MB" if found >= _MEGABYTE // 10 else f"{found:,} bytes"


def pruned_json(found: Pruned, *, done: bool) -> str:
    """The same for programs."""
    documents = found.documents
    data = {
        "removed": done,
        "before": instant(found.before),
        "segments": None if found.segments is None else _plain(found.segments),
        "documents": {
            "snapshots": documents.snapshots,
            "texts": documents.texts,
            "bytes": documents.size,
        },
    }
    return json.dumps(data, indent=2)


def _plain(found: Removable) -> dict[str, Any]:
    return {
        "through": found.through,
        "first": found.first,
        "root": found.root,
        "begin": instant(found.begin),
        "end": instant(found.end),
        "segments": found.segments,
        "bytes": found.size,
    }
