"""Digits, gaps and signs of all scripts in the characters that identifiers are written with."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

LAST_DIGIT: Final = 0x1FBF9
"""No character beyond it is a decimal digit (Unicode 16)."""

_SPACES: Final = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SIGNS: Final = {"\uff20": "@", "\uff0b": "+", "\uff0e": ".", "\uff0f": "/"}


def plain(text: str) -> str:
    """`text` with every such character replaced; each stays in its place."""
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    codes = range(128, LAST_DIGIT + 1)
    digits = {c: str(unicodedata.decimal(chr(c))) for c in codes if chr(c).isdecimal()}
    spaces = dict.fromkeys(map(ord, _SPACES), " ")
    dashes = dict.fromkeys(map(ord, _DASHES), "-")
    return digits | spaces | dashes | {ord(c): sign for c, sign in _SIGNS.items()}
