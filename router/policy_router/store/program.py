"""The program by its code: what it makes of documents, and decides, may change with any file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from policy_router.domain.release import VERSION

if TYPE_CHECKING:
    from hashlib import _Hash

_ROOMS: Final = ("domain", "language", "registry", "store")
_DECIDING: Final = (*_ROOMS, "compiler", "engine")
_RECORDING: Final = ("record.py", "replay.py", "withheld.py")
"""The files of `audit` by which a decision is written down and made again."""

_DIGITS: Final = 16
_PACKAGE: Final = Path(__file__).parents[1]
_READERS: Final = (("pydantic", "version.py"), ("yaml", "__init__.py"))
"""The libraries that documents are read with, and where each says which version it is.

The file is read and the library left alone: importing it takes longer than all the rest.
"""


@cache
def program() -> bytes:
    """The digest of all that turns documents into facts: our rooms, their libraries, Python."""
    whole = sha256(f"{VERSION} {sys.version}".encode())
    _add(whole, (*_files(_ROOMS), *_versions()))
    return whole.digest()


@cache
def build() -> str:
    """Which program decides: hexadecimal digits that change with any code that does.

    The version is for people and stays the same between releases; this tells two checkouts apart.
    """
    whole = sha256()
    recording = ((name, _PACKAGE / "audit" / name) for name in _RECORDING)
    _add(whole, (*_files(_DECIDING), *recording))
    return whole.hexdigest()[:_DIGITS]


def _add(whole: _Hash, files: Iterable[tuple[str, Path]]) -> None:
    for name, file in files:
        whole.update(name.encode())
        whole.update(sha256(file.read_bytes()).digest())


def _files(rooms: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for room in rooms:
        for file in sorted((_PACKAGE / room).rglob("*.py")):
            yield file.relative_to(_PACKAGE).as_posix(), file


def _versions() -> Iterator[tuple[str, Path]]:
    for library, file in _READERS:
        found = find_spec(library)
        for folder in (found.submodule_search_locations or ()) if found else ():
            yield library, Path(folder) / file
