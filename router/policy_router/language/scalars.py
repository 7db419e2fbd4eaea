"""What a scalar without quotes denotes, in YAML 1.1 and in YAML 1.2.

Sources: the language-independent types for YAML 1.1 (yaml.org/type: null, bool, int, float,
merge, value) and section 10.3 of YAML 1.2.2 (core schema). The fraction of a YAML 1.1 float is
read as digits and `_`: its published pattern also admits further dots, but gives them no value.
YAML 1.1 timestamps are left out on purpose: they denote the day or instant that their text shows
in YAML 1.2 as well.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, assert_never

LONGEST_NUMBER: Final = 64
"""Characters of a number; a longer one is `BOUNDLESS`."""

NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE: Final = frozenset(("true", "True", "TRUE"))
_FALSE: Final = frozenset(("false", "False", "FALSE"))
_TRUE_1_1: Final = _TRUE | {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}
_FALSE_1_1: Final = _FALSE | {"n", "N", "no", "No", "NO", "off", "Off", "OFF"}
_INDICATORS_1_1: Final = frozenset(("=", "<<"))
_WORDS_1_1: Final = (_TRUE_1_1 | _FALSE_1_1 | _INDICATORS_1_1) - _TRUE - _FALSE
"""Words that YAML 1.2 reads as text."""

_NUMBER_STARTS: Final = frozenset("-+.0123456789")
_ALIKE: Final = re.compile(r"(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?|[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""What most numbers and dates look like; both versions read these alike."""

_INFINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WIDE_EXPONENT: Final = re.compile(r"[eE][-+]?[0-9]{3}")

_INT: Final = r"[-+]?[0-9]+"
_PREFIXED: Final = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT: Final = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_WHOLE_1_2: Final = re.compile(f"{_INT}|{_PREFIXED}")
_NUMBER_1_2: Final = re.compile(f"{_FLOAT}|{_PREFIXED}")

_BINARY_1_1: Final = r"[-+]?0b[01_]+"
_OCTAL_1_1: Final = r"[-+]?0[0-7_]+"
_HEX_1_1: Final = r"[-+]?0x[0-9a-fA-F_]+"
_DECIMAL_1_1: Final = r"[-+]?(?:0|[1-9][0-9_]*)"
_FLOAT_1_1: Final = r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?"
_SIXTIES_1_1: Final = (
    r"[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)"
)
_BASED_1_1: Final = re.compile(f"(?P<b2>{_BINARY_1_1})|(?P<b8>{_OCTAL_1_1})|(?P<b16>{_HEX_1_1})")
_NUMBER_1_1: Final = re.compile(
    f"{_DECIMAL_1_1}|{_FLOAT_1_1}|{_SIXTIES_1_1}|{_BINARY_1_1}|{_OCTAL_1_1}|{_HEX_1_1}"
)


class Kind(StrEnum):
    """What sort of thing a scalar denotes."""

    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    BOUNDLESS = "boundless"
    TEXT = "text"
    INDICATOR = "indicator"


class Reading(NamedTuple):
    """A scalar as one version of YAML reads it.

    `value` is None for null, the truth value, the exact number, and the scalar's own text for
    the rest: text, `BOUNDLESS` (infinite, not a number or too long a number) and `INDICATOR` (a
    sign to the reader, not a value).
    """

    kind: Kind
    value: Decimal | bool | str | None

    def __str__(self) -> str:
        """The reading in words, for the middle of a message."""
        match self.kind:
            case Kind.NULL:
                return "null"
            case Kind.BOOLEAN:
                return "true" if self.value else "false"
            case Kind.NUMBER:
                return f"the number {self.value:f}"
            case Kind.BOUNDLESS:
                return "a number out of range"
            case Kind.TEXT:
                return "text"
            case Kind.INDICATOR:
                return "a sign to the reader"
            case _:
                assert_never(self.kind)


def yaml_1_1(text: str) -> Reading:
    """Plain scalar `text` as YAML 1.1 reads it, timestamps as text."""
    if text in NULLS:
        return Reading(Kind.NULL, None)
    if text in _TRUE_1_1 or text in _FALSE_1_1:
        return Reading(Kind.BOOLEAN, text in _TRUE_1_1)
    if text in _INDICATORS_1_1:
        return Reading(Kind.INDICATOR, text)
    if not _NUMBER_1_1.fullmatch(text):
        return _no_number(text)
    return Reading(Kind.BOUNDLESS, text) if _is_too_long(text) else _number_1_1(text)


def yaml_1_2(text: str) -> Reading:
    """Plain scalar `text` as the core schema of YAML 1.2 reads it."""
    if text in NULLS:
        return Reading(Kind.NULL, None)
    if text in _TRUE or text in _FALSE:
        return Reading(Kind.BOOLEAN, text in _TRUE)
    if not _NUMBER_1_2.fullmatch(text):
        return _no_number(text)
    return Reading(Kind.BOUNDLESS, text) if _is_too_long(text) else _number_1_2(text)


def readings(text: str) -> tuple[Reading, Reading] | None:
    """What YAML 1.1 and YAML 1.2 read plain scalar `text` as; None when it needs no second look.

    Without a second look: both read the same, and something other than a boundless number.
    """
    if text not in _WORDS_1_1 and (text[:1] not in _NUMBER_STARTS or _ALIKE.fullmatch(text)):
        return None
    old, new = yaml_1_1(text), yaml_1_2(text)
    alike = old == new and old.kind is not Kind.BOUNDLESS
    return None if alike else (old, new)


def core_value(text: str) -> Decimal | bool | int | str | None:
    """Plain scalar `text` as a JSON value, read by the core schema of YAML 1.2.

    Integers come as int, other numbers as exact Decimal. A boundless number stays text: a
    document that holds one has been refused.
    """
    value = yaml_1_2(text).value
    if isinstance(value, Decimal) and _WHOLE_1_2.fullmatch(text):
        return int(value)
    return value


def _no_number(text: str) -> Reading:
    return Reading(Kind.BOUNDLESS if _INFINITE.fullmatch(text) else Kind.TEXT, text)


def _is_too_long(text: str) -> bool:
    if len(text) > LONGEST_NUMBER:
        return True
    is_hexadecimal = text.lstrip("+-").startswith("0x")
    return not is_hexadecimal and _WIDE_EXPONENT.search(text) is not None


def _number_1_2(text: str) -> Reading:
    prefixed = text.startswith(("0o", "0x"))
    return Reading(Kind.NUMBER, Decimal(int(text, 0) if prefixed else text))


def _number_1_1(text: str) -> Reading:
    digits = text.replace("_", "")
    based = _BASED_1_1.fullmatch(text)
    if based:
        base = int((based.lastgroup or "").removeprefix("b"))
        return Reading(Kind.NUMBER, Decimal(_integer(digits, base)))
    return Reading(Kind.NUMBER, _sixties(digits) if ":" in digits else Decimal(digits))


def _integer(digits: str, base: int) -> int:
    sign = -1 if digits.startswith("-") else 1
    unsigned = digits.lstrip("+-").removeprefix("0b").removeprefix("0x")
    # `0x_` matches the published pattern, but has no digits left
    return sign * int(unsigned or "0", base)


def _sixties(digits: str) -> Decimal:
    # Decimal arithmetic would round to the context of the caller: whole numbers do not
    sign = "-" if digits.startswith("-") else ""
    whole, _, fraction = digits.lstrip("+-").partition(".")
    total = 0
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return Decimal(f"{sign}{total}.{fraction}")
