"""Which documents a load reads: the project's own, the shipped ones, and what is added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from policy_router.domain.diagnostic import Diagnostic
from policy_router.language.document import read_documents
from policy_router.language.mistakes import problem
from policy_router.language.nodes import Data, Document, plain_data, value_span
from policy_router.language.text import quoted
from policy_router.store.files import Place, SourceText, place, read
from policy_router.store.shipped import shipped_root

PROJECT_FILE: Final = "policy-router.yaml"

_LAW: Final = ("data/territories",)
_REGISTRY: Final = ("data/gateways", "data/providers", "data/models", "data/routes")


@dataclass(slots=True)
class Pile:
    """What was read so far, and what was wrong with it. `files`: those that are the user's."""

    sources: list[SourceText] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def add(self, where: Place, *, shipped: bool = False) -> list[Document]:
        """Read a file or folder; a file that was read before is passed over."""
        sources, unreadable = read(where)
        self.problems += unreadable
        known = {source.path for source in self.sources}
        if not shipped:
            self.files += [source.name for source in sources if source.path not in known]
            self.files += [problem.span.file for problem in unreadable]
        found: list[Document] = []
        for source in sources:
            if source.path not in known:
                documents, problems = read_documents(source.name, source.data)
                self.sources.append(source)
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
    """All that a load reads. `own`: the files of the project, its project file first."""

    pile: Pile
    own: tuple[str, ...]

    @property
    def project_file(self) -> str | None:
        """The name of the project file."""
        return self.own[0] if self.own else None


def gather(
    path: Path | None, *, shipped: bool, extra: tuple[Path, ...], root: Path | None = None
) -> Gathered:
    """Read the project at `path` (its file or folder), what is shipped, and `extra`.

    `root`: a folder with the `data` of another release, to be read in place of what is shipped.
    """
    pile = Pile()
    documents: list[Document] = []
    if path is not None:
        file = place(path).below(PROJECT_FILE) if path.is_dir() else place(path)
        documents = _read_project(pile, file)
    own = tuple(source.name for source in pile.sources)
    without = any(_at(d, "registry") == "none" for d in documents)
    for where in _shipped(root, with_registry=shipped and not without):
        pile.add(where, shipped=True)
    for added in extra:
        pile.add(place(added))
    return Gathered(pile, own)


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


def _shipped(facts: Path | None, *, with_registry: bool) -> Iterator[Place]:
    """The shipped documents: law, packs and scenarios always; `facts`: see `root` of `gather`."""
    root = Place(shipped_root(), "")
    data = root if facts is None else place(facts)
    for folder in (*_LAW, *_REGISTRY) if with_registry else _LAW:
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
