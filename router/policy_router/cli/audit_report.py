"""`policy-router audit --report`: the report written into a folder, compared with the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.differences import Since, Turn
from policy_router.audit.dossier.shape import Misshapen
from policy_router.audit.dossier.verdicts import Found
from policy_router.audit.matrix import Matrix, Standing
from policy_router.cli.scope import Scope
from policy_router.cli.terminal import progress_line, screen
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.dossier.data import JSON_FILE, read_report
from policy_router.report.dossier.wording import summary
from policy_router.report.dossier.written import written
from policy_router.report.visible import escaped
from policy_router.store.garbage import uncollected
from policy_router.store.writing import replaced

_EARLIER: Final = "earlier"
_MOST_BYTES: Final = 200_000_000
"""A report of a whole registry has a few million."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of reports: the one written last in it, those of other instants below `earlier`."""

    path: Path

    @property
    def newest(self) -> Path:
        return self.path / JSON_FILE

    def before(self, at: datetime) -> Dossier | None:
        """The last report of an instant before `at`; None if there is none."""
        every = (self.path / _EARLIER).glob("*.json")
        kept = sorted(every, key=lambda file: file.stem.rstrip("Z"), reverse=True)
        older = (found for found in map(report_in, kept) if found.at < at)
        newest = report_in(self.newest) if self.newest.is_file() else None
        both = (newest, next(older, None))
        earlier = (found for found in both if found is not None and found.at < at)
        return max(earlier, key=lambda found: found.at, default=None)

    def make_room(self, at: datetime) -> None:
        """Keep the newest report, if it is of another instant than `at`."""
        found = report_in(self.newest) if self.newest.is_file() else None
        if found is not None and found.at != at:
            kept = self.path / _EARLIER / f"{instant(found.at).replace(':', '')}.json"
            replaced(kept, self.newest.read_bytes())


def write_report(scope: Scope, found: Matrix, folder: Path, since: Path | None) -> Iterator[str]:
    """Write every file of the report, and say which and what changed."""
    place = _Folder(folder)
    earlier = report_in(since) if since else place.before(scope.moment.at)
    project = scope.pdp.loaded.project
    subject = Subject(found, scope.first, project.title if project else None, earlier)
    with uncollected():
        content = dossier(subject, progress_line("searched"))
        files = written(content)
    place.make_room(scope.moment.at)
    for name, data in files.items():
        replaced(folder / name, data)
    yield from _told(content, folder, files)


def report_in(file: Path) -> Dossier:
    """The report in a file; misuse where it is none."""
    if file.stat().st_size > _MOST_BYTES:
        raise click.UsageError(f"`{file}` is too large for an audit report")
    try:
        return read_report(file.read_text("utf-8"))
    except (Misshapen, UnicodeDecodeError) as error:
        why = error if isinstance(error, Misshapen) else "this is no text"
        raise click.UsageError(f"`{file}` is no report that this program wrote: {why}") from error


def _told(content: Dossier, folder: Path, files: dict[str, bytes]) -> Iterator[str]:
    shown = screen()
    for sentence in summary(content):
        yield from shown.wrapped(escaped(sentence))
    yield ""
    tables = [name for name in files if name.endswith(".csv")]
    others = ", ".join(name for name in files if name not in tables)
    said = f"{others}, and {phrases.counted(len(tables), 'table')} in csv"
    yield f"Written to {escaped(str(folder))}: {said}"
    yield _changed(content.since)


def _changed(since: Since | None) -> str:
    if since is None:
        return "There is no earlier report to compare with."
    gained = _counted(t for t in since.turns if _permits(t.after) and not _permits(t.before))
    lost = _counted(t for t in since.turns if _permits(t.before) and not _permits(t.after))
    moved = _counted(t for t in since.turns if _permits(t.before) and _permits(t.after))
    others = f", {moved:,} by other exceptions or sign-offs" if moved else ""
    return (
        f"Since the report as of {phrases.instant(since.at)}: "
        f"{phrases.counted(gained, 'permission')} gained, {lost:,} lost{others}"
    )


def _permits(found: Found | None) -> bool:
    return found is not None and found.standing is Standing.PERMITTED


def _counted(turns: Iterator[Turn]) -> int:
    return sum(len(turn.routes) for turn in turns)
