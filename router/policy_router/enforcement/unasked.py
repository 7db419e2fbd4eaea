"""Tools that a model uses though a call does not ask for them: the size of such a call."""

from __future__ import annotations

from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import tools_unasked
from policy_router.wire.http_call import Asked


def reads_what_it_is_sent(snapshot: Snapshot, model: str) -> bool:
    """Whether what a model reads is what a call sends it, and not also what its tools find."""
    return not tools_unasked(snapshot, model)


def shown_by(asked: Asked, *, sized: bool) -> RequestFacts:
    """What a call shows. `sized`: whether its size is that of what the model reads."""
    return asked.sized if sized else asked.call.facts
