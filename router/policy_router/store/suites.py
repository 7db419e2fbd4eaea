"""Suites: test cases for policies, and where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from policy_router.domain.organisation import Suite
from policy_router.language.catalogue import catalogue
from policy_router.language.parsing import parse
from policy_router.language.resolve import Resolver
from policy_router.store.files import place
from policy_router.store.gathering import Pile
from policy_router.store.making import documents_of, sound
from policy_router.store.project import Loaded, load_project


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """A suite and the file it stands in."""

    suite: Suite
    file: Path

    def load(self, today: date) -> Loaded:
        """What the suite tests: its policies in force, its project or the shipped registry.

        Raises `LoadErrors` as `load_project` does.
        """
        beside = self.file.parent
        project = None if self.suite.project is None else beside / self.suite.project
        extra = tuple(beside / relative for relative in self.suite.documents)
        return load_project(project, today=today, packs=self.suite.policies, extra=extra)


def load_suites(paths: tuple[Path, ...], today: date) -> tuple[SuiteFile, ...]:
    """The suites in these files, or in `suite.yaml` and `*.suite.yaml` below these folders.

    Raises `LoadErrors` with every problem of every file.
    """
    pile = Pile()
    for file in sorted({file for path in paths for file in _suite_files(path)}):
        pile.add(place(file))
    reading = parse(documents_of(pile.sources, pile.problems))
    documents, clashes = catalogue(reading)
    pile.problems += (*reading.diagnostics, *clashes)
    suites = Resolver(documents, None, (), today, pile.problems).suites()
    sound(pile)
    return tuple(SuiteFile(suite, Path(suite.span.file)) for suite in suites)


def _suite_files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for pattern in ("suite.yaml", "*.suite.yaml"):
        yield from path.rglob(pattern)
