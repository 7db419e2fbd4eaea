"""Documents beside a log that no record names: which they are, and removing them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from policy_router.domain.decision import Digests
from policy_router.log.folder import exclusive, sync_folder
from policy_router.service.kept import LOCK, SNAPSHOTS, TEXTS, listed_in, text_in, texts_named


@dataclass(frozen=True, slots=True)
class Spare:
    """How many snapshots no record names, and texts that are of no other; `size`: in bytes."""

    snapshots: int = 0
    texts: int = 0
    size: int = 0


Named = Callable[[], Collection[Digests]]
"""Asks which snapshots records name; asked once it is known which ones nobody holds."""


def spare_documents(log: Path, named: Named) -> Spare:
    """What `remove_spare` would remove now."""
    with _unnamed(log, named) as files:
        return _counted(files)


def remove_spare(log: Path, named: Named) -> Spare:
    """Remove the documents that no record names and nobody holds. Raises `OSError`.

    Lists go first: whatever cuts this short, no list is left without its texts.
    """
    with _unnamed(log, named) as files:
        found = _counted(files)
        for file in files:
            file.unlink(missing_ok=True)
        for folder in {file.parent for file in files}:
            sync_folder(folder)
        return found


def _counted(files: list[Path]) -> Spare:
    texts = sum(file.suffix == ".gz" for file in files)
    return Spare(len(files) - texts, texts, sum(file.stat().st_size for file in files))


@contextmanager
def _unnamed(log: Path, named: Named) -> Iterator[list[Path]]:
    """The files to remove, lists first; while it lasts nobody keeps or takes hold of any."""
    folder = log / SNAPSHOTS
    if not folder.is_dir():
        yield []
        return
    with exclusive(folder / LOCK), ExitStack() as held:
        lists = listed_in(folder)
        free = {listed for listed in lists if held.enter_context(_ours(listed))}
        wanted = named()
        gone = [each for each, digests in lists.items() if each in free and digests not in wanted]
        stay = [each for each in lists if each not in gone]
        yield [*gone, *_orphans(folder, stay)]


@contextmanager
def _ours(listed: Path) -> Iterator[bool]:
    """Whether nobody holds a list; then nobody else can until this is over."""
    file = os.open(listed, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(file)


def _orphans(folder: Path, stay: list[Path]) -> Iterator[Path]:
    """The texts of no list that stays, and parts of files that a crash left behind.

    None where a list cannot be read: nobody knows then what its texts are.
    """
    try:
        wanted = {text_in(folder, name) for listed in stay for name in texts_named(listed)}
    except (OSError, ValueError, KeyError, TypeError):
        return
    for file in sorted((folder / TEXTS).iterdir()):
        if file not in wanted:
            yield file
