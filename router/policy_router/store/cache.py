"""A cache of what was made of documents, for commands that show: plain data, sealed.

Nothing that a call is decided by is taken from here: see `load_project`. Each text is kept under
the digest of the very text it was made from, and of the program that made it, and sealed with a
secret that lies elsewhere: whoever can write to the cache alone can change nothing that is shown.
A file that is not the user's own, that others could have written, or whose contents are not what
was written is passed over. Whatever goes wrong here, the documents are read instead.
"""

from __future__ import annotations

import hmac
import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_FILES: Final = 32
"""What a few projects need for some weeks: each has its own, made anew every day."""

_NAME: Final = "policy-router"
_SUFFIX: Final = ".cache"
_OURS: Final = re.compile(r"[0-9a-f]{64}\.cache")
"""The names of files written here; what else lies in a folder is not ours to delete."""
_PART: Final = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.part")
_ABANDONED: Final = 3600 * 10**9
"""How much older than the newest file a part is that nobody is still writing, in nanoseconds."""
_MINE: Final = 0o600
_OTHERS: Final = 0o077
_SEAL_LENGTH: Final = 64
_SECRET: Final = "cache-seal"  # noqa: S105 - the name of the file
_SECRET_LENGTH: Final = 32
_READ: Final[set[Path]] = set()
"""The files that this process took something from."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of kept texts, and the secret that seals what this user's commands write there."""

    folder: Path
    secret: bytes = field(repr=False)

    def read(self, key: str) -> str | None:
        """What was kept under a key; None if nothing can be relied on."""
        file = self.folder / f"{key}{_SUFFIX}"
        data = _own(file, MOST_BYTES)
        if data is None:
            return None
        seal, text = data[:_SEAL_LENGTH], data[_SEAL_LENGTH:]
        if not hmac.compare_digest(seal, self.seal(key.encode(), text).encode()):
            return None
        with suppress(OSError):
            os.utime(file, follow_symlinks=False)  # those nobody asks for make room first
        _READ.add(file)
        return text.decode()

    def write(self, key: str, text: str) -> None:
        """Keep a text under a key, whole or not at all; those used longest ago make room."""
        data = text.encode()
        with suppress(OSError):
            _replace(self.folder / f"{key}{_SUFFIX}", self.seal(key.encode(), data).encode() + data)
            _make_room(self.folder)

    def seal(self, *parts: bytes) -> str:
        """What shows that these bytes were written by somebody who has the secret."""
        return hmac.digest(self.secret, key_of(parts).encode(), "sha256").hex()


def users_cache(environment: Mapping[str, str]) -> Cache | None:
    """The user's own cache; None if there is nowhere to keep it, or its secret.

    Where they lie the XDG Base Directory Specification says. `POLICY_ROUTER_CACHE` names another
    folder for the cache; `off` is none.
    """
    where, state = _folder(environment), _base(environment, "XDG_STATE_HOME", ".local/state")
    secret = None if where is None or state is None else _secret(state / _SECRET)
    return None if where is None or secret is None else Cache(where, secret)


def drop_what_was_read() -> bool:
    """Delete the files that this process took something from; whether there were any."""
    found = [*_READ]
    _READ.clear()
    for file in found:
        with suppress(OSError):
            file.unlink()
    return bool(found)


def key_of(parts: Iterable[bytes]) -> str:
    """The digest of all that a cached value was made from, each part apart from the next."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def _folder(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("POLICY_ROUTER_CACHE")
    if named is not None:
        return None if named in {"", "off"} else Path(named)
    return _base(environment, "XDG_CACHE_HOME", ".cache")


def _base(environment: Mapping[str, str], name: str, default: str) -> Path | None:
    """Our own folder below the user's for files of one kind; None if that is nowhere."""
    named = Path(environment.get(name, ""))
    base = named if named.is_absolute() else Path(environment.get("HOME", "")) / default
    return base / _NAME if base.is_absolute() else None


def _secret(file: Path) -> bytes | None:
    """The secret in a file, made if there is none that is the user's own; None if it cannot be."""
    found = _own(file, _SECRET_LENGTH)
    if found is None or len(found) != _SECRET_LENGTH:
        with suppress(OSError):
            _replace(file, os.urandom(_SECRET_LENGTH))
        found = _own(file, _SECRET_LENGTH)  # of two that made one at once, the later counts
    return found if found is not None and len(found) == _SECRET_LENGTH else None


def _own(file: Path, most: int) -> bytes | None:
    """The bytes of a file that is the user's own and not larger; None of any other."""
    with suppress(OSError):
        number = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(number, "rb") as opened:
            if _is_mine(os.fstat(opened.fileno())):
                data = opened.read(most + 1)
                return data if len(data) <= most else None
    return None


def _is_mine(found: os.stat_result) -> bool:
    return (
        stat.S_ISREG(found.st_mode) and not found.st_mode & _OTHERS and found.st_uid == os.geteuid()
    )


def _replace(file: Path, data: bytes) -> None:
    """Write a file that its user alone can read, whole or not at all. Raises `OSError`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f"{file.stem}.{os.urandom(8).hex()}.part")
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MINE)
        with os.fdopen(number, "wb") as opened:
            opened.write(data)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


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
