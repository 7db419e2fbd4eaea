"""The program that makes facts of documents: what it makes may change with any file of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from policy_router.domain.release import VERSION

_ROOMS: Final = ("domain", "language", "registry", "store")
_PACKAGE: Final = Path(__file__).parents[1]
_READERS: Final = (("pydantic", "version.py"), ("yaml", "__init__.py"))
"""The libraries that documents are read with, and where each says which version it is.

The file is read and the library left alone: importing it takes longer than all the rest.
"""


@cache
def program() -> bytes:
    """The digest of all that turns documents into facts: our rooms, their libraries, Python."""
    whole = sha256(f"{VERSION} {sys.version}".encode())
    for name, file in (*_files(), *_versions()):
        whole.update(name.encode())
        whole.update(sha256(file.read_bytes()).digest())
    return whole.digest()


def _files() -> Iterator[tuple[str, Path]]:
    for room in _ROOMS:
        for file in sorted((_PACKAGE / room).rglob("*.py")):
            yield file.relative_to(_PACKAGE).as_posix(), file


def _versions() -> Iterator[tuple[str, Path]]:
    for library, file in _READERS:
        found = find_spec(library)
        for folder in (found.submodule_search_locations or ()) if found else ():
            yield library, Path(folder) / file
