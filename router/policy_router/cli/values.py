"""Kinds of values on the command line: names, instants, labels, ids that exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Final

import click
from click.shell_completion import CompletionItem

from policy_router.service.pdp import utc_now

EXAMPLE_INSTANT: Final = "2026-11-22T12:00:00Z"
_MOST_DIGITS: Final = 4


class Names(click.ParamType[tuple[str, ...]]):
    """Names, separated by commas; `known` completes them, the documents judge them."""

    name = "names"

    def __init__(self, known: Callable[[], Iterable[str]] = tuple) -> None:
        self._known = known

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names in `value`, without blanks around them."""
        del param, ctx
        if isinstance(value, tuple):
            return value
        return tuple(part for name in str(value).split(",") if (part := name.strip()))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names that go on from the last one."""
        del ctx, param
        before, comma, last = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{name}")
            for name in self._known()
            if name.startswith(last)
        ]


class Name(click.ParamType[str]):
    """One name; `known` completes it, the documents judge it."""

    name = "name"

    def __init__(self, known: Callable[[], Iterable[str]] = tuple) -> None:
        self._known = known

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names that begin so."""
        del ctx, param
        return [CompletionItem(name) for name in self._known() if name.startswith(incomplete)]


class Code(click.ParamType[str]):
    """One of the `codes` that are published; any other is misuse."""

    name = "code"

    def __init__(self, codes: Sequence[str]) -> None:
        self._codes = codes

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The code itself."""
        if value not in self._codes:
            near = get_close_matches(str(value), self._codes, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else ";"
            every = ", ".join(self._codes)
            self.fail(f"`{value}` is no published code{meant} there are {every}", param, ctx)
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Codes that begin so."""
        del ctx, param
        return [CompletionItem(code) for code in self._codes if code.startswith(incomplete)]


class Instant(click.ParamType[datetime]):
    """An instant with a zone (RFC 3339), as UTC."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The instant that `value` writes; a date alone says no instant."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None or "T" not in str(value).upper():
            advice = f"write date, time and zone, such as {EXAMPLE_INSTANT}"
            self.fail(f"`{value}` is not an instant; {advice}", param, ctx)
        return instant.astimezone(UTC)


class Past(Instant):
    """An instant with a zone, or how many days ago it was, as `7d`."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The instant that `value` writes; fails for a span that no calendar holds."""
        text = str(value)
        digits = text.removesuffix("d")
        if digits == text or not (digits.isascii() and digits.isdigit()):
            return super().convert(value, param, ctx)
        try:
            return self._now() - Days().convert(value, param, ctx)
        except OverflowError:
            self.fail(f"`{value}` is longer ago than there are days", param, ctx)


class Day(click.ParamType[date]):
    """A day of the calendar, as `2026-11-22`."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day that `value` writes."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"`{value}` is no day; write 2026-11-22", param, ctx)


class Days(click.ParamType[timedelta]):
    """A number of days, as `30d`."""

    name = "days"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The span of time that `value` writes."""
        if isinstance(value, timedelta):
            return value
        digits = str(value).removesuffix("d")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
            self.fail(f"`{value}` is no number of days; write 30d", param, ctx)
        return timedelta(days=int(digits))


class Label(click.ParamType[tuple[str, str]]):
    """A label, as `key=value`."""

    name = "key=value"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Key and value."""
        if isinstance(value, tuple):
            return value
        key, sign, text = str(value).partition("=")
        if not (key and sign and text):
            self.fail(f"`{value}` is not a label; write key=value", param, ctx)
        return key, text
