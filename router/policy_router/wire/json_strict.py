"""JSON that every parser reads alike: what is doubtful is refused, never half understood.

Sources: RFC 8259 (grammar; section 4 on names that are not unique, section 8.1 on encoding).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Final, NoReturn

from policy_router.wire.refusal import RefusalCode, Refused

orjson: ModuleType | None
try:
    import orjson
except ImportError:  # without the extra `serve`
    orjson = None

LONGEST_AT_ONCE: Final = 2**20
"""Bytes of a body that may be read by writing it back: long texts take longer so."""

_BEGINNING: Final = 64
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_BOM = b"\xef\xbb\xbf"
_DIGIT = re.compile(rb"[0-9]")
_LONE = re.compile("[\ud800-\udfff]")
_SURROGATE = re.compile(rb"\\u[dD][89abAB]")
_NAME = re.compile(r"[A-Za-z0-9_.$-]{1,64}\Z")

_LONGEST_NAME: Final = 2**14
"""Characters of a name; those that APIs publish have some thirty."""

_MOST_DIGITS: Final = 309
"""Digits of a whole number: as many as the largest double has. Longer ones take time that grows
with the square of their length."""

_RUN: Final = _MOST_DIGITS // 2 + 1
"""Of more digits than may stand together, so many fill one of the parts that a body is cut into."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a body may be: bytes once decoded, levels of nesting, and what is in it.

    `text`: bytes of it besides long content in base64, which is passed on as it stands. `numbers`:
    values that it may hold besides, if no more than `values` are texts or names.
    """

    size: int = 20 * 2**20
    text: int = 4 * 2**20
    depth: int = 64
    values: int = 50_000
    objects: int = 10_000
    lists: int = 20_000
    numbers: int = 0

    @property
    def all_text(self) -> Limits:
        """The same of a body that is there as text already."""
        return replace(self, text=self.size)


DEFAULT_LIMITS = Limits()


def parse(body: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """The JSON object that `body` is, all of it.

    Raises `Refused` for anything that two parsers might read differently: names stated twice
    (also after unescaping, also differing only in case), trailing data, numbers beyond a double,
    lone surrogates, a byte order mark, other encodings than UTF-8; and beyond `limits`. All of it
    counts as text; `inline.read` takes out what does not before.
    """
    if len(body) > limits.size:
        raise too_large(limits.size)
    check_text(len(body), limits)
    _check_amount(body, limits)
    parsed = _canonical(body)
    is_canonical = parsed is not None
    if parsed is None:
        decoder = _WARY if _has_long_run(body) else _STRICT
        parsed = _read(decoder, _text(body))
    if not isinstance(parsed, dict):
        raise _malformed("it is not an object")
    _check_nesting(parsed, limits.depth, names=is_canonical)
    if not is_canonical and b"\\" in body and _may_hold_surrogates(body):
        _check_surrogates(parsed)
    return parsed


def serialise(parsed: dict[str, Any]) -> bytes:
    """Canonical bytes of a parsed object: UTF-8, nothing escaped without need, no white space.

    Whole numbers beyond 64 bits are written out, as they came.
    """
    if orjson is not None:
        with suppress(orjson.JSONEncodeError):
            written: bytes = orjson.dumps(parsed)
            return written
    return _CANONICAL.encode(parsed).encode()


def leniently(text: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value that `text` is, of names that are stated twice the last; None if it is none.

    For what nothing is decided on: what an answer says of itself.
    """
    try:
        return json.loads(text) if orjson is None else orjson.loads(text)
    except (ValueError, RecursionError):
        return None


def too_large(size: int) -> Refused:
    """The refusal of a body of more than `size` bytes."""
    return Refused(
        RefusalCode.BODY_TOO_LARGE,
        f"the body is larger than {size} bytes",
        "send less, or raise the limit where the calls are governed",
    )


def check_text(size: int, limits: Limits) -> None:
    """Raise `Refused` if `size` bytes are more text than a body may hold."""
    if size > limits.text:
        raise Refused(
            RefusalCode.BODY_TOO_LARGE,
            f"the body holds more than {limits.text} bytes of text: all but long content in base64",
            "send less text, or raise the limit where the calls are governed",
        )


def sayable(name: str) -> str:
    """`name` in backticks if it looks like a name; what may be content is not repeated."""
    return f"`{name}`" if _NAME.match(name) else "a name that is no identifier"


def _text(body: bytes) -> str:
    if body.startswith(_BOM):
        raise _malformed("it starts with a byte order mark")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8") from None


def _canonical(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value that `body` is, if it is written as `serialise` writes; None if it is not.

    As the official SDKs write theirs. What is written back byte for byte as it came has lost
    nothing on the way: no name stated twice, no digit of a number, no half of a character. Names
    that differ only in case are still to be looked for.
    """
    if orjson is None or len(body) > LONGEST_AT_ONCE or b'": ' in body[:_BEGINNING]:
        return None
    with suppress(orjson.JSONDecodeError, orjson.JSONEncodeError):
        parsed = orjson.loads(body)
        if orjson.dumps(parsed) == body:
            return parsed
    return None


def _read(decoder: json.JSONDecoder, text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(f"it is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise _malformed("it is nested too deeply") from None


NESTS: Final = frozenset({dict, list})
"""Types of values that hold others."""

_MANY: Final = 64
"""Members of a list that are looked through at once, as thousands of numbers hold nothing."""


def nested_in(level: list[Any]) -> list[Any]:
    """The objects and lists that stand in those of `level`, without what is in them in turn."""
    return [
        value
        for outer in level
        if type(outer) is dict or len(outer) < _MANY or not NESTS.isdisjoint(map(type, outer))
        for value in (outer.values() if type(outer) is dict else outer)
        if type(value) in NESTS
    ]


_OFTEN: Final = frozenset(
    {"arguments", "call_id", "content", "description", "function", "id", "input", "name", "output"}
    | {"parts", "role", "text", "tool_call_id", "tool_calls", "type"}
)
"""Names that most objects of a body have, and nothing else: no two differ only in case."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) == len(pairs) and _OFTEN.issuperset(read):
        return read
    _check_names(read if len(read) == len(pairs) else [name for name, _ in pairs])
    return read


def _check_names(names: Collection[str]) -> None:
    together = "".join(names)
    if len(together) > _LONGEST_NAME and max(map(len, names)) > _LONGEST_NAME:
        raise _malformed(f"a name in it has more than {_LONGEST_NAME} characters")
    if type(names) is dict and together.islower() and together.isascii():
        return  # no capital in any name, so that none differ only in case
    if len(names) == 1 or len(set(map(str.casefold, names))) == len(names):
        return
    times = Counter(map(str.casefold, names))
    twice = next(name for name in names if times[name.casefold()] > 1)
    raise Refused(
        RefusalCode.DUPLICATE_KEY,
        f"{sayable(twice)} is stated twice in one object",
        "state each name once; names that differ only in case count as the same",
    )


def _constant(name: str) -> NoReturn:
    raise _malformed(f"`{name}` is not a JSON number")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _malformed("a number in it is too large")
    return number


def _whole_number(text: str) -> int:
    if len(text.lstrip("-")) > _MOST_DIGITS:
        raise _malformed("a number in it is too long")
    return int(text)


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_number
)
_WARY: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_number,
    parse_int=_whole_number,
)
"""Looks at each whole number, which takes longer: for bodies that hold a long run of digits."""


def _has_long_run(body: bytes) -> bool:
    """Whether more than `_MOST_DIGITS` digits may stand together, in a text or a number."""
    looked_at = (found.start() * _RUN for found in _DIGIT.finditer(body[::_RUN]))
    return any(body[at : at + _RUN].isdigit() for at in looked_at)


def _check_amount(body: bytes, limits: Limits) -> None:
    """Bound the work before it is done: every value but the first follows one of `,`, `:`, `[`."""
    if limits.numbers and body.count(b'"') <= 2 * limits.values:
        limits = replace(limits, values=limits.values + limits.numbers)
    least = min(limits.values, limits.objects, limits.lists)
    if len(body) <= least or not _more(_marks_in(body), limits):
        return
    marks = body.translate(None, _NO_MARKS)
    plain = marks.replace(b"\\\\", b"").replace(b'\\"', b"")
    # every other part is outside of strings; of those there is at most one a name and one a value
    within = plain.count(b'"') <= 4 * limits.values
    found = _more(_marks_in(b"".join(plain.split(b'"')[::2])), limits) if within else "values"
    if found:
        raise _malformed(f"it holds more than {getattr(limits, found)} {found}")


def _more(marks: bytes, limits: Limits) -> str:
    """Of what there may be more in a body with these `marks` than there may be; "" of nothing."""
    objects = marks.count(b"{")
    if objects > limits.objects:
        return "objects"
    if marks.count(b"[") > limits.lists:
        return "lists"
    return "values" if len(marks) - objects >= limits.values else ""


def _marks_in(body: bytes) -> bytes:
    return body.translate(None, _NO_SEPARATORS)


def _all_but(kept: bytes) -> bytes:
    return bytes(set(range(256)) - set(kept))


_SEPARATORS: Final = b",:[{"
_NO_SEPARATORS: Final = _all_but(_SEPARATORS)
_NO_ESCAPES: Final = _all_but(b"\\udD")
_NO_MARKS: Final = _all_but(_SEPARATORS + b'"\\/bfnrtu')
"""All but separators, quotes, and what may follow a backslash (RFC 8259 section 7)."""


def _check_nesting(parsed: dict[str, Any], deepest: int, *, names: bool) -> None:
    """Refuse what is nested too deeply; `names`: and names that differ only in case."""
    level: list[Any] = [parsed]
    for _ in range(deepest):
        if names:
            for outer in level:
                if type(outer) is dict and not outer.keys() <= _OFTEN:
                    _check_names(outer)
        level = nested_in(level)
        if not level:
            return
    raise _malformed(f"it is nested deeper than {deepest} levels")


def _may_hold_surrogates(body: bytes) -> bool:
    escapes = body.translate(None, _NO_ESCAPES)  # in which an escape still stands together
    return b"\\ud" in escapes.lower() and _SURROGATE.search(body) is not None


def _check_surrogates(parsed: dict[str, Any]) -> None:
    left: list[Any] = [parsed]
    while left:
        value = left.pop()
        if type(value) is str:
            if not value.isascii() and _LONE.search(value) is not None:
                raise _malformed("it holds half of a character (a lone surrogate)")
        elif type(value) in NESTS:
            left += value  # the names of an object
            left += value.values() if type(value) is dict else ()


def _malformed(what: str) -> Refused:
    return Refused(RefusalCode.INVALID_BODY, f"the body cannot be read: {what}")
