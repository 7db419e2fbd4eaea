"""Who is told of a project's log besides those who read its folder."""

from __future__ import annotations

import time
from collections.abc import Iterator

from policy_router.log.git_anchor import GitAnchor
from policy_router.log.telling import Anchoring, Copying, Teller, Telling
from policy_router.store.described import LogPlace


def telling_of(place: LogPlace) -> Telling:
    """Those whom the project wants to be told; raises `ImportError` without the extra `otel`."""
    return Telling(tuple(_tellers(place)), time.monotonic)


def _tellers(place: LogPlace) -> Iterator[Teller]:
    if place.anchor_git is not None:
        yield Anchoring(place.folder, GitAnchor(place.anchor_git))
    if place.otel is None:
        return
    from policy_router.log.otel import OtelCheckpoints, OtelRecords  # noqa: PLC0415 - an extra

    yield Anchoring(place.folder, OtelCheckpoints())
    if place.otel == "records":
        yield Copying(place.folder, OtelRecords())
