"""A project with everything it names, read and checked: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Span
from policy_router.domain.organisation import Caller, Scenario, Suite
from policy_router.domain.snapshot import Snapshot
from policy_router.store.cache import Cache, key_of
from policy_router.store.described import Project
from policy_router.store.files import SourceText
from policy_router.store.garbage import uncollected
from policy_router.store.gathering import Asked, Gathered, Named, Texts, gather
from policy_router.store.plain import NotPlain, packed, unpacked
from policy_router.store.program import program
from policy_router.store.shapes import Shapes
from policy_router.store.shipped_facts import Facts, shipped_facts

_NAMES: Final = b"names"
_WHOLE: Final = b"project"
"""What is kept under a key, so that no text is taken for another."""


class LoadErrors(DocumentErrors):
    """Documents that must not be used.

    `sources`: text of the files concerned, by name; `files`: names of all that are the user's.
    """

    def __init__(
        self,
        diagnostics: tuple[Diagnostic, ...],
        sources: Mapping[str, str],
        files: tuple[str, ...] = (),
    ) -> None:
        super().__init__(diagnostics)
        self.sources = sources
        self.files = files


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that was read. `diagnostics`: warnings; `sources`: text they are about.

    `files`: names of the files that are the user's; the shipped ones are not among them. `texts`:
    what it was made from; None if that is no documents. `is_from_texts`: whether this process read
    all of it in texts, so that no file of a cache could have changed it; only then are calls
    decided by it.
    """

    snapshot: Snapshot
    project: Project | None
    callers: Mapping[str, Caller]
    scenarios: Mapping[str, Scenario]
    suites: tuple[Suite, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    files: tuple[str, ...]
    texts: Texts | None = None
    is_from_texts: bool = field(default=True, compare=False)


class _Said(NamedTuple):
    """What the documents of a load say, and the warnings about them: a part of `Loaded`."""

    snapshot: Snapshot
    project: Project | None
    callers: Mapping[str, Caller]
    scenarios: Mapping[str, Scenario]
    suites: tuple[Suite, ...]
    diagnostics: tuple[Diagnostic, ...]


_NAMED: Final = tuple[tuple[tuple[str, Span], ...], bool]
_SAID: Final = tuple[
    Snapshot,
    Project | None,
    Mapping[str, Caller],
    Mapping[str, Scenario],
    tuple[Suite, ...],
    tuple[Diagnostic, ...],
]


@uncollected()
def load_project(  # noqa: PLR0913 - each says another thing, and all but the day have a default
    path: Path | None = None,
    *,
    today: date,
    packs: tuple[str, ...] = (),
    all_routes: bool = False,
    shipped: bool = True,
    extra: tuple[Path, ...] = (),
    instead: SourceText | None = None,
    root: Path | None = None,
    packs_root: Path | None = None,
    cache: Cache | None = None,
) -> Loaded:
    """Everything that the project at `path` (its file or folder) names, and what is shipped.

    `packs` are put in force besides those of the project; without a project they are all there
    is, and every gateway counts as reachable, as it does with `all_routes`. `shipped` False
    leaves out the shipped gateways, providers, models and routes. `extra`: further files and
    folders of documents. `instead`: a file that is read as if it held other bytes, to see what
    writing them would do. `root`, `packs_root`: a folder with the `data` and one with the
    `policies` of another release, to be read in place of what is shipped. `today`: the UTC day
    after which nothing can have been recorded.

    `cache`: what was made of the very same texts on the same day is taken from it, and kept in it
    if it is not there. It is for what commands show: what calls are decided by is made from the
    texts. Raises `LoadErrors` with every problem of every file.
    """
    named_in = partial(_named_in, cache)
    gathered = gather(
        path,
        named_in,
        shipped=shipped,
        extra=extra,
        instead=instead,
        root=root,
        packs_root=packs_root,
    )
    asked = Asked(today, packs, all_routes, nothing=path is None and not packs and not extra)
    facts = shipped_facts(gathered.pile.registry, today, cache)
    if cache is None or facts is None or instead is not None or gathered.pile.problems:
        said = _made(gathered, asked, facts)
    else:
        said = _kept_or_made(gathered, asked, facts, cache)
    return _loaded(said, gathered, asked, is_from_texts=cache is None)


@uncollected()
def loaded_again(texts: Texts) -> Loaded:
    """What was loaded from `texts`, on the day they were: made from them alone, without a cache.

    Raises `LoadErrors` if this program finds them wrong.
    """
    gathered = texts.gathered()
    made = _made(gathered, texts.asked, None)
    return _loaded(made, gathered, texts.asked, is_from_texts=True)


def _loaded(said: _Said, gathered: Gathered, asked: Asked, *, is_from_texts: bool) -> Loaded:
    pile = gathered.pile
    sources, files, texts = pile.texts(said.diagnostics), tuple(pile.files), gathered.texts(asked)
    return Loaded(*said, sources, files, texts, is_from_texts)


def _named_in(cache: Cache | None, file: SourceText) -> Named:
    """What a project file names, from `cache` if it is there."""
    key = key_of((_NAMES, program(), file.name.encode(), file.data))
    match _last(None if cache is None else cache.read(key), (), Shapes(), _NAMED):
        case (tuple() as documents, bool() as shipped):
            return Named(documents, shipped)
    from policy_router.store.naming import named_in  # noqa: PLC0415 - slow, and rarely needed

    named = named_in(file)
    if cache is not None:
        cache.write(key, packed(named))
    return named


def _kept_or_made(gathered: Gathered, asked: Asked, facts: Facts, cache: Cache) -> _Said:
    """What the texts say, from `cache` if it is there."""
    key = key_of(_parts(gathered, asked, facts))
    match _last(cache.read(key), facts.values, facts.shapes, _SAID):
        case (
            Snapshot() as snapshot,
            (Project() | None) as project,
            Mapping() as callers,
            Mapping() as scenarios,
            tuple() as suites,
            tuple() as diagnostics,
        ):
            return _Said(snapshot, project, callers, scenarios, suites, diagnostics)
    made = _made(gathered, asked, facts)
    cache.write(key, packed(made, facts.values))
    return made


def _parts(gathered: Gathered, asked: Asked, facts: Facts) -> Iterator[bytes]:
    """All that a load is made from: texts, what was asked for, and the program that reads them."""
    yield _WHOLE
    yield program()
    yield facts.digest.encode()
    yield repr((asked, len(gathered.own))).encode()
    for source in gathered.pile.sources:
        yield source.name.encode()
        yield source.data


def _last(text: str | None, known: Sequence[object], shapes: Shapes, hint: object) -> object:
    """The value in a kept text; None if there is none that is what the type `hint` says."""
    if text is None:
        return None
    with suppress(NotPlain):
        value = unpacked(text, known)[-1]
        return value if shapes.fit(value, hint) else None
    return None


def _made(gathered: Gathered, asked: Asked, facts: Facts | None) -> _Said:
    """What the texts say; raises `LoadErrors` if there is an error in them."""
    from policy_router.store.making import made, sound  # noqa: PLC0415 - slow, and rarely needed

    snapshot, project, resolved = made(gathered, asked, facts)
    return _Said(
        snapshot,
        project,
        MappingProxyType(dict(resolved.callers)),
        MappingProxyType(dict(resolved.scenarios)),
        resolved.suites,
        sound(gathered.pile),
    )
