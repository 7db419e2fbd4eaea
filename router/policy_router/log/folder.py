"""The folder of a log: one writer at a time, and bytes that are on the disk when it is said so."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_OWNERS_EYES: Final = 0o600
_APPENDING: Final = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC


def make_folder(path: Path) -> None:
    """Make the folder of a log, for its owner alone, so that it outlives a crash."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(path.parent)


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold the lock of a log, against other processes and against other ledgers in this one."""
    file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNERS_EYES)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def append_durably(path: Path, data: bytes) -> None:
    """Append `data` and wait until it is on the disk; raises `OSError` if any of that fails."""
    file, is_new = _opened(path)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)
    if is_new:
        sync_folder(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Append a line as `append_durably` does, behind the end of one that a crash cut short."""
    append_durably(path, line if _ends_whole(path) else b"\n" + line)


def _ends_whole(path: Path) -> bool:
    """Whether the last line of a file has its end; so it is taken where it may not be read."""
    try:
        with path.open("rb") as file:
            if not file.seek(0, os.SEEK_END):
                return True
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"
    except (FileNotFoundError, PermissionError):
        return True


def _opened(path: Path) -> tuple[int, bool]:
    """The file at `path`, to append to, and whether it was not there before."""
    with suppress(FileNotFoundError):
        return os.open(path, _APPENDING), False
    return os.open(path, _APPENDING | os.O_CREAT, _OWNERS_EYES), True


def remove(path: Path) -> None:
    """Remove a file if it is there and can be removed."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    folder = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
