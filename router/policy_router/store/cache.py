"""A cache of what was made of documents: files of plain data, never trusted over the documents.

Each is kept under the digest of the very text it was made from, and of the program that made it. A
file that is not the user's own, that others could have written, or whose contents are not what
was written is passed over. Whatever goes wrong here, the documents are read instead.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_FILES: Final = 32
"""What a few projects need for some weeks: each has its own, made anew every day."""

_SUFFIX: Final = ".cache"
_OURS: Final = re.compile(r"[0-9a-f]{64}\.cache")
"""The names of files written here; what else lies in a folder is not ours to delete."""
_PART: Final = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.part")
_ABANDONED: Final = 3600 * 10**9
"""How much older than the newest file a part is that nobody is still writing, in nanoseconds."""
_MINE: Final = 0o600
_OTHERS: Final = 0o077
_DIGEST_LENGTH: Final = 64


def folder(environment: Mapping[str, str]) -> Path | None:
    """Where the user's caches are, by the XDG Base Directory Specification; None if nowhere.

    `POLICY_ROUTER_CACHE` names another folder; `off` is none.
    """
    named = environment.get("POLICY_ROUTER_CACHE")
    if named is not None:
        return None if named in {"", "off"} else Path(named)
    home = environment.get("HOME", "")
    caches = environment.get("XDG_CACHE_HOME", "")
    base = Path(caches) if Path(caches).is_absolute() else Path(home) / ".cache"
    return base / "policy-router" if base.is_absolute() else None


def key_of(parts: Iterable[bytes]) -> str:
    """The digest of all that a cached value was made from, each part apart from the next."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def read(where: Path, key: str) -> str | None:
    """What was kept under a key; None if nothing can be relied on."""
    with suppress(OSError, ValueError):
        file = os.open(where / f"{key}{_SUFFIX}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(file, "rb") as opened:
            if not _is_mine(os.fstat(opened.fileno())):
                return None
            data = opened.read(MOST_BYTES + 1)
        digest, text = data[:_DIGEST_LENGTH], data[_DIGEST_LENGTH:]
        if len(data) <= MOST_BYTES and digest.decode() == _digest(key, text):
            _mark_as_used(where / f"{key}{_SUFFIX}")
            return text.decode()
    return None


def _mark_as_used(file: Path) -> None:
    """Let those nobody asks for make room first."""
    with suppress(OSError):
        os.utime(file, follow_symlinks=False)


def write(where: Path, key: str, text: str) -> None:
    """Keep a text under a key, whole or not at all; those used longest ago make room."""
    data = text.encode()
    part = where / f"{key}.{os.urandom(8).hex()}.part"
    with suppress(OSError):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MINE)
            with os.fdopen(file, "wb") as opened:
                opened.write(_digest(key, data).encode() + data)
            part.replace(where / f"{key}{_SUFFIX}")
        finally:
            part.unlink(missing_ok=True)
        _make_room(where)


def _make_room(where: Path) -> None:
    """Delete the oldest files, and parts of files that their writers, killed, left behind."""
    files = _by_age(where, _OURS)
    for _, file in files[:-MOST_FILES]:
        file.unlink(missing_ok=True)
    newest = max((written for written, _ in files), default=0)
    for written, part in _by_age(where, _PART):
        if written < newest - _ABANDONED:
            part.unlink(missing_ok=True)


def _by_age(where: Path, name: re.Pattern[str]) -> list[tuple[int, Path]]:
    """The files so named, oldest first, with when each was last written, in nanoseconds."""
    found = (file for file in where.iterdir() if name.fullmatch(file.name))
    return sorted((file.lstat().st_mtime_ns, file) for file in found)


def _is_mine(found: os.stat_result) -> bool:
    return (
        stat.S_ISREG(found.st_mode)
        and not found.st_mode & _OTHERS
        and found.st_uid == os.geteuid()
        and found.st_size <= MOST_BYTES
    )


def _digest(key: str, data: bytes) -> str:
    return sha256(key.encode() + data).hexdigest()
