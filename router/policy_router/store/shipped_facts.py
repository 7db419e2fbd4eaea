"""What the shipped registry says: made from its documents, and kept to be read faster."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from policy_router.domain.registry import Registry
from policy_router.domain.release import VERSION
from policy_router.language.catalogue import Known, catalogue
from policy_router.language.document import read_documents
from policy_router.language.nodes import Document
from policy_router.language.parsing import parse
from policy_router.registry.build import build_registry, fingerprints
from policy_router.store import cache, plain
from policy_router.store.files import SourceText
from policy_router.store.plain import NotPlain, layout, packed, unpacked

_MAKING = ("domain", "language", "registry")
"""The rooms that make facts of documents: what they make may change with any file of theirs."""


def shipped_facts(sources: Sequence[SourceText], today: date, where: Path | None) -> Known | None:
    """What these documents say together, from the cache in `where` if it is there.

    None if something is wrong with them, or could be on the day `today`, after which nothing can
    have been recorded.
    """
    key = cache.key_of(_parts(sources))
    kept = None if where is None else _kept(cache.read(where, key))
    if kept is not None and kept[0] <= today:
        return kept[1]
    made = _made(sources, today)
    if made is not None and where is not None:
        cache.write(where, key, packed((today, made.registry, made.fingerprints)))
    return made


def _parts(sources: Iterable[SourceText]) -> Iterator[bytes]:
    """All that the facts are made from: texts, and the program that reads them."""
    yield f"{VERSION} {sys.version} {layout()}".encode()
    package = Path(__file__).parents[1]
    programs = (file for room in _MAKING for file in sorted((package / room).rglob("*.py")))
    for file in (*programs, Path(plain.__file__)):
        yield file.relative_to(package).as_posix().encode()
        yield file.read_bytes()
    for source in sources:
        yield source.name.encode()
        yield source.data


def _kept(text: str | None) -> tuple[date, Known] | None:
    if text is None:
        return None
    with suppress(NotPlain):
        match unpacked(text):
            case (date() as day, Registry() as registry, Mapping() as prints):
                return day, Known(registry, prints)
    return None


def _made(sources: Iterable[SourceText], today: date) -> Known | None:
    documents: list[Document] = []
    for source in sources:
        found, problems = read_documents(source.name, source.data)
        if problems:
            return None
        documents += found
    reading = parse(documents)
    entries, clashes = catalogue(reading)
    registry, wrong = build_registry(entries, today)
    if reading.diagnostics or clashes or wrong:
        return None
    return Known(registry, fingerprints(entries))
