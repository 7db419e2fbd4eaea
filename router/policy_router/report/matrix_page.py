"""What may go where on a page: the same parts in the same order on a screen and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_router.audit import groups
from policy_router.audit.in_use import First, Why
from policy_router.audit.leaving import Leaving
from policy_router.audit.matrix import Cell, Matrix, Standing
from policy_router.report import phrases
from policy_router.report.first_screen import (
    STANDINGS,
    first_rows,
    granted_note,
    note,
    note_and_more,
    standing_words,
)
from policy_router.report.grounds import Ends, ends_of, grounds_words
from policy_router.report.leaving import leaving_told
from policy_router.report.matrix import Group, cause, grouped, in_a_line, rests_on, sentences
from policy_router.report.screen import Screen
from policy_router.report.tables import Column, Row, markdown_table, prose, table
from policy_router.report.unsized import unsized_line
from policy_router.report.visible import escaped

_MOST_GROUPS: Final = 20
_MOST_FIRST: Final = 30
_MOST_ROUTES: Final = 3
_COUNTS: Final = (
    Column("Scenario"),
    Column("Permitted", right=True),
    Column("Refused", right=True),
    Column("Not known", right=True),
    Column("Permitted routes", fits=True),
)
_GROUPS: Final = (
    Column("Scenarios", fits=True),
    Column("Standing"),
    Column("Routes", right=True),
    Column("Because of", fits=True),
    Column("Such as"),
)
_CELLS: Final = (
    Column("Scenario"),
    Column("Route", fits=True),
    Column("Standing"),
    Column("Because of", fits=True),
)
_BY: Final = (
    Column("Scenarios", fits=True),
    Column("Routes", right=True),
    Column("By", fits=True),
    Column("Such as"),
)
_MORE_GROUPS: Final = "`--scenario`, `--route` and `--standing` choose, `--format csv` has all"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: what is said, then a table, then what of it is not shown."""

    title: str = ""
    before: tuple[str, ...] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    after: tuple[str, ...] = ()


def parts(
    found: Matrix,
    cells: Sequence[Cell],
    first: First,
    leaving: Sequence[Leaving],
    *,
    detail: bool,
) -> Iterator[Part]:
    """The page; `cells` are the ones to show, `detail` shows each by itself.

    What is gone or soon will be stands before all else. Then, where `first` was not chosen, what
    may go by it, before the counts of all; and only its reasons are grouped. Where no project says
    what is anybody's, it opens with that, and what was checked of all routes comes after.
    """
    if leaving:
        yield Part(before=tuple(leaving_told(leaving)))
    if first.why is not Why.ASKED_FIRST:
        yield Part(before=(" ".join(sentences(found)),))
    unsized = tuple(filter(None, [unsized_line(found.snapshot.registry, found.permitted)]))
    if note(first):
        columns, rows = first_rows(found, first)
        further = tuple(_further(len(rows) - _MOST_FIRST, "row", "`--route` chooses"))
        granted = tuple(filter(None, [granted_note(found, first)]))
        told = (*granted, *further)
        counts = [in_a_line(found)] if first.why is Why.ASKED_FIRST else []
        yield Part("", (note_and_more(first), *counts), columns, rows[:_MOST_FIRST], told)
    if first.why is Why.ASKED_FIRST:
        yield Part("All routes on file", (" ".join(sentences(found)), *unsized))
    else:
        yield Part("", (), _COUNTS, _count_rows(found), unsized)
    yield from _reasons(found, cells, first, detail=detail)
    yield Part("What this rests on", tuple(rests_on(found)))


def _reasons(found: Matrix, cells: Sequence[Cell], first: First, *, detail: bool) -> Iterator[Part]:
    firsts = frozenset(first.routes)
    shown = [c for c in cells if c.route in firsts]
    if detail:
        yield Part("Every route", (), _CELLS, _cell_rows(found, shown))
        return
    if first.why is Why.ASKED_FIRST:
        return
    if granted := _granted_rows(found, shown):
        yield Part("Permitted by exception or sign-off", (), _BY, granted)
    if refused := grouped(found, shown):
        further = tuple(_further(len(refused) - _MOST_GROUPS, "group", _MORE_GROUPS))
        yield Part("Why not", (), _GROUPS, _group_rows(refused[:_MOST_GROUPS]), further)


def matrix_lines(page: Iterable[Part], screen: Screen) -> Iterator[str]:
    """The page on a screen."""
    for number, part in enumerate(part for part in page if _says(part)):
        yield from [""] if number else []
        yield from [screen.bold(part.title)] if part.title else []
        for text in part.before:
            yield from screen.wrapped(text)
        yield from [""] if part.before and part.rows else []
        yield from table(part.columns, part.rows, screen) if part.rows else []
        for text in part.after:
            yield from screen.wrapped(text)


def matrix_markdown(page: Iterable[Part]) -> Iterator[str]:
    """The page in Markdown."""
    yield from ("# What may go where", "")
    for part in page:
        yield from (f"## {part.title}", "") if part.title else ()
        for text in part.before:
            yield from (prose(text), "")
        yield from (*markdown_table(part.columns, part.rows), "") if part.rows else ()
        for text in part.after:
            yield from (prose(text), "")


def _says(part: Part) -> bool:
    return bool(part.before or part.rows or part.after)


def routes_lines(found: Matrix, first: First, screen: Screen) -> Iterator[str]:
    """One request on each of the first routes, and why not."""
    told = (note(first),) if note(first) else ()
    unsized = tuple(filter(None, [unsized_line(found.snapshot.registry, found.permitted)]))
    rows = [row[1:] for row in _cell_rows(found, found.cells)]
    page = [Part("", told, _CELLS[1:], rows, unsized), Part(before=tuple(rests_on(found)))]
    yield from matrix_lines(page, screen)


def _further(hidden: int, what: str, advice: str) -> Iterator[str]:
    if hidden > 0:
        yield f"{phrases.counted(hidden, f'further {what}')}: {advice}"


def _count_rows(found: Matrix) -> list[Row]:
    return [
        (
            escaped(s.id),
            *(f"{len(found.of(s.id, standing)):,}" for standing in Standing),
            _some([c.route for c in found.of(s.id, Standing.PERMITTED)], len(found.routes)),
        )
        for s in found.scenarios
    ]


def _some(routes: list[str], of_all: int) -> str:
    """A few of the routes, and how many more there are."""
    if not routes:
        return "none"
    if len(routes) == of_all:
        return "all"
    more = f" and {len(routes) - _MOST_ROUTES:,} more" if len(routes) > _MOST_ROUTES else ""
    return ", ".join(escaped(route) for route in routes[:_MOST_ROUTES]) + more


def _group_rows(refused: Iterable[Group]) -> list[Row]:
    return [
        (
            escaped(", ".join(g.scenarios)),
            STANDINGS[g.standing],
            f"{len(g.routes):,}",
            g.because,
            escaped(g.routes[0]),
        )
        for g in refused
    ]


def _granted_rows(found: Matrix, cells: Iterable[Cell]) -> list[Row]:
    """The permissions that rest on exceptions and sign-offs: by which, and until when."""
    ends = ends_of(found.snapshot)
    by = ((c.scenario, c.route, _by(c, ends)) for c in cells if c.exceptions or c.signoffs)
    return [
        (escaped(", ".join(g.scenarios)), f"{len(g.routes):,}", g.said, escaped(g.routes[0]))
        for g in groups.grouped(by, [s.id for s in found.scenarios])
    ]


def _cell_rows(found: Matrix, cells: Iterable[Cell]) -> list[Row]:
    ends = ends_of(found.snapshot)
    return [
        (escaped(c.scenario), escaped(c.route), standing_words(c), cause(c) or _by(c, ends))
        for c in cells
    ]


def _by(cell: Cell, ends: Ends) -> str:
    return grounds_words(cell.exceptions, cell.signoffs, ends)
