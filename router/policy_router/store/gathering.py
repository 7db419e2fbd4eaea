"""Which documents a load reads: the project's own, the shipped ones, and what is added."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from policy_router.domain.diagnostic import Diagnostic
from policy_router.language.catalogue import NOTHING_KNOWN, Known
from policy_router.language.document import read_documents
from policy_router.language.mistakes import problem
from policy_router.language.nodes import Data, Document, plain_data, value_span
from policy_router.language.text import quoted
from policy_router.store.cache import folder as folder_of_caches
from policy_router.store.files import Place, SourceText, place, read
from policy_router.store.shipped import shipped_root
from policy_router.store.shipped_facts import shipped_facts

PROJECT_FILE: Final = "policy-router.yaml"

_LAW: Final = ("data/territories",)
_REGISTRY: Final = ("data/gateways", "data/providers", "data/models", "data/routes")


@dataclass(slots=True)
class Pile:
    """What was read so far, and what was wrong with it. `files`: those that are the user's.

    `instead`: a file that is read as if it held other bytes, whatever is on disk.
    """

    instead: SourceText | None = None
    sources: list[SourceText] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def add(self, where: Place, *, shipped: bool = False) -> list[Document]:
        """Read a file or folder; a file that was read before is passed over."""
        sources, unreadable = read(where)
        sources = tuple(self._in_place_of(source) for source in sources)
        self.problems += unreadable
        known = {source.path for source in self.sources}
        fresh = [source for source in sources if source.path not in known]
        if not shipped:
            self.files += [source.name for source in fresh]
            self.files += [problem.span.file for problem in unreadable]
        self.sources += fresh
        return self.parse(fresh)

    def add_instead(self) -> None:
        """Read the file that is read as if it held other bytes, unless that was done."""
        known = {source.path for source in self.sources}
        if self.instead is not None and self.instead.path not in known:
            self.files.append(self.instead.name)
            self.sources.append(self.instead)
            self.parse([self.instead])

    def _in_place_of(self, source: SourceText) -> SourceText:
        if self.instead is None or self.instead.path != source.path:
            return source
        return SourceText(source.name, source.path, self.instead.data)

    def parse(self, sources: Iterable[SourceText]) -> list[Document]:
        """The documents of files that are among the sources."""
        found: list[Document] = []
        for source in sources:
            documents, problems = read_documents(source.name, source.data)
            self.problems += problems
            found += documents
        self.documents += found
        return found

    def texts(self) -> dict[str, str]:
        """The text of every file that a problem is about, by name."""
        named = {d.span.file for d in self.problems}
        named |= {span.file for d in self.problems for _, span in d.related}
        return {
            source.name: source.data.decode("utf-8", errors="replace")
            for source in self.sources
            if source.name in named
        }


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a load reads. `own`: the files of the project, its project file first.

    `known`: what the shipped registry says, where it need not be read again.
    """

    pile: Pile
    own: tuple[str, ...]
    known: Known

    @property
    def project_file(self) -> str | None:
        """The name of the project file."""
        return self.own[0] if self.own else None


def gather(  # noqa: PLR0913 - each says another thing
    path: Path | None,
    *,
    shipped: bool,
    extra: tuple[Path, ...],
    today: date,
    instead: SourceText | None = None,
    root: Path | None = None,
) -> Gathered:
    """Read the project at `path` (its file or folder), what is shipped, and `extra`.

    `instead`: a file that is read as if it held other bytes, or as if it were there. `root`: a
    folder with the `data` of another release, to be read in place of what is shipped.
    """
    pile = Pile(instead)
    documents: list[Document] = []
    if path is not None:
        file = place(path).below(PROJECT_FILE) if path.is_dir() else place(path)
        documents = _read_project(pile, file)
    own = tuple(source.name for source in pile.sources)
    for where in _shipped(root):
        pile.add(where, shipped=True)
    known = NOTHING_KNOWN
    if shipped and not any(_at(d, "registry") == "none" for d in documents):
        known = _shipped_registry(pile, today, root)
    for added in extra:
        pile.add(place(added))
    pile.add_instead()
    return Gathered(pile, own, known)


def _shipped_registry(pile: Pile, today: date, facts: Path | None) -> Known:
    """What the shipped registry says; where that is not known, its documents go on the pile."""
    root = Place(shipped_root(), "") if facts is None else place(facts)
    sources: list[SourceText] = []
    for folder in _REGISTRY:
        found, unreadable = read(root.below(folder))
        sources += found
        pile.problems += unreadable
    pile.sources += sources
    known = shipped_facts(sources, today, folder_of_caches(os.environ))
    if known is None:
        pile.parse(sources)
    return known or NOTHING_KNOWN


def folders_of(project_file: Path) -> tuple[Path, ...]:
    """The folders of documents that a project names and that are there."""
    projects = _read_project(Pile(), place(project_file))
    named = [text for project in projects for text in _texts(_at(project, "documents"))]
    folders = (project_file.parent / relative for relative in named)
    return tuple(folder for folder in folders if folder.is_dir())


def _read_project(pile: Pile, file: Place) -> list[Document]:
    """Read the project file and what it names; its projects, sound or not."""
    projects = [d for d in pile.add(file) if _at(d, "kind") == "project"]
    for project in projects:
        for number, relative in enumerate(_texts(_at(project, "documents"))):
            target = file.folder.below(relative)
            if target.path.exists():
                pile.add(target)
                continue
            message = f"no file or folder {quoted(relative)} beside the project file"
            span = value_span(project, ("documents", number))
            pile.problems.append(problem("PRJ409", message, span, "correct the path"))
    return projects


def _shipped(facts: Path | None) -> Iterator[Place]:
    """The documents that every load reads: law, packs and scenarios; `facts`: see `gather`."""
    root = Place(shipped_root(), "")
    data = root if facts is None else place(facts)
    for folder in _LAW:
        yield data.below(folder)
    for file in sorted(root.path.glob("policies/*/policy.yaml")):
        yield root.below(file.relative_to(root.path).as_posix())
    yield root.below("policies/scenarios")


def _at(document: Document, key: str) -> Data:
    """What stands under `key`, before it is known whether it should."""
    entry = document.root.entries.get(key)
    return None if entry is None else plain_data(entry.value)


def _texts(data: Data) -> list[str]:
    return [text for text in data if isinstance(text, str)] if isinstance(data, list) else []
