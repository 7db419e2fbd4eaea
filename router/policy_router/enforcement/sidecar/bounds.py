"""What the sidecar bears: as the project says, and otherwise as much as it does by itself."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.organisation import Serving
from policy_router.enforcement.arriving import Room
from policy_router.enforcement.sidecar.upstream import Patience
from policy_router.store.project import Loaded
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits


def limits_of(loaded: Loaded) -> Limits:
    """How large the body of a call may be, and the text in it."""
    said = _said(loaded)
    size, text = said.body_bytes or DEFAULT_LIMITS.size, said.text_bytes or DEFAULT_LIMITS.text
    return replace(DEFAULT_LIMITS, size=size, text=text)


def room_of(loaded: Loaded) -> Room:
    """How many calls there is room for at once."""
    calls = _said(loaded).calls
    return Room() if calls is None else Room(most_calls=calls)


def patience_of(loaded: Loaded, silent: float | None = None) -> Patience:
    """How long upstreams are waited for; `silent`: seconds that whoever starts it says instead."""
    seconds = _said(loaded).silent_seconds if silent is None else silent
    return Patience() if seconds is None else Patience(silent=seconds)


def _said(loaded: Loaded) -> Serving:
    return Serving() if loaded.project is None else loaded.project.serving
