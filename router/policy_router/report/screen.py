"""What a report is shown on, and words fitted to it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_ESCAPES: Final = re.compile("\x1b\\[[0-9;]*m")
_RESET: Final = "\x1b[0m"


class Style(StrEnum):
    """How words stand out where colours are shown; the words alone always say the same."""

    BOLD = "\x1b[1m"
    DIM = "\x1b[2m"
    GOOD = "\x1b[1;32m"
    BAD = "\x1b[1;31m"
    OPEN = "\x1b[1;33m"


@dataclass(frozen=True, slots=True)
class Screen:
    """Columns that fit on a line, and whether colours and characters beyond ASCII are shown.

    `person`: somebody looks at it; where nobody does, lines are plain and nothing is cut.
    """

    width: int = 100
    colour: bool = False
    unicode: bool = False
    person: bool = False

    def styled(self, text: str, style: Style) -> str:
        """`text` in `style`, if this screen shows colours."""
        return f"{style.value}{text}{_RESET}" if self.colour and text else text

    def bold(self, text: str) -> str:
        """`text` that stands out, if this screen shows colours."""
        return self.styled(text, Style.BOLD)

    def dim(self, text: str) -> str:
        """`text` that stands back, if this screen shows colours."""
        return self.styled(text, Style.DIM)

    @property
    def arrow(self) -> str:
        """An arrow to the right."""
        return "→" if self.unicode else "->"

    @property
    def bullet(self) -> str:
        """What stands in front of a point of a list."""
        return "•" if self.unicode else "-"

    @property
    def line(self) -> str:
        """One column of a horizontal line."""
        return "─" if self.unicode else "-"

    def wrapped(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """`text` as lines that fit, the first after `first`, further ones after `rest`.

        `rest` defaults to as many blanks as `first` is long.
        """
        hanging = " " * len(unstyled(first)) if rest is None else rest
        lines = textwrap.wrap(
            text,
            max(20, self.width - max(len(unstyled(first)), len(hanging))),
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [(hanging if n else first) + line for n, line in enumerate(lines or [""])]

    def listed(self, points: Iterable[str], indent: str = "  ") -> list[str]:
        """`points` as a list with a bullet in front of each."""
        return [line for point in points for line in self.wrapped(point, f"{indent}{self.bullet} ")]


def unstyled(text: str) -> str:
    """`text` without colours."""
    return _ESCAPES.sub("", text)


def clipped(lines: list[str], most: int, screen: Screen) -> list[str]:
    """At most `most` lines where a person looks; the last says that there was more."""
    if not screen.person or len(lines) <= most:
        return lines
    more = "…" if screen.unicode else "..."
    last = lines[most - 1]
    room = screen.width - len(more) - 1
    kept = last if len(last) <= room else last[:room].rsplit(" ", 1)[0]
    return [*lines[: most - 1], f"{kept.rstrip(' ,;:(')} {more}"]
