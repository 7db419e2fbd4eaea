"""Long content in base64: looked at and passed on where it stands, never copied, never made a text.

What stands between two quotes and holds neither a quote nor a backslash can be put for another such
run without changing anything else of a JSON document (RFC 8259 section 7). So a short token is read
in its place, and what it stands for is put back once it is known where that is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policy_router.wire.json_strict import LONGEST_AT_ONCE, Limits, check_text, parse, too_large
from policy_router.wire.refusal import Refused

LONG: Final = 2**16
"""Bytes of content from which on it is not read as text."""

_STEP: Final = LONG // 2
_LOOKED_AT: Final = 64
_BEGINNING: Final = 2**10
_ALIKE: Final = re.compile(rb"[A-Za-z0-9+/_=:;,.-]*+")
_ANY_ALIKE: Final = bytes(each for each in range(2**7) if _ALIKE.fullmatch(bytes([each])))
"""What base64, and a `data:` URL with it, are made of."""

_BEHIND: Final = frozenset({b",", b"}", b"]", b" ", b"\t", b"\r", b"\n"})
"""What may follow the quote behind a value (RFC 8259 sections 2, 4 and 5)."""

_SEPARATING: Final = frozenset({b",", b":"})
"""What follows the quote behind a text, and is in no content but behind something else."""

_MARKS: Final = {
    mark: re.compile(rb"\\u" + mark.encode("utf-16-be").hex().encode(), re.IGNORECASE)
    for mark in ("\uffff", "\ufffe", "\ufdd0", "\ufdef")
}
"""How a token may begin, each with the same as an escape: with what is no character (Unicode,
section 23.7). Programs that look for what is none write such an escape, the first of them mostly.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """Content that stands in `body` from `start` to `end`, between its quotes."""

    body: bytes = field(repr=False)
    start: int
    end: int

    @property
    def view(self) -> memoryview:
        """Its bytes, which are not copied."""
        return memoryview(self.body)[self.start : self.end]

    def matches(self, pattern: re.Pattern[bytes], alphabet: bytes) -> bool:
        """Whether all of it matches a `pattern` that ends with any number of an `alphabet`.

        Padding may follow. Then it matches if it does without what lies between its beginning,
        which is enough by itself, and its end, and all of that is of the alphabet. To its beginning
        belongs what stands before a comma.
        """
        header = self.body.find(b",", self.start, min(self.end, self.start + LONG))
        behind = min(self.end, max(self.start, header) + _BEGINNING)
        before = max(self.start, self.end - 2)
        head, tail = self.body[self.start : behind], self.body[before : self.end]
        return (
            b"=" not in head[-1:]
            and pattern.fullmatch(head) is not None
            and pattern.fullmatch(head + tail) is not None
            and _is_of(alphabet, self.body, behind, before)
        )

    @property
    def text(self) -> str:
        """It as a text; raises `Refused` if it is none."""
        inner: str = parse(b"".join([b'{"":"', self.view, b'"}']), _ANY)[""]
        return inner


_ANY: Final = Limits(size=2**62, text=2**62)


@dataclass(frozen=True, slots=True)
class Inlines:
    """What the tokens in a parsed body stand for, each of which stands there once.

    `read_as_text`: bytes of the body besides; `limits`: how many those may be.
    """

    of: Mapping[str, Inline] = field(default_factory=dict)
    read_as_text: int = 0
    limits: Limits = field(default_factory=Limits)

    def put_back(self, parsed: dict[str, Any], media: Collection[str]) -> None:
        """Put for each token in `parsed` what it stands for: as it is for `media`, else its text.

        Raises `Refused` if that is more text than there may be, or none, also where what it stood
        in is left out.
        """
        if not self.of:
            return
        texts = {token: inline for token, inline in self.of.items() if token not in media}
        size = sum(inline.end - inline.start for inline in texts.values())
        check_text(self.read_as_text + size, self.limits)
        for place, key, token in list(_strings(parsed, self.of)):
            place[key] = texts.pop(token).text if token in texts else self.of[token]
        for left_out in texts.values():
            _ = left_out.text

    @property
    def alike(self) -> set[str]:
        """The tokens of what is made of the characters that base64 is made of."""
        return {token for token, i in self.of.items() if _is_of(_ANY_ALIKE, i.body, i.start, i.end)}


NONE: Final = Inlines()


def parse_in_parts(body: bytes, limits: Limits) -> tuple[dict[str, Any], Inlines]:
    """The JSON object that `body` is, with tokens for its long content; raises as `parse`."""
    if len(body) > limits.size:
        raise too_large(limits.size)
    found = _in_parts(body, limits) if len(body) > LONGEST_AT_ONCE else None
    return found or (parse(body, limits), NONE)


def _in_parts(body: bytes, limits: Limits) -> tuple[dict[str, Any], Inlines] | None:
    """The same; None if nothing long is there, or all of it has to be read as it stands.

    That is so where every mark of tokens is in the body already, so that nobody else writes a
    token, and where a token would stand in a name.
    """
    spans = list(_spans(body))
    for mark, escaped in _MARKS.items() if spans else ():
        inlines = {f"{mark}{n}": Inline(body, *span) for n, span in enumerate(spans)}
        rest = _without(body, inlines)
        if rest.count(mark.encode()) > len(inlines) or escaped.search(rest):
            continue
        parsed = _parsed(rest, limits)
        if sorted(token for _, _, token in _strings(parsed, inlines)) != sorted(inlines):
            return None
        return parsed, Inlines(inlines, len(rest), limits)
    return None


def _parsed(rest: bytes, limits: Limits) -> dict[str, Any]:
    """What the rest of a body is; where something is wrong is told by places in the rest."""
    try:
        return parse(rest, limits)
    except Refused as refused:
        without = f"{refused.message}, with long content in base64 left out"
        raise Refused(refused.code, without, refused.help) from None


def _is_of(alphabet: bytes, body: bytes, start: int, end: int) -> bool:
    """Whether `body` from `start` to `end` has nothing but bytes of `alphabet`."""
    return not any(
        body[at : min(end, at + LONG)].translate(None, alphabet) for at in range(start, end, LONG)
    )


def _spans(body: bytes) -> Iterator[tuple[int, int]]:
    """Where long content may stand, which is looked at in a few places only.

    Whatever is long covers a place that is looked at, not too far behind the quote it begins with.
    """
    at = _STEP
    while at < len(body):
        start = body.rfind(b'"', at - _STEP, at) + 1
        if not start or _ALIKE.fullmatch(body, at, at + _LOOKED_AT) is None:
            at += _STEP
            continue
        end = body.find(b'"', at)
        if end < 0:
            return
        if end - start >= LONG and _is_likely(body, start, end):
            yield start, end
        at = max(at, end) + _STEP


def _is_likely(body: bytes, start: int, end: int) -> bool:
    looked_at = range(start, end, max(1, (end - start) // 16))
    alike = all(_ALIKE.fullmatch(body, at, min(end, at + _LOOKED_AT)) for at in looked_at)
    is_value = body[end + 1 : end + 2] in _BEHIND and not _ends_a_text(body, start)
    return alike and is_value and body.find(b"\\", start, end) < 0


def _ends_a_text(body: bytes, start: int) -> bool:
    """Whether the quote before `start` is one in a text, or is followed by no content."""
    before = body[max(0, start - 1 - _STEP) : start - 1]
    is_escaped = (len(before) - len(before.rstrip(b"\\"))) % 2 == 1
    return is_escaped or body[start : start + 1] in _SEPARATING


def _without(body: bytes, inlines: Mapping[str, Inline]) -> bytes:
    """`body` with tokens where they stand."""
    whole, pieces, last = memoryview(body), list[bytes | memoryview](), 0
    for token, inline in inlines.items():
        pieces += [whole[last : inline.start], token.encode()]
        last = inline.end
    return b"".join([*pieces, whole[last:]])


def _strings(
    parsed: Any,  # noqa: ANN401 - any JSON
    tokens: Collection[str],
) -> Iterator[tuple[Any, Any, str]]:
    """Every place in `parsed` where one of `tokens` stands, and nothing else."""
    left: list[Any] = [parsed]
    mark = next(iter(tokens))[:1]
    while left:
        outer = left.pop()
        for key, inner in outer.items() if type(outer) is dict else enumerate(outer):
            kind = type(inner)
            if kind is dict or kind is list:
                left.append(inner)
            elif kind is str and inner[:1] == mark and inner in tokens:
                yield outer, key, inner
