"""What keeps records: a ledger in a folder, or memory for tests and trials."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from policy_router.log.checkpoint import Checkpoint, Signer, last_checkpoint
from policy_router.log.folder import append_line
from policy_router.log.ledger import USUAL, Ledger
from policy_router.log.line import packed
from policy_router.log.writer import Sizes


class Log(Protocol):
    """Keeps records. One that never keeps anybody waiting may have an attribute `waits`, False."""

    def append(self, record: Mapping[str, Any]) -> object:
        """Return only when `record` is kept for good; raise `OSError` if it is not."""


class AsyncLog(Protocol):
    """Keeps records for programs with an event loop."""

    def append(self, record: Mapping[str, Any], *, in_passing: bool = False) -> Awaitable[object]:
        """Is there only when `record` is kept for good; raises `OSError` if it is not.

        `in_passing`: nobody waits for it, so it may be kept together with the next.
        """


class MemoryLog:
    """Records in memory, for tests and trials: nothing outlives the process."""

    waits = False

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def append(self, record: Mapping[str, Any]) -> None:
        """Keep what a file would hold."""
        self.records.append(json.loads(packed(record)))


def open_ledger(
    folder: Path, key: Path | None = None, anchor: Path | None = None, sizes: Sizes = USUAL
) -> Ledger:
    """The ledger in `folder`, which is made with its first record.

    `key`: the file of the key that signs its checkpoints, which needs the extra `signing`;
    `anchor`: a file elsewhere to which every checkpoint is appended too, and which a log that is
    gone on with is compared with, where it may be read.

    Raises `OSError` if the key cannot be read, `ValueError` if the file holds no such key, and
    `ImportError` if the extra is not installed.
    """
    signer = None if key is None else _signer(key)
    return Ledger(folder, signer, appending(anchor), sizes, recall=recalling(anchor))


def _signer(key: Path) -> Signer:
    from policy_router.log.keys import FileSigner  # noqa: PLC0415 - it needs an extra

    return FileSigner(key)


def appending(anchor: Path | None) -> Callable[[Checkpoint], None] | None:
    """What appends each checkpoint to the file `anchor`, if there is one."""
    if anchor is None:
        return None
    return lambda checkpoint: append_line(anchor, checkpoint.line())


def recalling(anchor: Path | None) -> Callable[[], Checkpoint | None] | None:
    """What tells the newest checkpoint in the file `anchor`; one that may only be written has none.

    What it calls raises `OSError`.
    """
    if anchor is None:
        return None

    def newest() -> Checkpoint | None:
        try:
            return last_checkpoint(anchor)
        except PermissionError:
            return None

    return newest
