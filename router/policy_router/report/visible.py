"""Text of documents, made safe to show: nothing in it can act on a terminal."""

from __future__ import annotations

import unicodedata
from typing import Final

_INVISIBLE: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_TAB: Final = "    "


def escaped(text: str) -> str:
    """`text` with its tabs as spaces and everything else that has no shape as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def width(text: str) -> int:
    """Columns of a terminal that `text` takes up."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return _TAB
    invisible = unicodedata.category(character) in _INVISIBLE
    return f"\\u{{{ord(character):x}}}" if invisible else character


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
