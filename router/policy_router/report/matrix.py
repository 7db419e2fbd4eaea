"""What may go where, for officers: three sentences, counts, and why not, in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_router.audit import groups
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import Cell, Matrix, Standing
from policy_router.report import phrases
from policy_router.report.first_screen import first_rows, note, note_and_more
from policy_router.report.grounds import Ends, ends_of, grounds_words, permitted_words
from policy_router.report.refusals import flag
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS, facts_of, law_caveat
from policy_router.report.tables import Column, markdown_table, prose, table
from policy_router.report.visible import escaped

_MOST_GROUPS: Final = 20
_MOST_FIRST: Final = 30
_MOST_ROUTES: Final = 3
_STANDINGS: Final = {
    Standing.PERMITTED: "permitted",
    Standing.REFUSED: "refused",
    Standing.UNKNOWN: "not known",
}
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


_GRANTED: Final = "Permitted by exception or sign-off"
_BY: Final = (
    Column("Scenarios", fits=True),
    Column("Routes", right=True),
    Column("By", fits=True),
    Column("Such as"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Routes with one standing for one and the same cause, and the scenarios it is alike for."""

    scenarios: tuple[str, ...]
    standing: Standing
    because: str
    routes: tuple[str, ...]


# ---- words -----------------------------------------------------------------------------------


def sentences(matrix: Matrix) -> tuple[str, str, str]:
    """What was checked, what came of it, and what that does not say: for a mail."""
    return (_checked(matrix), _came_of_it(matrix), _left_open(matrix))


def _checked(matrix: Matrix) -> str:
    return (
        f"As of {phrases.instant(matrix.moment.at)} we checked which of "
        f"{phrases.counted(len(matrix.routes), 'route')} to language models may carry "
        f"{phrases.counted(len(matrix.scenarios), 'kind')} of data under the policies "
        f"{_names(policies(matrix))}."
    )


def _came_of_it(matrix: Matrix) -> str:
    counts = [
        f"{escaped(_lowered(s.title))}: {_amount(len(matrix.of(s.id, Standing.PERMITTED)), matrix)}"
        for s in matrix.scenarios
    ]
    return f"Permitted routes for {'; '.join(counts)}."


def _amount(number: int, matrix: Matrix) -> str:
    if number == 0:
        return "none"
    return f"all {number:,}" if number == len(matrix.routes) else f"{number:,}"


def _left_open(matrix: Matrix) -> str:
    limits = "this rests on recorded facts that may be wrong, and is not legal advice"
    left = [c for c in matrix.cells if c.leaves_open]
    if not left:
        return f"{_all_known(matrix)}; {limits}."
    often = Counter(name for c in left for name in (*c.unknown, *c.facts)).most_common(3)
    causes = ", ".join(phrases.title_of(escaped(name)) for name, _ in often)
    return (
        f"{_how_many_open(matrix, left)}, most often about: {causes}; "
        f"what is not known counts as refused; {limits}."
    )


def _all_known(matrix: Matrix) -> str:
    if any(c.watched for c in matrix.cells):
        return "Every verdict of a rule that is enforced was known, not all of those only watched"
    return "Every verdict was known"


def _how_many_open(matrix: Matrix, left: Sequence[Cell]) -> str:
    unknown = sum(c.standing is Standing.UNKNOWN for c in left)
    also = len(left) - unknown
    of_all = phrases.counted(len(matrix.cells), "combination")
    if not unknown:
        return f"{also:,} of {of_all} are refused for what is known, and leave more not known"
    more = f", and in {also:,} that are refused anyway more is not known" if also else ""
    return f"In {unknown:,} of {of_all} too little is known{more}"


def policies(matrix: Matrix) -> list[str]:
    """The policies in force, with their versions."""
    return [f"{p.id} v{p.version}" for p in matrix.snapshot.policies.policies]


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _names(items: Iterable[str]) -> str:
    return phrases.names(map(escaped, items))


def cause(cell: Cell) -> str:
    """Why a route is not permitted: what is known to fail, and what is not known."""
    failed, unknown = _failing(cell), _not_known(cell)
    if cell.standing is Standing.UNKNOWN or not failed:
        return unknown or (phrases.headline(cell.reason) if cell.reason else "")
    return f"{failed}; also not known: {unknown}" if unknown else failed


def _failing(cell: Cell) -> str:
    """Attributes of the route known to be otherwise than demanded, else the rules."""
    return ", ".join(_titles(cell.failed)) or ", ".join(
        f"`{escaped(r)}`" for r in cell.failed_rules
    )


def _not_known(cell: Cell) -> str:
    """Attributes of the route and facts of the request that are not known, else the rules."""
    about = _titles(cell.unknown)
    about += [f"the request's `{escaped(name)}` ({flag(escaped(name))})" for name in cell.facts]
    return ", ".join(about) or ", ".join(f"`{escaped(r)}`" for r in cell.unknown_rules)


def _titles(attributes: Iterable[str]) -> list[str]:
    return [phrases.title_of(escaped(name)) for name in attributes]


def rests_on(matrix: Matrix) -> Iterator[str]:
    """Policies, facts, contracts and judgements behind the report, and what it does not prove."""
    digests, used = matrix.snapshot.digests, matrix.used
    yield (
        f"Policies {_names(policies(matrix))} ({phrases.short_digest(digests.policies)}) on facts "
        f"of {facts_of(matrix.moment.at, matrix.moment.known_at, digests)}; permissions under "
        f"agreements {_names(used.agreements)}, exceptions {_names(used.exceptions)}, "
        f"sign-offs {_names(used.signoffs)}."
    )
    if used.law:
        yield law_caveat(used.law)
    yield LIMITS


def grouped(matrix: Matrix, cells: Iterable[Cell]) -> list[Group]:
    """The cells that are not permitted, alike ones together, in order of the scenarios."""
    refused = (
        (c.scenario, c.route, (c.standing, cause(c)))
        for c in cells
        if c.standing is not Standing.PERMITTED
    )
    found = [
        Group(alike.scenarios, *alike.said, alike.routes)
        for alike in groups.grouped(refused, [s.id for s in matrix.scenarios])
    ]
    place = {s.id: n for n, s in enumerate(matrix.scenarios)}
    return sorted(found, key=lambda g: (place[g.scenarios[0]], -len(g.routes), g.because))


def granted_rows(matrix: Matrix, cells: Iterable[Cell]) -> list[tuple[str, ...]]:
    """The permissions that rest on exceptions and sign-offs: by which, and until when."""
    ends = ends_of(matrix.snapshot)
    found = ((c.scenario, c.route, _by(c, ends)) for c in cells if c.exceptions or c.signoffs)
    return [
        (escaped(", ".join(g.scenarios)), f"{len(g.routes):,}", g.said, escaped(g.routes[0]))
        for g in groups.grouped(found, [s.id for s in matrix.scenarios])
    ]


def standing_words(cell: Cell) -> str:
    """A standing in words; of a permission, whether an exception or a sign-off grants it."""
    if cell.standing is Standing.PERMITTED:
        return permitted_words(cell.exceptions, cell.signoffs)
    return _STANDINGS[cell.standing]


def _by(cell: Cell, ends: Ends) -> str:
    return grounds_words(cell.exceptions, cell.signoffs, ends)


# ---- for readers -----------------------------------------------------------------------------


def matrix_lines(
    matrix: Matrix, cells: Sequence[Cell], first: First, screen: Screen, *, detail: bool
) -> Iterator[str]:
    """The report on a screen; `cells` are the ones to show, `detail` shows each by itself.

    Where `first` was not chosen, it stands before the counts, and only its reasons are grouped.
    """
    yield from screen.wrapped(" ".join(sentences(matrix)))
    if note(first):
        columns, rows = first_rows(matrix, first)
        yield from ("", *screen.wrapped(note_and_more(first)), "")
        yield from table(columns, rows[:_MOST_FIRST], screen)
        yield from _further(len(rows) - _MOST_FIRST, "row", "`--route` chooses")
    if first.why is not Why.ASKED_FIRST:
        yield from ("", *table(_COUNTS, _count_rows(matrix), screen))
    firsts = frozenset(first.routes)
    shown = [c for c in cells if c.route in firsts]
    if detail:
        yield from ("", *table(_CELLS, _cell_rows(shown, ends_of(matrix.snapshot)), screen))
    elif first.why is not Why.ASKED_FIRST:
        yield from _granted_lines(granted_rows(matrix, shown), screen)
        yield from _group_lines(grouped(matrix, shown), screen)
    yield ""
    for text in rests_on(matrix):
        yield from screen.wrapped(text)


def routes_lines(matrix: Matrix, first: First, screen: Screen) -> Iterator[str]:
    """One request on each of the first routes, and why not."""
    if note(first):
        yield from (*screen.wrapped(note(first)), "")
    rows = _cell_rows(matrix.cells, ends_of(matrix.snapshot))
    yield from table(_CELLS[1:], [row[1:] for row in rows], screen)
    yield ""
    for text in rests_on(matrix):
        yield from screen.wrapped(text)


def _group_lines(groups: list[Group], screen: Screen) -> Iterator[str]:
    if not groups:
        return
    yield ""
    yield screen.bold("Why not")
    yield from table(_GROUPS, _group_rows(groups[:_MOST_GROUPS]), screen)
    advice = "`--scenario`, `--route` and `--standing` choose, `--format csv` has all"
    yield from _further(len(groups) - _MOST_GROUPS, "group", advice)


def _granted_lines(rows: list[tuple[str, ...]], screen: Screen) -> Iterator[str]:
    if rows:
        yield from ("", screen.bold(_GRANTED), *table(_BY, rows, screen))


def _further(hidden: int, what: str, advice: str) -> Iterator[str]:
    if hidden > 0:
        yield f"{phrases.counted(hidden, f'further {what}')}: {advice}"


def _count_rows(matrix: Matrix) -> list[tuple[str, ...]]:
    return [
        (
            escaped(s.id),
            *(f"{len(matrix.of(s.id, standing)):,}" for standing in Standing),
            _some([c.route for c in matrix.of(s.id, Standing.PERMITTED)], len(matrix.routes)),
        )
        for s in matrix.scenarios
    ]


def _some(routes: list[str], of_all: int) -> str:
    """A few of the routes, and how many more there are."""
    if not routes:
        return "none"
    if len(routes) == of_all:
        return "all"
    more = f" and {len(routes) - _MOST_ROUTES:,} more" if len(routes) > _MOST_ROUTES else ""
    return ", ".join(escaped(route) for route in routes[:_MOST_ROUTES]) + more


def _group_rows(groups: Iterable[Group]) -> list[tuple[str, ...]]:
    return [
        (
            escaped(", ".join(g.scenarios)),
            _STANDINGS[g.standing],
            f"{len(g.routes):,}",
            g.because,
            escaped(g.routes[0]),
        )
        for g in groups
    ]


def _cell_rows(cells: Iterable[Cell], ends: Ends) -> list[tuple[str, ...]]:
    return [
        (escaped(c.scenario), escaped(c.route), standing_words(c), cause(c) or _by(c, ends))
        for c in cells
    ]


# ---- to pass on ---------------------------------------------------------------------------------


def matrix_markdown(matrix: Matrix, cells: Sequence[Cell], *, detail: bool) -> Iterator[str]:
    """The report in Markdown."""
    yield "# What may go where"
    yield ""
    yield prose(" ".join(sentences(matrix)))
    yield ""
    yield from markdown_table(_COUNTS, _count_rows(matrix))
    granted = granted_rows(matrix, cells)
    if granted:
        yield from ("", f"## {_GRANTED}", "", *markdown_table(_BY, granted))
    groups = grouped(matrix, cells)
    if groups:
        yield from ("", "## Why not", "", *markdown_table(_GROUPS, _group_rows(groups)))
    if detail:
        rows = _cell_rows(cells, ends_of(matrix.snapshot))
        yield from ("", "## Every route", "", *markdown_table(_CELLS, rows))
    yield from ("", "## What this rests on", "")
    for text in rests_on(matrix):
        yield from (prose(text), "")
