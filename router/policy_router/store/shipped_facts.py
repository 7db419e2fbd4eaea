"""What the shipped registry says: made from its documents, and kept to be read faster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from policy_router.domain.registry import Registry
from policy_router.store import cache
from policy_router.store.files import SourceText
from policy_router.store.plain import NotPlain, packed, unpacked
from policy_router.store.program import program

_KIND: Final = b"registry"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the documents of a registry say. `fingerprints`: of each, by kind and id.

    `values`: all values that a kept text is made of, in order of their places in it; `digest`: of
    that text. Both are empty where nothing is kept.
    """

    registry: Registry
    fingerprints: Mapping[str, Mapping[str, str]]
    values: Sequence[object] = field(default=(), compare=False)
    digest: str = field(default="", compare=False)


def shipped_facts(sources: Sequence[SourceText], today: date, where: Path | None) -> Facts | None:
    """What these documents say together, from the cache in `where` if it is there.

    None if something is wrong with them, or could be on the day `today`, after which nothing can
    have been recorded.
    """
    key = cache.key_of(_parts(sources))
    text = None if where is None else cache.read(where, key)
    kept = None if text is None else _kept(text, today)
    if kept is not None:
        return kept
    from policy_router.store.making import registry_alone  # noqa: PLC0415 - slow, and rarely needed

    made = registry_alone(sources, today)
    if made is None or where is None:
        return made
    text = packed((today, made.registry, made.fingerprints))
    cache.write(where, key, text)
    return _kept(text, today)


def _parts(sources: Sequence[SourceText]) -> Iterator[bytes]:
    """All that the facts are made from: texts, and the program that reads them."""
    yield _KIND
    yield program()
    for source in sources:
        yield source.name.encode()
        yield source.data


def _kept(text: str, today: date) -> Facts | None:
    """The facts in a kept text; None if it is anything else, or was made after `today`."""
    with suppress(NotPlain):
        values = unpacked(text)
        match values[-1]:
            case (date() as day, Registry() as registry, Mapping() as prints) if day <= today:
                return Facts(registry, prints, values, sha256(text.encode()).hexdigest())
    return None
