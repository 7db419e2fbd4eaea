"""How text becomes a number, a truth value, a day or an instant; see `values` on converters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Final

from pydantic import PlainValidator, WithJsonSchema

from policy_router.language.grammar.forms import COUNT, LONGEST_NUMBER
from policy_router.language.grammar.refusals import described, refusal, wrong
from policy_router.language.scalars import Kind, yaml_1_1
from policy_router.language.text import quoted

_WHOLE: Final = re.compile(rf"-?(?:{COUNT})")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SINCE: Final = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?")
_CLOCK: Final = re.compile(r"[0-9]{2}:[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DAY_OR_INSTANT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
)


def decimal(value: object) -> Decimal:
    """An exact number, written in digits."""
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER and _NUMBER.fullmatch(value):
        return _exact(str(value))
    raise wrong("a number", value, "write it in digits, such as `1.10`")


@lru_cache(maxsize=4096)
def _exact(text: str) -> Decimal:
    return Decimal(text)


def _amount(value: object) -> Decimal:
    number = decimal(value)
    if number < 0:
        raise refusal("SCH105", f"negative amount {described(value)}", "use zero or more")
    return number


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) <= LONGEST_NUMBER and _WHOLE.fullmatch(value):
        number = int(value)
    else:
        raise wrong("a whole number", value, "write it in digits, such as `200000`")
    if number < 0:
        raise refusal("SCH105", f"negative number {described(value)}", "use zero or more")
    return number


def _whole(value: object) -> Decimal:
    return Decimal(_count(value))


def flag(value: object) -> bool:
    """A truth value; what only some programs read as one is not."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    meant = yaml_1_1(value) if isinstance(value, str) else None
    is_word = meant is not None and meant.kind is Kind.BOOLEAN
    raise wrong("`true` or `false`", value, f"write `{meant}`" if is_word else None)


def day(value: object) -> date:
    """A day of the calendar."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise wrong("a day", value, "write `2026-11-22`")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise refusal("SCH106", f"{quoted(value)} is no day of the calendar") from error


@lru_cache(maxsize=4096)
def start_of(value: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime.combine(value, time(), UTC)


def _end_of(value: date) -> datetime:
    """The first instant after a UTC day."""
    if value == date.max:
        raise refusal("SCH105", f"day `{value}` is too late", "leave out an end that never comes")
    return start_of(value + timedelta(days=1))


def instant(value: object) -> datetime:
    """An instant with its zone, in UTC."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise wrong("an instant", value, "write `2026-11-22T12:00:00Z`")
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise refusal("SCH106", f"{quoted(value)} is no instant of the calendar") from error
    if parsed.tzinfo is None:
        raise refusal("SCH106", f"instant {quoted(value)} has no zone", "add `Z` for UTC")
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise refusal("SCH106", f"{quoted(value)} is no instant of the calendar") from error


def _start(value: object) -> datetime:
    return instant(value) if _has_time(value) else start_of(day(value))


def _end(value: object) -> datetime:
    return instant(value) if _has_time(value) else _end_of(day(value))


def _has_time(value: object) -> bool:
    return isinstance(value, str) and "T" in value


def _since(value: object) -> str:
    if not isinstance(value, str) or not _SINCE.fullmatch(value):
        raise wrong("a year, a month or a day", value, "write `2026`, `2026-11` or `2026-11-22`")
    if len(value) == len("2026-11-22"):
        day(value)
    return str(value)


def _clock(value: object) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise wrong("a time of day", value, 'write `"16:30"`, in quotes')
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise refusal("SCH106", f"{quoted(value)} is no time of day") from error


_COUNT_SCHEMA: Final = WithJsonSchema({"type": "integer", "minimum": 0})
_INSTANT_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": _DAY_OR_INSTANT})

Number = Annotated[Decimal, PlainValidator(decimal), WithJsonSchema({"type": "number"})]
Amount = Annotated[
    Decimal, PlainValidator(_amount), WithJsonSchema({"type": "number", "minimum": 0})
]
Count = Annotated[int, PlainValidator(_count), _COUNT_SCHEMA]
Days = Annotated[Decimal, PlainValidator(_whole), _COUNT_SCHEMA]
Flag = Annotated[bool, PlainValidator(flag), WithJsonSchema({"type": "boolean"})]
Day = Annotated[date, PlainValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[
    datetime, PlainValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Start = Annotated[datetime, PlainValidator(_start), _INSTANT_SCHEMA]
"""`from`: an instant, or the start of a UTC day."""
End = Annotated[datetime, PlainValidator(_end), _INSTANT_SCHEMA]
"""`until`: an instant that is not included, or a UTC day that is included whole."""
Clock = Annotated[
    time,
    PlainValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"}),
]
Since = Annotated[
    str,
    PlainValidator(_since),
    WithJsonSchema({"type": ["string", "integer"], "pattern": f"^{_SINCE.pattern}$"}),
]
"""A year, a month or a day, as precise as its source."""
