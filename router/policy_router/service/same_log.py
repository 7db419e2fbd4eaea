"""Documents that are read again must name the log that records go to already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity, Span
from policy_router.store.described import LogPlace, Project

_FIELDS = ("folder", "key", "anchor", "anchor_git", "otel", "subjects")
_RESTART = "restart what runs, or name the former again until then"


def check_same_log(before: Project | None, after: Project | None) -> None:
    """Raise `DocumentErrors` if the log of a project is another than it was."""
    found = tuple(_changes(_log(before), _log(after), after or before))
    if found:
        raise DocumentErrors(found)


def _log(project: Project | None) -> LogPlace | None:
    return None if project is None else project.log


def _changes(
    before: LogPlace | None, after: LogPlace | None, project: Project | None
) -> Iterator[Diagnostic]:
    said = {} if after is None else dict(after.said)
    file = "the project" if project is None else project.file.as_posix()
    for name in _FIELDS:
        was, now = getattr(before, name, None), getattr(after, name, None)
        if was != now:
            message = f"`log.{name}` is {_named(now)} now, and was {_named(was)} at the start"
            place = said.get(name, Span(file, 0, 0))
            yield Diagnostic("PRJ423", Severity.ERROR, message, place, _RESTART)


def _named(path: Path | str | None) -> str:
    return "not stated" if path is None else f"`{path}`"
