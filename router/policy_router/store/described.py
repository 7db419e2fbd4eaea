"""What a project file says of itself, with the files and folders it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from policy_router.domain.detection import Detection
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Approver, Enforcement, Serving


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where decisions are logged: a folder, the file of a key that signs, and an anchor.

    `anchor_git`: the repository that is an anchor too; `otel`: what a collector gets, if anything.
    `subjects`: the store of the keys of persons' pseudonyms.
    `keep_days`: how many days records are kept at least; None: for good. `checkpoint_minutes`: how
    long a record waits for a checkpoint at most; None: as the log has it. `said`: where the project
    file says each of them, by its field.
    """

    folder: Path
    key: Path | None = None
    anchor: Path | None = None
    keep_days: int | None = None
    anchor_git: str | None = None
    otel: str | None = None
    subjects: Path | None = None
    checkpoint_minutes: int | None = None
    said: tuple[tuple[str, Span], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says of itself.

    `documents`: the files and folders it names; `log`: where decisions are logged, if anywhere.
    """

    id: str
    title: str | None
    file: Path
    gateways: tuple[str, ...]
    approvers: tuple[Approver, ...]
    documents: tuple[Path, ...]
    log: LogPlace | None
    enforcement: Enforcement
    detection: Detection
    serving: Serving
