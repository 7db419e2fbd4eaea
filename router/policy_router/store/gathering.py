"""Which texts a load reads: the project's own, the shipped ones, and what is added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.language.text import quoted
from policy_router.store.files import Place, SourceText, place, read
from policy_router.store.shipped import shipped_root

PROJECT_FILE: Final = "policy-router.yaml"

_LAW: Final = ("data/territories",)
_REGISTRY: Final = ("data/gateways", "data/providers", "data/models", "data/routes")


class Named(NamedTuple):
    """What a project file names: files and folders, as they are written and where.

    `shipped`: whether the shipped registry is among what is read.
    """

    documents: tuple[tuple[str, Span], ...]
    shipped: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a load is asked for, besides texts. `nothing`: neither a project nor anything else."""

    today: date
    packs: tuple[str, ...]
    all_routes: bool
    nothing: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """All that a load was made from, to make it again: texts, and what was asked for.

    `own`, `sources`, `registry`: as of `Gathered` and its `Pile`.
    """

    asked: Asked
    own: tuple[str, ...]
    sources: tuple[SourceText, ...] = field(repr=False)
    registry: tuple[SourceText, ...] = field(repr=False)

    def gathered(self) -> Gathered:
        """The same as it was gathered."""
        return Gathered(Pile(sources=list(self.sources), registry=list(self.registry)), self.own)


@dataclass(slots=True)
class Pile:
    """What was read so far, and what could not be. `files`: those that are the user's.

    `registry`: the texts of the shipped registry, which are not among the other `sources`.
    `instead`: a file that is read as if it held other bytes, whatever is on disk.
    """

    instead: SourceText | None = None
    sources: list[SourceText] = field(default_factory=list)
    registry: list[SourceText] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def add(self, where: Place, *, shipped: bool = False) -> list[SourceText]:
        """Read a file or folder; a file that was read before is passed over."""
        sources, unreadable = read(where)
        sources = tuple(self._in_place_of(source) for source in sources)
        self.problems += unreadable
        known = self._known()
        fresh = [source for source in sources if source.path not in known]
        if not shipped:
            self.files += [source.name for source in fresh]
            self.files += [problem.span.file for problem in unreadable]
        self.sources += fresh
        return fresh

    def add_registry(self, root: Place) -> None:
        """Read the registry that lies below a folder with `data`."""
        for folder in _REGISTRY:
            found, unreadable = read(root.below(folder))
            self.registry += found
            self.problems += unreadable

    def add_instead(self) -> None:
        """Read the file that is read as if it held other bytes, unless that was done."""
        if self.instead is not None and self.instead.path not in self._known():
            self.files.append(self.instead.name)
            self.sources.append(self.instead)

    def _known(self) -> set[Path]:
        return {source.path for source in (*self.sources, *self.registry)}

    def _in_place_of(self, source: SourceText) -> SourceText:
        if self.instead is None or self.instead.path != source.path:
            return source
        return SourceText(source.name, source.path, self.instead.data)

    def texts(self, problems: Iterable[Diagnostic]) -> dict[str, str]:
        """The text of every file that a problem is about, by name."""
        named: set[str] = set()
        for found in problems:
            named |= {found.span.file, *(span.file for _, span in found.related)}
        return {
            source.name: source.data.decode("utf-8", errors="replace")
            for source in (*self.sources, *self.registry)
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

    def texts(self, asked: Asked) -> Texts:
        """All that a load for which it was gathered is made from."""
        return Texts(asked, self.own, tuple(self.pile.sources), tuple(self.pile.registry))


def gather(  # noqa: PLR0913 - each says another thing
    path: Path | None,
    named_in: Callable[[SourceText], Named],
    *,
    shipped: bool,
    extra: tuple[Path, ...],
    instead: SourceText | None = None,
    root: Path | None = None,
    packs_root: Path | None = None,
) -> Gathered:
    """Read the project at `path` (its file or folder), what is shipped, and `extra`.

    `named_in`: what a project file names. `instead`: a file that is read as if it held other
    bytes, or as if it were there. `root`, `packs_root`: a folder with the `data` and one with the
    `policies` of another release, to be read in place of what is shipped.
    """
    pile = Pile(instead)
    if path is not None:
        file = place(path).below(PROJECT_FILE) if path.is_dir() else place(path)
        for source in pile.add(file):
            named = named_in(source)
            shipped = shipped and named.shipped
            _add_named(pile, file.folder, named)
    own = tuple(source.name for source in pile.sources)
    for where in _shipped(root, packs_root):
        pile.add(where, shipped=True)
    if shipped:
        pile.add_registry(_root(root))
    for added in extra:
        pile.add(place(added))
    pile.add_instead()
    return Gathered(pile, own)


def _add_named(pile: Pile, folder: Place, named: Named) -> None:
    for relative, span in named.documents:
        target = folder.below(relative)
        if target.path.exists():
            pile.add(target)
            continue
        message = f"no file or folder {quoted(relative)} beside the project file"
        missing = Diagnostic("PRJ409", Severity.ERROR, message, span, "correct the path")
        pile.problems.append(missing)


def _root(facts: Path | None) -> Place:
    return Place(shipped_root(), "") if facts is None else place(facts)


def _shipped(facts: Path | None, packs: Path | None) -> Iterator[Place]:
    """The documents that every load reads: law, packs and scenarios; for folders see `gather`."""
    root = _root(packs)
    for folder in _LAW:
        yield _root(facts).below(folder)
    for file in sorted(root.path.glob("policies/*/policy.yaml")):
        yield root.below(file.relative_to(root.path).as_posix())
    yield Place(shipped_root(), "").below("policies/scenarios")
