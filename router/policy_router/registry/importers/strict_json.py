"""JSON of catalogues: numbers exact, nothing doubtful, bounded before it is built.

Source of the grammar: RFC 8259. Unlike the bodies of calls, names may differ in case only: the
catalogues list such models.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from policy_router.language.text import quoted
from policy_router.registry.importers.refusal import ImportRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an import may be: bytes, levels of nesting, values."""

    size: int = 64 * 2**20
    depth: int = 64
    values: int = 2_000_000


DEFAULT_LIMITS: Final = Limits()
_LONGEST_NUMBER: Final = 64
_WIDEST_EXPONENT: Final = 100
_SEPARATORS: Final = (b",", b"[", b"{")
_MARK: Final = "\ufeff"
"""A byte order mark, as some programs that save a download put first: ignored, as §8.1 allows."""


def read_json(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value that `data` is, all of it; fractions come as exact Decimal.

    Raises `ImportRefused` beyond `limits` and for anything two readers might take differently.
    """
    if len(data) > limits.size:
        raise too_large(limits.size)
    # separators within text count too, so this bounds the number of values from above
    if sum(map(data.count, _SEPARATORS)) > limits.values:
        raise ImportRefused("IMP104", f"it holds more than {limits.values:,} values")
    parsed = _parsed(data)
    _check_depth(parsed, limits.depth)
    return parsed


def too_large(limit: int) -> ImportRefused:
    """The refusal of more than `limit` bytes."""
    return ImportRefused("IMP101", f"it is larger than {limit:,} bytes")


def _parsed(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(
            data.decode("utf-8").removeprefix(_MARK),
            object_pairs_hook=_object,
            parse_float=_fraction,
            parse_int=_whole,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise ImportRefused("IMP102", f"not UTF-8 at offset {error.start}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ImportRefused("IMP102", f"not JSON: {place}") from None
    except RecursionError:
        raise ImportRefused("IMP103", "nested too deeply to be read") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        often = Counter(name for name, _ in pairs)
        twice = next(name for name, times in often.items() if times > 1)
        raise ImportRefused("IMP105", f"{quoted(twice)} is stated twice in one object")
    return read


def _fraction(text: str) -> Decimal:
    number = Decimal(_short(text))
    if number and abs(number.adjusted()) > _WIDEST_EXPONENT:
        raise ImportRefused("IMP106", f"the number {quoted(text)} is out of range")
    return number


def _whole(text: str) -> int:
    return int(_short(text))


def _short(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise ImportRefused("IMP106", f"a number of {len(text):,} characters")
    return text


def _constant(name: str) -> Decimal:
    raise ImportRefused("IMP106", f"`{name}` is not a number")


def _check_depth(parsed: object, deepest: int) -> None:
    level = [parsed]
    for _ in range(deepest + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ImportRefused("IMP103", f"nested deeper than {deepest} levels")


def _inside(value: object) -> Iterator[object]:
    """The lists and objects directly within `value`."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (item for item in inner if isinstance(item, dict | list))
