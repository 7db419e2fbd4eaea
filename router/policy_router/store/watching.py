"""Whether the files of a project have changed on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policy_router.store.described import Project

Seen = frozenset[tuple[str, int, int]]
"""Every file with the instant of its last change and its size."""


def seen(project: Project) -> Seen:
    """What the files of `project` look like now; one that is missing is not among them."""
    return frozenset(looks for file in _files(project) if (looks := _looks(file)) is not None)


def _files(project: Project) -> Iterator[Path]:
    yield project.file
    for place in project.documents:
        yield from sorted(place.rglob("*.y*ml")) if place.is_dir() else (place,)


def _looks(file: Path) -> tuple[str, int, int] | None:
    try:
        about = file.stat()
    except OSError:
        return None
    return file.as_posix(), about.st_mtime_ns, about.st_size
