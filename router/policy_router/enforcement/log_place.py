"""Whether the log that a project names can be written here: looked at, and nothing is made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote
from shutil import which

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.domain.release import install
from policy_router.log.segment import path_of, segments_in
from policy_router.log.writer import CHECKPOINTS, LOCK
from policy_router.store.described import LogPlace, Project
from policy_router.store.project import LoadErrors


def check_log(project: Project) -> None:
    """Raise what keeps this machine from writing the log of `project`, if anything does."""
    found = unwritable_log(project)
    if found is not None:
        raise found


def unwritable_log(project: Project | None) -> LoadErrors | None:
    """Every field of the project's log that cannot be used here, with the text of its file."""
    if project is None or project.log is None:
        return None
    found = tuple(log_problems(project.log))
    if not found:
        return None
    name, texts = project.file.as_posix(), {}
    with suppress(OSError):
        texts[name] = project.file.read_text("utf-8", errors="replace")
    return LoadErrors(found, texts, (name,))


def log_problems(place: LogPlace) -> Iterator[Diagnostic]:
    """Everything that keeps this machine from writing the log: each field with what to do."""
    said = dict(place.said)
    for name, code, found in (
        ("folder", "PRJ420", _folder_problem(place.folder)),
        ("key", "PRJ421", _key_problem(place.key)),
        ("anchor", "PRJ422", _anchor_problem(place.anchor)),
        ("anchor_git", "PRJ424", _git_problem(place.anchor_git)),
        ("otel", "PRJ425", _otel_problem(place.otel)),
        ("subjects", "PRJ426", _subjects_problem(place.subjects, place.folder)),
    ):
        if found is not None:
            message, advice = f"`log.{name}`: {found[0]}", found[1]
            yield Diagnostic(code, Severity.ERROR, message, said.get(name, _NOWHERE), advice)


_OTHERS = 0o077
_NOWHERE = Span("the project", 0, 0)
_Problem = tuple[str, str] | None
"""What is wrong, and what to do about it."""


def _folder_problem(folder: Path) -> _Problem:
    there = _nearest(folder)
    if not _is_folder(there):
        return f"{_named(there)} is not a folder", "name another folder"
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return _not_writable(there, "folder")
    for file in _files_of(folder):
        if os.path.lexists(file) and not os.access(file, os.R_OK | os.W_OK):
            return _not_writable(file, "folder")
    return None


def _files_of(folder: Path) -> Iterator[Path]:
    """What the next record or checkpoint would be written to."""
    yield folder / LOCK
    yield folder / CHECKPOINTS
    yield from (path_of(folder, segment) for segment in segments_in(folder)[-1:])


def _key_problem(key: Path | None) -> _Problem:
    if key is None:
        return None
    make = f"`policy-router log key {quote(str(key))}`"
    try:
        from policy_router.log.keys import FileSigner  # noqa: PLC0415 - it needs an extra

        FileSigner(key)
    except ImportError:
        return "signing needs packages that are not installed", _INSTALL
    except FileNotFoundError:
        return f"there is no file {_named(key)}", f"make one: {make}; or take `key` out"
    except OSError as error:
        return f"{_named(key)} cannot be read: {_reason(error)}", _let_in("read", key)
    except ValueError:
        what = f"{_named(key)} holds no Ed25519 key, or one with a password"
        return what, f"name a file that is not there yet, and make one: {make}"
    return None


_INSTALL = install("signing")


def _anchor_problem(anchor: Path | None) -> _Problem:
    if anchor is None:
        return None
    if _is_folder(anchor):
        return f"{_named(anchor)} is a folder", f"name a file in it: {_named(anchor / CHECKPOINTS)}"
    folder = anchor.parent
    if not _is_folder(folder):
        mount = f"mount it, or make it: `mkdir -p {quote(str(folder))}`"
        return f"there is no folder {_named(folder)}", mount
    written = anchor if os.path.lexists(anchor) else folder
    needed = os.W_OK if written is anchor else os.W_OK | os.X_OK
    return None if os.access(written, needed) else _not_writable(written, "file")


def _git_problem(remote: str | None) -> _Problem:
    """Whether it can be reached is not asked: no start waits for another machine."""
    if remote is None or which("git") is not None:
        return None
    return "there is no git on this machine", "install it, or name a file under `anchor` instead"


def _otel_problem(what: str | None) -> _Problem:
    if what is None:
        return None
    try:
        import policy_router.log.otel  # noqa: F401, PLC0415 - it needs an extra
    except ImportError:
        advice = "pip install 'policy-router[otel]'"
        return "OpenTelemetry needs packages that are not installed", advice
    return None


def _subjects_problem(store: Path | None, log: Path) -> _Problem:
    if store is None:
        return None
    if log.resolve() in store.resolve().parents:
        apart = "name a file elsewhere, where copies of the log do not take it along"
        return f"{_named(store)} lies in the folder of the log", apart
    problem = _anchor_problem(store)
    if problem is None and store.exists() and store.stat().st_mode & _OTHERS:
        return f"others may read {_named(store)}", f"`chmod 600 {quote(str(store))}`"
    return problem


def _nearest(path: Path) -> Path:
    """`path`, or what is there of the way to it."""
    return next((each for each in (path, *path.parents) if os.path.lexists(each)), Path())


def _is_folder(path: Path) -> bool:
    """Whether it is known to be one: the way to it may be shut."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _not_writable(path: Path, what: str) -> tuple[str, str]:
    return f"{_named(path)} cannot be written", f"{_let_in('write', path)}, or name another {what}"


def _let_in(verb: str, path: Path) -> str:
    return f"let the user that serves {verb} {_named(path)}"


def _named(path: Path) -> str:
    return f"`{path}`"


def _reason(error: OSError) -> str:
    return (error.strerror or "input or output error").lower()
