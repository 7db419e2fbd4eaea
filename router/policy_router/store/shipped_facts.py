"""What the shipped registry says: made from its documents, and kept to be had faster.

This process remembers what it made itself, for the same texts. What commands show may come from
the user's cache instead: see `cache`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple

from policy_router.domain.registry import Registry
from policy_router.store.cache import Cache, key_of
from policy_router.store.files import SourceText
from policy_router.store.plain import NotPlain, table, unpacked
from policy_router.store.program import program
from policy_router.store.shapes import Shapes

_KIND: Final = b"registry"
_KEPT: Final = tuple[date, Registry, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the documents of a registry say. `fingerprints`: of each, by kind and id.

    `values`: all values that a kept text is made of, in order of their places in it; `digest`: of
    that text. Both are empty where nothing is kept. `shapes`: has looked at all of them.
    """

    registry: Registry
    fingerprints: Mapping[str, Mapping[str, str]]
    values: Sequence[object] = field(default=(), compare=False)
    digest: str = field(default="", compare=False)
    shapes: Shapes = field(default_factory=Shapes, compare=False, repr=False)


class _Made(NamedTuple):
    """Facts that were made on a day, and the digest of the texts they were made from."""

    key: str
    day: date
    facts: Facts


class _Memory:
    """The facts that this process made last: a server that reads again need not make them anew."""

    def __init__(self) -> None:
        self._last: _Made | None = None

    def facts(self, sources: Sequence[SourceText], today: date) -> Facts | None:
        """What the documents say; see `shipped_facts`."""
        last, key = self._last, key_of(_texts(sources))
        if last is not None and last.key == key and last.day <= today:
            return last.facts
        made = _made(sources, today)
        if made is not None and sources:
            self._last = _Made(key, today, made)
        return made


_MEMORY: Final = _Memory()


def shipped_facts(sources: Sequence[SourceText], today: date, cache: Cache | None) -> Facts | None:
    """What these documents say together, from `cache` if it is there.

    None if something is wrong with them, or could be on the day `today`, after which nothing can
    have been recorded.
    """
    if cache is None:
        return _MEMORY.facts(sources, today)
    key = key_of((_KIND, program(), *_texts(sources)))
    text = cache.read(key)
    kept = None if text is None else _kept(text, today)
    if kept is not None:
        return kept
    made = _made(sources, today)
    if made is None:
        return None
    text, values = table((today, made.registry, made.fingerprints))
    cache.write(key, text)
    return replace(made, values=values, digest=_digest(text))


def _made(sources: Sequence[SourceText], today: date) -> Facts | None:
    from policy_router.store.making import registry_alone  # noqa: PLC0415 - slow, and rarely needed

    return registry_alone(sources, today)


def _texts(sources: Sequence[SourceText]) -> Iterator[bytes]:
    for source in sources:
        yield source.name.encode()
        yield source.data


def _kept(text: str, today: date) -> Facts | None:
    """The facts in a kept text; None if it is anything else, or was made after `today`."""
    shapes = Shapes()
    with suppress(NotPlain):
        values = unpacked(text)
        if not shapes.fit(values[-1], _KEPT):
            return None
        match values[-1]:
            case (date() as day, Registry() as registry, Mapping() as prints) if day <= today:
                return Facts(registry, prints, values, _digest(text), shapes)
    return None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
