"""Where records go: a file that only grows, on the disk before a call is sent."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from policy_router.audit.record import Record


class Log(Protocol):
    """Keeps records."""

    def append(self, record: Record) -> None:
        """Return only when `record` is kept for good; raise `OSError` if it is not."""


class FileLog:
    """A file of one JSON object a line, for its owner's eyes; threads and processes may share it.

    A line that a crash cut short stays as it is: the next record begins on a line of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, record: Record) -> None:
        """Append `record` and wait until it is on the disk; raises `OSError` if that fails."""
        line = _line(record)
        with _opened(self._path) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _write(file, line if _ends_whole(file) else b"\n" + line)
            os.fsync(file)


class MemoryLog:
    """Records in memory, for tests and trials: nothing outlives the process."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def append(self, record: Record) -> None:
        """Keep what a file would hold."""
        self.records.append(json.loads(_line(record)))


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """The whole records of a log file, in order; lines that a crash cut short are passed over."""
    yield from _records(path.read_bytes())


def latest_records(path: Path, most_bytes: int = 1_000_000) -> Iterator[dict[str, Any]]:
    """The whole records in the last `most_bytes` of a log file; none if there is no such file."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        start = max(0, path.stat().st_size - most_bytes)
        file.seek(start)
        yield from _records(file.read(most_bytes))


def _records(text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record


def _line(record: Mapping[str, Any]) -> bytes:
    text = json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return text.encode() + b"\n"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The file open for appending; one that is new survives a crash of the machine."""
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if is_new:
            _sync_folder(path.parent)
        yield file
    finally:
        os.close(file)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _ends_whole(file: int) -> bool:
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"


def _write(file: int, line: bytes) -> None:
    """Write all of `line`: the system may take it in pieces."""
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(file, rest) :]
