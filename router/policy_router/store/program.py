"""The program that makes facts of documents: what it makes may change with any file of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from policy_router.domain.release import VERSION

_ROOMS: Final = ("domain", "language", "registry", "store")
_PACKAGE: Final = Path(__file__).parents[1]


@cache
def program() -> bytes:
    """The digest of the rooms that turn documents into facts, and of the interpreter."""
    whole = sha256(f"{VERSION} {sys.version}".encode())
    for file in _files():
        whole.update(file.relative_to(_PACKAGE).as_posix().encode())
        whole.update(sha256(file.read_bytes()).digest())
    return whole.digest()


def _files() -> Iterator[Path]:
    for room in _ROOMS:
        yield from sorted((_PACKAGE / room).rglob("*.py"))
