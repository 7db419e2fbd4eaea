"""A text as a reader sees it: escapes undone, what is invisible left out, all scripts' signs plain.

Tool results and arguments are JSON inside a text, sometimes inside JSON again. There a line ends
with a backslash and a letter, and a letter before a number hides it. An escape is undone however
many backslashes stand before it, so that no depth hides anything. Every step reads the text once.

Sources: RFC 8259 section 7 (escapes), HTML 13.5 (character references), RFC 3986 section 2.1.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

LAST_DIGIT: Final = 0x1FBF9
"""No character beyond it is a decimal digit (Unicode 16)."""

_ESCAPE: Final = re.compile(r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[bfnrtv])")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REFERENCE: Final = re.compile(
    r"&(?:amp;){0,4}(?:#(\d{2,7});|#[xX]([0-9a-fA-F]{2,6});|([A-Za-z]{3,6});)"
    r"|%(?:25){0,2}([2-7][0-9a-fA-F]|0[9aAdD])"
)
_NAMED: Final = (
    {"nbsp": " ", "ensp": " ", "emsp": " ", "thinsp": " "}
    | {"ndash": "-", "mdash": "-", "dash": "-", "hyphen": "-", "minus": "-"}
    | {"shy": "", "zwj": "", "zwnj": ""}
    | {"quot": '"', "apos": "'", "lt": "<", "gt": ">"}
)
_DOTS: Final = "\u00b7\u2022\u2027\u2219\u22c5\u30fb"
_FILLERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
_SELECTORS: Final = (*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000))
_INVISIBLE: Final = frozenset({"Cf", "Me"})
_SPACES: Final = frozenset({"Zs", "Zl", "Zp"})
_RAISED: Final = frozenset({"<super>", "<sub>"})


def plain(text: str) -> str:
    """`text` in the characters that identifiers are written with; it may get shorter or longer."""
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
        if _SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "&" in text or "%" in text:
        text = _REFERENCE.sub(_referred, text)
    return text if text.isascii() else text.translate(_table())


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return "\n" if code is None else chr(int(code, 16))


def _referred(found: re.Match[str]) -> str:
    decimal, hexadecimal, name, octet = found.groups()
    if name is not None:
        return _NAMED.get(name, found[0])
    code = int(decimal) if decimal is not None else int(hexadecimal or octet, 16)
    return chr(code) if code <= 0x10FFFF else found[0]  # noqa: PLR2004 - the last character there is


@cache
def _table() -> dict[int, str]:
    """What stands for a character that is not of ASCII, where something does."""
    read = ((code, _read(chr(code))) for code in (*range(128, LAST_DIGIT + 1), *_SELECTORS))
    return {code: said for code, said in read if said is not None}


def _read(char: str) -> str | None:
    """How `char` is read by whoever looks for identifiers; None: as it is.

    Raised and lowered digits end a number (most are the marks of footnotes) and are no part of it.
    """
    kind = unicodedata.category(char)
    if kind in _INVISIBLE or char in _FILLERS or ord(char) in _SELECTORS:
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if kind in _SPACES:
        return " "
    if kind == "Pd" or char == "\u2212":
        return "-"
    if char in _DOTS:
        return "."
    if unicodedata.decomposition(char).partition(" ")[0] in _RAISED:
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return folded if folded.isascii() else None
