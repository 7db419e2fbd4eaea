"""Tables: aligned where they are read, and as CSV and Markdown where they are passed on."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from policy_router.report.screen import Screen, unstyled
from policy_router.report.visible import escaped, width

_GAP: Final = "  "
_NARROWEST: Final = 11
"""No column is made narrower than this, if its cells are wider, or than a word of its title."""
_ADDRESS: Final = "://"
_NAME: Final = re.compile(r"[A-Za-z0-9][^\s:/`]*[:/][^\s`]*[A-Za-z0-9]")
"""Two parts of a name; a name that is broken over lines cannot be copied, nor searched for."""
_BREAKABLE: Final = re.compile(r"[^-]+-*|-+")
"""The parts of a word: a line may be broken behind a hyphen."""
_LOOKED_AT: Final = 100
"""Rows by which the widths of columns are compared: those of a long table look much alike."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its title. `fits`: it may be made narrower, its words then wrap.

    `alike`: one of several that say the same of different things. Its title may be broken at
    hyphens, and where the screen is full it stands below, in a further table.
    """

    title: str
    right: bool = False
    fits: bool = False
    alike: bool = False


Row = Sequence[str]


def table(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> list[str]:
    """Lines of a table that fits the screen, its titles underlined where a person looks."""
    lines: list[str] = []
    for part in _parts(columns, rows, screen.width):
        lines += [""] if lines else []
        lines += _one([columns[n] for n in part], [[r[n] for n in part] for r in rows], screen)
    return lines


def _one(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> list[str]:
    titles = [column.title for column in columns]
    widths = _widths(columns, rows, screen.width)
    lines = [screen.bold(line) for line in _lines(columns, titles, widths)]
    if screen.person:
        lines.append(screen.dim(_GAP.join(screen.line * w for w in widths)))
    return lines + [line for row in rows for line in _lines(columns, row, widths)]


def _widths(columns: Sequence[Column], rows: Sequence[Row], available: int) -> list[int]:
    """How wide each column is: of the ways to fit them the one that takes the fewest lines.

    The ways differ in how many lines the titles may take; of equal ones it is that of the fewest.
    A name that stands above its row counts as one line more: there it is harder to find.
    """
    titles = [column.title for column in columns]
    widths = [max(width(unstyled(row[n])) for row in (titles, *rows)) for n in range(len(columns))]
    least = _least(columns, rows)
    if _total(widths) <= available or _total(least) > available:
        return _fitted(widths, least, available)
    ways = []
    for most in range(1, max(map(len, map(_cell_lines, titles, least))) + 1):
        needed = [_wide_enough(title, n, most) for title, n in zip(titles, least, strict=True)]
        if _total(needed) <= available:
            ways.append(_narrowed(widths, needed, rows, available))
    return min(ways, key=lambda way: _height(columns, (titles, *rows[:_LOOKED_AT]), way))


def _narrowed(
    widths: Sequence[int], least: Sequence[int], rows: Sequence[Row], available: int
) -> list[int]:
    """Widths that fit: no name and no word is broken for it, else no word, else as it comes."""
    words, names = _longest(rows, least, _words), _longest(rows, least, _naming)
    whole = list(map(max, words, names))
    for needed in (whole, words, least):
        widths = _fitted(widths, needed, available)
    return list(widths)


def _longest(
    rows: Sequence[Row], least: Sequence[int], parts: Callable[[str], Iterable[str]]
) -> list[int]:
    """How wide each column must be, and at least, so that none of these parts is broken."""
    return [
        max([of, *(width(part) for row in rows for part in parts(row[n]))])
        for n, of in enumerate(least)
    ]


def _words(cell: str) -> list[str]:
    """What a line of a cell can be broken between; addresses and names are never broken."""
    words = (w for w in unstyled(cell).split() if _ADDRESS not in w and w not in _naming(w))
    return [part for word in words for part in _BREAKABLE.findall(word)]


def _wide_enough(title: str, least: int, most: int) -> int:
    """How wide a column must be, and `least`, for its title to take `most` lines."""
    widths = range(least, max(least, width(title)) + 1)
    return next(w for w in widths if len(_cell_lines(title, w)) <= most)


def _height(columns: Sequence[Column], rows: Sequence[Row], widths: Sequence[int]) -> int:
    above = sum(
        _stands_above(n, cell, of)
        for row in rows
        for n, (cell, of) in enumerate(zip(row[:-1], widths, strict=False))
    )
    return above + sum(len(_lines(columns, row, widths)) for row in rows)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _parts(columns: Sequence[Column], rows: Sequence[Row], available: int) -> list[list[int]]:
    """The columns of each table, by number: all in one, unless those that are alike do not fit.

    Then as few tables as they take, each with about as many of them.
    """
    least = _least(columns, rows)
    ever = [n for n, column in enumerate(columns) if not column.alike]
    alike = [n for n, column in enumerate(columns) if column.alike]
    for size in range(len(alike), 1, -1):
        count = -(-len(alike) // size)
        even = -(-len(alike) // count)
        parts = [sorted([*ever, *alike[n : n + even]]) for n in range(0, len(alike), even)]
        if all(sum(least[n] + len(_GAP) for n in p) - len(_GAP) <= available for p in parts):
            return parts
    return [sorted([*ever, n]) for n in alike] or [ever]


def _least(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    """How narrow each column may be made."""
    least: list[int] = []
    for n, column in enumerate(columns):
        said = max((width(unstyled(row[n])) for row in rows), default=0)
        breaks = column.alike and not _names(column.title)
        title = column.title.replace("-", "- ") if breaks else column.title
        words = max(map(width, ["", *title.split()]))
        full = max(said, width(column.title))
        if column.fits:
            least.append(min(full, max(min(_NARROWEST, said), words)))
        else:
            least.append(max(said, words) if column.alike else full)
    return least


def _names(cell: str) -> list[str]:
    """The names of routes, models and rules in a cell."""
    return [word.strip("`,;") for word in _naming(cell)]


def _naming(cell: str) -> list[str]:
    """The words of a cell that name one, as they stand there."""
    return [w for w in unstyled(cell).split() if _NAME.fullmatch(w.strip("`,;"))]


def _fitted(widths: Sequence[int], least: Sequence[int], available: int) -> list[int]:
    """Widths that fit, taken from the widest columns that may be narrower; `least`: how narrow."""
    fitted = list(widths)
    surplus = _total(fitted) - available
    while surplus > 0:
        wide = [n for n in range(len(fitted)) if fitted[n] > least[n]]
        if not wide:
            break
        fitted[max(wide, key=lambda n: fitted[n])] -= 1
        surplus -= 1
    return fitted


def _lines(columns: Sequence[Column], row: Row, widths: Sequence[int]) -> list[str]:
    """One row; a cell that is too wide for its column goes on in the next line.

    A name that is too wide stands in a line of its own, above the rest of the row, with all that
    stands beside it in the first column; in the last column below the rest, and as far to the left
    as it needs.
    """
    lines: list[str] = []
    of_all = _total(widths)
    for n, cell in enumerate(row[:-1]):
        if _stands_above(n, cell, widths[n]):
            left = sum(w + len(_GAP) for w in widths[:n])
            indent = " " * max(0, min(left, of_all - width(unstyled(cell))))
            lines += [indent + line for line in _cell_lines(cell, of_all)]
            row = [*row[:n], "", *row[n + 1 :]]
    found = [_cell_lines(cell, w) for cell, w in zip(row, widths, strict=True)]
    *others, last = found
    cells = [_below(last, widths[-1], max(map(len, others), default=0))]
    for parts, available in zip(reversed(others), reversed(widths[:-1]), strict=True):
        cells.insert(0, _below(parts, available, max(map(len, cells))))
    return lines + [_joined(columns, p, widths) for p in zip_longest(*cells, fillvalue="")]


def _stands_above(number: int, cell: str, available: int) -> bool:
    """Whether a cell has a name that is too wide, and nothing else or the first place."""
    wide = any(width(word) > available for word in _naming(cell))
    return wide and (number == 0 or _names(cell) == [cell])


def _joined(columns: Sequence[Column], parts: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        _padded(part, w, right=column.right)
        for part, w, column in zip(parts, widths, columns, strict=True)
    ]
    line = _GAP.join(padded).rstrip()
    too_wide = width(unstyled(line)) - _total(widths)
    blanks = len(line) - len(line.lstrip())
    return line[min(blanks, too_wide) :] if too_wide > 0 else line


def _cell_lines(cell: str, available: int) -> list[str]:
    """The lines of a cell. An address or a name is never broken: half of it is another one."""
    if width(unstyled(cell)) <= available:
        return [cell]
    if _ADDRESS in cell or _names(cell):
        return textwrap.wrap(cell, available, break_long_words=False, break_on_hyphens=False)
    long_word = max(map(width, unstyled(cell).split()), default=0) > available
    return textwrap.wrap(cell, available, break_on_hyphens=long_word) or [""]


def _below(lines: Sequence[str], available: int, taken: int) -> list[str]:
    """Lines of a cell, one that is too wide only where nothing stands to the right of it.

    `taken`: how many lines the cells to the right have.
    """
    found: list[str] = []
    for line in lines:
        if width(unstyled(line)) > available:
            found += [""] * (taken - len(found))
        found.append(line)
    return found


def _padded(cell: str, available: int, *, right: bool) -> str:
    blanks = " " * max(0, available - width(unstyled(cell)))
    return blanks + cell if right else cell + blanks


def csv_table(titles: Row, rows: Sequence[Row]) -> str:
    """The table as CSV (RFC 4180, lines end with a line feed), safe for spreadsheets.

    A cell that a spreadsheet would take for a formula starts with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([harmless(cell) for cell in row] for row in (titles, *rows))
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula and no terminal for a command."""
    return f"'{escaped(cell)}" if cell.startswith(_FORMULA) else escaped(cell)


def markdown_table(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """Lines of the table in Markdown, its text taken literally."""
    rule = ["---:" if column.right else "---" for column in columns]
    titles = [column.title for column in columns]
    return [_markdown_row(row) for row in (titles, rule)] + [
        _markdown_row([literal(cell) for cell in row]) for row in rows
    ]


def _markdown_row(cells: Row) -> str:
    return f"| {' | '.join(cells)} |"


def prose(text: str) -> str:
    """Sentences of ours for Markdown: as `literal`, names without their backticks."""
    return literal(text.replace("`", ""))


def literal(text: str) -> str:
    """`text` for Markdown, so that nothing in it is markup, a link or raw HTML."""
    shown = escaped(text)
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#~!" else c for c in shown)
