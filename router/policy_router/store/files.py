"""Files of documents: found in a fixed order, and read whole or refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import Final

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.language.text import DEFAULT_LIMITS, too_large

_SUFFIXES: Final = (".yaml", ".yml")
_TESTS: Final = ("suite", "fixtures")
"""Names of files (`suite.yaml`, `gdpr.suite.yaml`) and folders that hold tests."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The bytes of a file, and the name by which messages call it."""

    name: str
    path: Path
    data: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, and the name by which messages call it."""

    path: Path
    name: str

    def below(self, relative: str) -> Place:
        """What `relative` leads to from this folder."""
        return Place(self.path / relative, PurePosixPath(self.name, relative).as_posix())

    @property
    def folder(self) -> Place:
        """The folder this file lies in."""
        return Place(self.path.parent, PurePosixPath(self.name).parent.as_posix())


def place(path: Path) -> Place:
    """A file or folder that messages call what the user calls it."""
    return Place(path, path.as_posix())


def read(where: Place) -> tuple[tuple[SourceText, ...], tuple[Diagnostic, ...]]:
    """A file, or all documents below a folder without its tests; and what could not be read.

    Files come in the order of their names. Hidden files and folders are passed over. Nothing else
    is: what has the name of a document and is none that can be read is a problem, and so is a
    linked folder, which might lead anywhere.
    """
    files = [where] if where.path.is_file() else list(_files_below(where))
    if not files and not where.path.is_dir():
        message = f"no file or folder `{where.name}`"
        return (), (_error("PRJ409", message, where.name, "correct the path"),)
    return _read_all(files)


def is_document_of(where: Path, file: Path) -> bool:
    """Whether `file`, were it there, would be read as part of `where`, a file or folder."""
    outer, inner = where.resolve(), file.resolve()
    if outer == inner:
        return not outer.is_dir()
    return inner.is_relative_to(outer) and _is_document(inner.relative_to(outer))


def _files_below(folder: Place) -> Iterator[Place]:
    """All that is named as a document, and linked folders; a folder that cannot be listed, too."""
    try:
        with os.scandir(folder.path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        yield folder
        return
    for entry in entries:
        is_folder = _is_folder(entry)
        if is_folder and not entry.is_symlink():
            if not (entry.name.startswith(".") or entry.name in _TESTS):
                yield from _files_below(folder.below(entry.name))
        elif (is_folder or _named_so(entry.name)) and not _is_passed_over(Path(entry.name)):
            yield folder.below(entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or a link to one; of what cannot be looked at it is not known."""
    with suppress(OSError):
        return entry.is_dir()
    return False


def _named_so(name: str) -> bool:
    return name.endswith(_SUFFIXES) and name not in _SUFFIXES


def _is_document(inner: Path) -> bool:
    return inner.suffix in _SUFFIXES and not _is_passed_over(inner)


def _is_passed_over(inner: Path) -> bool:
    return any(part.startswith(".") for part in inner.parts) or _is_test(inner)


def _is_test(inner: Path) -> bool:
    in_folder = any(part in _TESTS for part in inner.parent.parts)
    return in_folder or inner.stem.rpartition(".")[2] in _TESTS


def _read_all(files: list[Place]) -> tuple[tuple[SourceText, ...], tuple[Diagnostic, ...]]:
    sources: list[SourceText] = []
    problems: list[Diagnostic] = []
    folders: dict[Path, Path] = {}
    for file in files:
        found = _read_one(file, folders)
        if isinstance(found, SourceText):
            sources.append(found)
        else:
            problems.append(found)
    return tuple(sources), tuple(problems)


def _read_one(file: Place, folders: dict[Path, Path]) -> SourceText | Diagnostic:
    """A file. `folders`: where those are that were looked at, links followed."""
    limit = DEFAULT_LIMITS.file_bytes
    try:
        about = file.path.stat()
        if not S_ISREG(about.st_mode):
            message = f"`{file.name}` is not a file that can be read as a document"
            return _error("PRJ409", message, file.name, "replace it, or take it out of this folder")
        size = about.st_size
        if size > limit:
            return too_large(file.name, size, limit)
        return SourceText(file.name, _real(file.path, folders), file.path.read_bytes())
    except OSError as error:
        message = f"cannot read `{file.name}`: {error.strerror or 'input or output error'}"
        return _error("PRJ409", message.lower(), file.name, "correct the path or its permissions")


def _real(file: Path, folders: dict[Path, Path]) -> Path:
    """Where a file is, links followed: its folder is looked at once."""
    if file.is_symlink():
        return file.resolve()
    folder = file.parent
    if folder not in folders:
        folders[folder] = folder.resolve()
    return folders[folder] / file.name


def _error(code: str, message: str, name: str, advice: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, Span(name, 1, 1, 1), advice)
