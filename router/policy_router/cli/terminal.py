"""What the output goes to, and writing to it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from typing import Final, TextIO

import click

from policy_router.report.screen import Screen

_PIPED_WIDTH: Final = 100
_WIDEST: Final = 120
_NARROWEST: Final = 40
_PROGRESS_STEP: Final = 10


def screen() -> Screen:
    """The screen behind standard output; plain and 100 columns wide where nobody looks.

    `NO_COLOR` set to anything switches colours off (no-color.org).
    """
    if not sys.stdout.isatty():
        return Screen(_PIPED_WIDTH)
    columns = shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns
    width = max(_NARROWEST, min(columns, _WIDEST))
    return Screen(width, colour_on(sys.stdout), _shows_unicode(sys.stdout), person=True)


def colour_on(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that shows colours and its user wants them."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return stream.isatty() and wanted


def _shows_unicode(stream: TextIO) -> bool:
    encoding = (stream.encoding or "").lower().replace("-", "")
    return encoding.startswith("utf") and os.environ.get("TERM") not in {"dumb", "linux"}


def progress_line(verb: str) -> Callable[[int, int], None]:
    """Shows on standard error how far a long run is; nothing where that is no terminal."""

    def show(done: int, of_all: int) -> None:
        if not sys.stderr.isatty():
            return
        at_end = done == of_all
        text = "\r\x1b[K" if at_end else f"\r{verb} {done:,} of {of_all:,}"
        if at_end or done % _PROGRESS_STEP == 1:
            click.echo(text, err=True, nl=False)

    return show


def counting_line(verb: str) -> Callable[[int], None]:
    """The same for a run of which nobody knows how long it is."""

    def show(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{verb} {done:,} \r", err=True, nl=False)

    return show


def emit(lines: Iterable[str]) -> None:
    """Write lines to standard output; what its encoding lacks is written as an escape."""
    text = "\n".join(lines)
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding))
