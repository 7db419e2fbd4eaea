"""Fields of a row: each of the type its format says, or the row is set aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import Any, Final

from policy_router.language.text import FORBIDDEN
from policy_router.registry.importers.drafts import Amounts
from policy_router.registry.importers.refusal import BadRow

Fields = Mapping[str, Any]
"""A JSON object."""

PER_MILLION: Final = Decimal(1_000_000)
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+~-]*")
_NUMERAL: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    _DAY.pattern
    + r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FORMULA: Final = ("=", "+", "-", "@")
_LONGEST_NAME: Final = 200
_DEAREST: Final = Decimal(100_000)
_MOST_TOKENS: Final = 1_000_000_000
_EXACT_DIGITS: Final = 120
_LONGEST_AMOUNT: Final = 40


def identifier(value: object, what: str) -> str:
    """A name that can be (part of) an id: ASCII, short, and of its characters only."""
    name: str = _typed(value, str, what, "text")
    _harmless(name, what)
    if not name.isascii():
        odd = next(c for c in name if not c.isascii())
        raise BadRow("IMP205", f"{what} holds {unicodedata.name(odd, 'a character').lower()}")
    is_path = any(part in {".", ".."} for part in name.split("/"))
    if len(name) > _LONGEST_NAME or not _ID.fullmatch(name) or is_path:
        raise BadRow("IMP206", f"{what} cannot be an id")
    return name


def title(fields: Fields, key: str) -> str | None:
    """A line for people, None if there is none."""
    stated = optional(fields, key, str, "text") or ""
    _harmless(stated, f"`{key}`")
    text = " ".join(stated.split())  # first, or a blank before it would hide a formula
    if not text:
        return None
    if text.startswith(_FORMULA):
        raise BadRow("IMP207", f"`{key}` starts like a formula")
    if len(text) > _LONGEST_NAME:
        raise BadRow("IMP206", f"`{key}` is longer than {_LONGEST_NAME} characters")
    return text


def _harmless(text: str, what: str) -> None:
    if FORBIDDEN.search(text):
        raise BadRow("IMP204", f"{what} holds a character that acts on its surroundings")


def part(fields: Fields, key: str) -> Fields:
    """The object under `key`; an empty one if there is none."""
    return optional(fields, key, dict, "an object") or {}


def listed(fields: Fields, key: str) -> list[Any] | None:
    """The list under `key`."""
    found: list[Any] | None = optional(fields, key, list, "a list")
    return found


def words(fields: Fields, key: str) -> frozenset[str] | None:
    """The names listed under `key`; None if nothing is."""
    found = listed(fields, key)
    return None if found is None else frozenset(identifier(w, f"`{key}`") for w in found)


def flag(fields: Fields, key: str) -> bool | None:
    """The truth value under `key`."""
    found: bool | None = optional(fields, key, bool, "a truth value")
    return found


def tokens(fields: Fields, key: str) -> int | None:
    """A number of tokens under `key`; a zero is no limit that a model can have."""
    found = fields.get(key)
    if isinstance(found, Decimal) and found == found.to_integral_value():
        found = int(found)
    if found is None:
        return None
    number: int = _typed(found, int, f"`{key}`", "a whole number")
    if number < 0:
        raise BadRow("IMP202", f"`{key}` is negative")
    if number > _MOST_TOKENS:
        raise BadRow("IMP203", f"`{key}` is more than {_MOST_TOKENS:,}")
    return number or None


def day(fields: Fields, key: str) -> date | None:
    """The day under `key`, of an instant its UTC day."""
    text = optional(fields, key, str, "text")
    if not text:
        return None
    try:
        return _utc_day(text)
    except (ValueError, OverflowError):
        raise BadRow("IMP209", f"`{key}` is not a day of the calendar") from None


def _utc_day(text: str) -> date:
    """The day that all of `text` says; an instant without an offset is read as UTC (RFC 3339).

    Raises `ValueError` or `OverflowError` for what is none.
    """
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo is None else instant.astimezone(UTC)).date()


def optional(fields: Fields, key: str, kind: type, named: str) -> Any:  # noqa: ANN401 - of `kind`
    """The value under `key`, None where it is null or missing; another type is refused."""
    found = fields.get(key)
    return None if found is None else _typed(found, kind, f"`{key}`", named)


def _typed(value: object, kind: type, what: str, named: str) -> Any:  # noqa: ANN401 - of `kind`
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadRow("IMP201", f"{what} is not {named}")
    return value


def amounts(fields: Fields, meters: Mapping[str, str], factor: Decimal) -> Amounts:
    """What the row says of each of `meters` (by field), times `factor`; see `Amounts`."""
    return tuple(
        (meter, None if fields[key] is None else amount(fields[key], f"`{key}`", factor))
        for key, meter in meters.items()
        if key in fields
    )


def amount(value: object, what: str, factor: Decimal = Decimal(1)) -> Decimal:
    """An exact amount: a number, or text that is one, times `factor`."""
    with localcontext(prec=_EXACT_DIGITS):
        found = _number(value, what) * factor
        if found < 0:
            raise BadRow("IMP202", f"{what} is negative")
        if found > _DEAREST:
            raise BadRow("IMP203", f"{what} is more than {_DEAREST:,} per million")
        found = _plain(found)
    if len(f"{found:f}") > _LONGEST_AMOUNT:
        raise BadRow("IMP203", f"{what} is more precise than any price")
    return found


def _number(value: object, what: str) -> Decimal:
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    raise BadRow("IMP201", f"{what} is not a number")


def _plain(number: Decimal) -> Decimal:
    """The same number without needless zeros or an exponent."""
    whole = number == number.to_integral_value()
    return number.quantize(Decimal(1)) if whole else number.normalize()
