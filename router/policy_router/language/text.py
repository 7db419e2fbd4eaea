"""Bytes of a file as text, and places in it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from policy_router.domain.diagnostic import Diagnostic, Severity, Span


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold; beyond it, it is refused and not read on."""

    file_bytes: int = 8 * 1024 * 1024
    depth: int = 64
    nodes: int = 500_000
    problems: int = 1_000


DEFAULT_LIMITS: Final = Limits()

FORBIDDEN: Final = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u2028\u2029"  # line breaks to YAML 1.1 only
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they change the direction of text
    "\ud800-\udfff\ufeff\ufffe\uffff"  # halves of characters, byte order marks, no characters
    "]"
)

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_LONGEST_QUOTE: Final = 60
_UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(
    file: str, data: bytes, limits: Limits = DEFAULT_LIMITS
) -> tuple[str | None, list[Diagnostic]]:
    """Text of `data`, or None when it cannot be parsed, with every problem found so far."""
    if len(data) > limits.file_bytes:
        return None, [too_large(file, len(data), limits.file_bytes)]
    body = data.removeprefix(codecs.BOM_UTF8)
    problems = [] if body is data else [_byte_order_mark(file)]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [*problems, _not_utf_8(file, data, len(data) - len(body) + error.start)]
    forbidden = _forbidden_characters(file, text)
    return (None if forbidden else text), problems + forbidden


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column, counted from 1 in characters, of `index` in `text`."""
    breaks = text.count("\n", 0, index) + text.count("\r", 0, index)
    line_start = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    return breaks - text.count("\r\n", 0, index) + 1, index - line_start + 1


def split_lines(text: str) -> list[str]:
    """Lines of `text` as `place` counts them, without their breaks."""
    return _LINE_BREAK.split(text)


def quoted(text: str) -> str:
    """`text` as a message shows it: in backticks, shortened when long."""
    shown = text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
    return f"`{shown}`"


def character_name(character: str) -> str:
    """Code point of `character`, with its Unicode name where it has one."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def too_large(file: str, size: int, limit: int) -> Diagnostic:
    """The error that a file has more than `limit` bytes."""
    message = f"file of {size:,} bytes is larger than the {limit:,} that are read"
    return _error("DOC001", message, Span(file, 1, 1, 1), "split the file")


def _not_utf_8(file: str, data: bytes, offset: int) -> Diagnostic:
    utf_16 = data.startswith(_UTF_16_MARKS)
    advice = "save the file as UTF-8" + ("; it looks like UTF-16" if utf_16 else "")
    before = data[:offset].decode("utf-8-sig")
    line, column = place(before, len(before))
    message = f"not UTF-8: byte 0x{data[offset]:02X} at offset {offset}"
    return _error("DOC002", message, Span(file, line, column, column + 1), advice)


def _byte_order_mark(file: str) -> Diagnostic:
    message = "file starts with a byte order mark"
    return _error("DOC003", message, Span(file, 1, 1, 1), "save it as UTF-8 without one")


def _forbidden_characters(file: str, text: str) -> list[Diagnostic]:
    """The first place of each character that may not appear."""
    if not FORBIDDEN.search(text):
        return []
    found = FORBIDDEN.findall("".join(sorted(set(text))))
    return [_forbidden_character(file, text, text.index(character)) for character in found]


def _forbidden_character(file: str, text: str, index: int) -> Diagnostic:
    line, column = place(text, index)
    message = f"character {character_name(text[index])} may not appear in a document"
    return _error("DOC004", message, Span(file, line, column, column + 1), "delete it")


def _error(code: str, message: str, span: Span, advice: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, span, advice)
