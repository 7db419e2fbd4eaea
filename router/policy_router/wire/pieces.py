"""Long bodies written out in pieces: what passes as it stands is not copied before it is sent.

A writer that is asked for all of a long text at once takes up several times its length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from types import ModuleType
from typing import Any, Final

from policy_router.wire.inline import Inline
from policy_router.wire.json_strict import serialise

orjson: ModuleType | None
try:
    import orjson
except ImportError:  # without the extra `serve`
    orjson = None

Piece = bytes | memoryview

_AT_ONCE: Final = 2**14
"""Characters of a text that are written at once."""

_MARK: Final = b"\x00"
"""What no JSON holds (RFC 8259 section 7): where something long goes in."""

_WHOLE: Final = range(-(2**63), 2**64)
"""The whole numbers that orjson writes."""

_NUMBERS: Final = frozenset({int})
_TEXTS: Final = frozenset({str})


def pieces_of(parsed: dict[str, Any]) -> list[Piece]:
    """What `serialise` writes of a parsed object, with its long content, in pieces."""
    if orjson is None:
        return [serialise(_as_texts(parsed))]
    long: list[str | Inline] = []
    around = orjson.dumps(_marked(parsed, long, orjson.Fragment)).split(_MARK)
    inside = chain((_written(each, orjson.dumps) for each in long), ((),))
    return [
        piece for rest, content in zip(around, inside, strict=True) for piece in (rest, *content)
    ]


def _marked(
    value: Any,  # noqa: ANN401 - any JSON
    long: list[str | Inline],
    raw: Callable[[bytes | str], object],
) -> Any:  # noqa: ANN401 - any JSON
    """`value` with marks for what is `long`, in the order in which it is written."""
    kind = type(value)
    if kind is dict:
        return {
            name: inner
            if type(inner) is str and len(inner) <= _AT_ONCE
            else _marked(inner, long, raw)
            for name, inner in value.items()
        }
    if kind is list:
        return value if _as_it_is(value) else [_marked(inner, long, raw) for inner in value]
    if kind is Inline or (kind is str and len(value) > _AT_ONCE):
        long.append(value)
        return raw(_MARK)
    if kind is int and value not in _WHOLE:
        return raw(str(value))
    return value


def _as_it_is(members: list[Any]) -> bool:
    """Whether a list holds nothing but numbers that are written, or nothing but short texts."""
    kinds = set(map(type, members))
    if kinds == _TEXTS:
        return max(map(len, members)) <= _AT_ONCE
    return kinds == _NUMBERS and min(members) in _WHOLE and max(members) in _WHOLE


def _written(long: str | Inline, dumps: Callable[[str], bytes]) -> Iterator[Piece]:
    yield b'"'
    if isinstance(long, Inline):
        yield long.view
    else:
        for at in range(0, len(long), _AT_ONCE):
            yield dumps(long[at : at + _AT_ONCE])[1:-1]
    yield b'"'


def _as_texts(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: _as_texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_texts(inner) for inner in value]
    return value.text if isinstance(value, Inline) else value
