"""What is asked of an engine, made beforehand; read where no engine may be imported yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_router.domain.snapshot import Snapshot

if TYPE_CHECKING:
    from tests.strategies.worlds import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A world, what to ask of it, and the right answers. `forgetting`: with next to no memory."""

    snapshot: Snapshot
    questions: list[tuple[Question, str]]
    forgetting: bool
