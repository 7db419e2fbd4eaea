"""What a report over many routes shows first: the routes in use, or offerings asked about first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from policy_router.audit.gaps import Gaps, Need, Thing
from policy_router.audit.in_use import First, Why, offering_of
from policy_router.audit.matrix import Cell, Matrix, Standing
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.nearness import Nearness, Place, distance
from policy_router.report import phrases
from policy_router.report.grounds import permitted_words
from policy_router.report.tables import Column, Row
from policy_router.report.visible import escaped

STANDINGS: Final = {Standing.REFUSED: "refused", Standing.UNKNOWN: "not known"}
"""How what is not permitted is called."""

MARK: Final = "*"
"""Behind a permission that an exception or a sign-off grants: see `only_by`."""


def standing_words(cell: Cell) -> str:
    """A standing in words; of a permission, whether an exception or a sign-off grants it."""
    if cell.standing is Standing.PERMITTED:
        return permitted_words(cell.exceptions, cell.signoffs)
    return STANDINGS[cell.standing]


def note(first: First) -> str:
    """Which routes are shown first, and why these; nothing where they were chosen."""
    count = phrases.counted(len(first.routes), "route")
    match first.why:
        case Why.IN_USE:
            verb = "is" if len(first.routes) == 1 else "are"
            return (
                f"In use {verb} {len(first.routes):,} of {phrases.counted(first.of, 'route')} "
                "within reach: those that the project names or describes."
            )
        case Why.ASKED_FIRST:
            return (
                "No project says which gateways you have, so none of these routes is yours: "
                "`policy-router init` writes one, and this is then about your routes. Until then "
                "these are the offerings that organisations in Europe ask about first, with "
                f"{count} of {first.of:,} on file."
            )
        case Why.IN_REACH | Why.CHOSEN:
            return ""
        case _:
            assert_never(first.why)


def note_and_more(first: First) -> str:
    """The note, and the options that show other routes."""
    return f"{note(first)} `--model`, `--provider` and `--gateway` choose, `--all` shows all."


# ---- what may go where ------------------------------------------------------------------------


def first_rows(matrix: Matrix, first: First) -> tuple[tuple[Column, ...], list[Row]]:
    """The first routes against the scenarios: each by itself, or those of an offering together."""
    scenarios = [Column(escaped(s.id), alike=True) for s in matrix.scenarios]
    if first.why is Why.ASKED_FIRST:
        return (Column("Offering", fits=True), *scenarios), _by_offering(matrix, first)
    return (Column("Route", fits=True), *scenarios), _each(matrix, first)


def _each(matrix: Matrix, first: First) -> list[Row]:
    standing = {(c.scenario, c.route): _marked(c) for c in matrix.cells}
    return [
        (escaped(route), *(standing[s.id, route] for s in matrix.scenarios))
        for route in first.routes
    ]


def _marked(cell: Cell) -> str:
    return standing_words(cell) if not is_granted(cell) else f"permitted{MARK}"


def is_granted(cell: Cell) -> bool:
    """Whether it is permitted by an exception or a sign-off."""
    return bool(cell.exceptions or cell.signoffs) and cell.standing is Standing.PERMITTED


def granted_note(matrix: Matrix, first: First) -> str:
    """What the mark in `first_rows` says; empty where none of them has it."""
    if first.why is Why.ASKED_FIRST:
        return ""
    shown = frozenset(first.routes)
    return only_by(c for c in matrix.cells if c.route in shown)


def only_by(cells: Iterable[Cell], *, counts: bool = False) -> str:
    """What the mark behind these cells says; empty where none of them has it.

    `counts`: the mark stands behind numbers of routes.
    """
    granted = [c for c in cells if is_granted(c)]
    rests = {
        "an exception": any(c.exceptions for c in granted),
        "a sign-off": any(c.signoffs for c in granted),
    }
    by = " or ".join(ground for ground, there in rests.items() if there)
    which = "all or some of these only" if counts else "only"
    return f"{MARK} {which} by {by} of yours, while it holds." if by else ""


def _by_offering(matrix: Matrix, first: First) -> list[Row]:
    of = {route: offering_of(matrix.snapshot, route) for route in first.routes}
    routes = Counter(of.values())
    permitted = Counter(
        (of[c.route], c.scenario)
        for c in matrix.cells
        if c.route in of and c.standing is Standing.PERMITTED
    )
    return [
        (
            title_of(matrix.snapshot, name),
            *(_amount(permitted[name, s.id], routes[name]) for s in matrix.scenarios),
        )
        for name in sorted(routes, key=lambda name: title_of(matrix.snapshot, name).lower())
    ]


def _amount(some: int, of_all: int) -> str:
    if some == 0:
        return "none"
    return f"all {of_all:,}" if some == of_all else f"{some:,} of {of_all:,}"


def title_of(snapshot: Snapshot, offering: str) -> str:
    """The title of a provider's offering or of a gateway."""
    registry = snapshot.registry
    found = registry.gateways.get(offering) or registry.providers.get(offering)
    return escaped(found.title if found else offering)


# ---- what is missing --------------------------------------------------------------------------


def need_columns(first: First) -> tuple[Column, ...]:
    """The titles of the table of needs."""
    what = "Offering" if first.why is Why.ASKED_FIRST else "Route"
    return (Column(what, fits=True), Column("Scenarios", fits=True), Column("Needs", fits=True))


def need_rows(gaps: Gaps, first: First, brief: Callable[[Thing], str]) -> list[Row]:
    """What each route needs, or most routes of an offering, those that need least first.

    Equals stand as `engine.nearness` settles, an offering where its nearest route does.

    One row for the scenarios that need the same. Without a project, what is permitted anyway and
    what no list would permit is left out.
    """
    return [
        (e.label, escaped(", ".join(e.scenarios)), _said(e.things, brief))
        for e in _listed(gaps, first)
    ]


def things_needed(gaps: Gaps, first: First, most: int) -> Sequence[Thing]:
    """What the first `most` rows of the table of needs name, each once, as they name it."""
    listed = _listed(gaps, first)[:most]
    return list(dict.fromkeys(thing for each in listed for thing in each.things or ()))


ORDER: Final = (
    "Of several ways the first is named, as `why` does: those without an exception come before "
    "those with one, then fewer steps before more (to change something known, such as where a "
    "model runs, counts as a step). `explain` lists every way."
)
"""Which of several ways out reports name."""


def without_list(gaps: Gaps, first: First) -> str:
    """The offerings for which no list was found for some scenario; nothing if there is none."""
    if first.why is not Why.ASKED_FIRST:
        return ""
    labels = dict.fromkeys(each.label for each in _alike(gaps, first) if each.things is None)
    if not labels:
        return ""
    return f"For some scenarios no list was found for {'; '.join(labels)}."


@dataclass(frozen=True, slots=True)
class _Alike:
    """The scenarios that need the same things on a route or offering."""

    label: str
    scenarios: tuple[str, ...]
    things: tuple[Thing, ...] | None


def _listed(gaps: Gaps, first: First) -> list[_Alike]:
    return [each for each in _alike(gaps, first) if each.things or first.why is Why.IN_USE]


def _alike(gaps: Gaps, first: First) -> list[_Alike]:
    label = {route: _label(gaps.snapshot, route, first) for route in first.routes}
    wanted: dict[str, dict[tuple[Thing, ...] | None, list[str]]] = {n: {} for n in label.values()}
    for (name, scenario), things in _usual(gaps.needs, label).items():
        wanted[name].setdefault(things, []).append(scenario)
    found = [_Alike(n, tuple(s), t) for n, needs in wanted.items() for t, s in needs.items()]
    least = {
        n: min((distance(t) for t in needs if t), default=distance(()))
        for n, needs in wanted.items()
    }
    order, lies = Nearness(gaps.snapshot, gaps.moment), dict[str, Place]()
    for route, name in label.items():
        lies[name] = min(lies.get(name, order.place(route)), order.place(route))
    return sorted(found, key=lambda each: (least[each.label], lies[each.label]))


def _label(snapshot: Snapshot, route: str, first: First) -> str:
    if first.why is Why.ASKED_FIRST:
        return title_of(snapshot, offering_of(snapshot, route))
    return escaped(route)


def _usual(
    needs: Iterable[Need], label: Mapping[str, str]
) -> dict[tuple[str, str], tuple[Thing, ...] | None]:
    """What most of the routes of one label need, by label and scenario."""
    counts: dict[tuple[str, str], Counter[tuple[Thing, ...] | None]] = {}
    for need in needs:
        for route in need.routes:
            counts.setdefault((label[route], need.scenario), Counter())[need.things] += 1
    return {key: found.most_common(1)[0][0] for key, found in counts.items()}


def _said(things: Sequence[Thing] | None, brief: Callable[[Thing], str]) -> str:
    if things is None:
        return "no list was found"
    return "; ".join(map(brief, things)) or "nothing: permitted"
