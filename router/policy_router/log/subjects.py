"""Persons in the records: as pseudonyms, by one random key for each in a store of its own.

A pseudonym says nothing without its key, and without the store nobody finds the key of anybody.
Once a key is destroyed, nobody can tell any more whose the records with its pseudonym were.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from threading import Lock
from typing import Final, TypeVar

_OWNERS_EYES: Final = 0o600
_OTHERS: Final = 0o077
_KEY_BYTES: Final = 32
_DIGITS: Final = 32
_PATIENCE: Final = 1.0
"""Seconds that one process waits for another that writes."""

_TABLES: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS store (secret BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS subject (place BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
"""
_Made = TypeVar("_Made")


class Subjects:
    """The store in the file `path`, which is made with the first person; processes may share it.

    It holds no identifier: a person's key stands at a place worked out with a secret of the store.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._using = Lock()
        self._open: tuple[int, sqlite3.Connection, bytes] | None = None

    def pseudonym(self, identifier: str) -> str:
        """The pseudonym of a person, whose key is made if there is none.

        Raises `OSError` if the store cannot be used, or others than its owner may read it.
        """
        return self._used(lambda store, secret: _pseudonym(store, secret, identifier))

    def known(self, identifier: str) -> str | None:
        """The pseudonym of a person; None if there is no key. Raises as `pseudonym`."""
        if not self.path.exists():
            return None
        key = self._used(lambda store, secret: _key(store, _place(secret, identifier)))
        return None if key is None else _of(key, identifier)

    def forget(self, identifier: str) -> bool:
        """Destroy the key of a person; whether there was one. Raises as `pseudonym`."""
        if not self.path.exists():
            return False
        return self._used(lambda store, secret: _forget(store, _place(secret, identifier)))

    def _used(self, use: Callable[[sqlite3.Connection, bytes], _Made]) -> _Made:
        with self._using, _as_os_errors(self.path):
            process = os.getpid()
            if self._open is None or self._open[0] != process:
                self._open = (process, *_opened(self.path))
            return use(*self._open[1:])


@contextmanager
def _as_os_errors(path: Path) -> Iterator[None]:
    """Raise what goes wrong with a store without a word of what was looked for in it."""
    try:
        yield
    except sqlite3.Error as error:
        message = f"the store `{path}` cannot be used: {error.sqlite_errorname.lower()}"
        raise OSError(message) from None


def _opened(path: Path) -> tuple[sqlite3.Connection, bytes]:
    """The store and its secret, both made if they are not there."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNERS_EYES))
    if path.stat().st_mode & _OTHERS:
        message = f"others may read `{path}`, which holds keys: `chmod 600` it"
        raise PermissionError(message)
    store = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    store.executescript(_TABLES)
    store.execute(
        "INSERT INTO store SELECT ? WHERE NOT EXISTS (SELECT * FROM store)",
        (token_bytes(_KEY_BYTES),),
    )
    (secret,) = store.execute("SELECT secret FROM store").fetchone()
    return store, secret


def _pseudonym(store: sqlite3.Connection, secret: bytes, identifier: str) -> str:
    place = _place(secret, identifier)
    key = _key(store, place)
    if key is None:
        new = (place, token_bytes(_KEY_BYTES))
        store.execute("INSERT OR IGNORE INTO subject VALUES (?, ?)", new)
        key = _key(store, place) or new[1]
    return _of(key, identifier)


def _forget(store: sqlite3.Connection, place: bytes) -> bool:
    gone = store.execute("DELETE FROM subject WHERE place = ?", (place,)).rowcount
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return gone > 0


def _place(secret: bytes, identifier: str) -> bytes:
    return hmac.digest(secret, identifier.encode(), sha256)


def _key(store: sqlite3.Connection, place: bytes) -> bytes | None:
    found = store.execute("SELECT key FROM subject WHERE place = ?", (place,)).fetchone()
    return None if found is None else bytes(found[0])


def _of(key: bytes, identifier: str) -> str:
    return f"p-{hmac.digest(key, identifier.encode(), sha256).hex()[:_DIGITS]}"
