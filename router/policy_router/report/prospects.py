"""Pack by pack, what may go to some routes: one line for each reason, and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from policy_router.audit.matrix import Standing
from policy_router.audit.prospects import Nearest, Prospect, nearest_for, nearest_of
from policy_router.report import phrases
from policy_router.report.first_screen import MARK, is_granted, only_by
from policy_router.report.gaps import brief
from policy_router.report.matrix import Group, cause, grouped
from policy_router.report.screen import Screen, Style
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_STYLES: Final = {
    Standing.PERMITTED: ("permitted", Style.GOOD),
    Standing.REFUSED: ("refused", Style.BAD),
    Standing.UNKNOWN: ("not known", Style.OPEN),
}


def standing_lines(packs: Sequence[Prospect], screen: Screen) -> list[str]:
    """Packs against scenarios: on how many routes each permits what, and what that rests on."""
    if not packs:
        return []
    scenarios = packs[0].matrix.scenarios
    columns = [Column("Pack"), *(Column(escaped(s.id), alike=True) for s in scenarios)]
    lines = table(columns, [_row(pack, screen) for pack in packs], screen)
    several = len(packs[0].matrix.routes) > 1
    granted = only_by((cell for pack in packs for cell in pack.matrix.cells), counts=several)
    return [*lines, granted] if granted else lines


def nearest_lines(packs: Iterable[Prospect], screen: Screen) -> Iterator[str]:
    """The fewest steps that would let data go somewhere that may go nowhere, pack by pack.

    Each scenario that is shut is told of: what would open it, or that no document would. Those
    for which that is the same stand together, each with what stands in the way there.
    """
    found: dict[str, list[str]] = {}
    for pack in packs:
        for step, why in _nearest(pack):
            found.setdefault(step, []).append(why)
    if found:
        yield from ("", screen.bold("Nearest steps, for data that may go nowhere yet"))
    for step, reasons in found.items():
        yield from screen.listed([step])
        for why in reasons:
            yield from screen.wrapped(why, "    ", "      ")


def _nearest(pack: Prospect) -> Iterator[tuple[str, str]]:
    """Each nearest step of a pack, what it opens and why that is shut; nothing if nothing is."""
    alike: dict[tuple[str, Standing, str], list[str]] = {}
    nearest = nearest_for(pack)
    for each in nearest:
        step = f"on `{escaped(each.cell.route)}`: {_opening(pack, each)}"
        if each.things is None:
            step = f"{_no_list(complete=each.complete)}; nearest is `{escaped(each.cell.route)}`"
        said = (step, each.cell.standing, cause(each.cell))
        alike.setdefault(said, []).append(escaped(each.cell.scenario))
    for (step, standing, because), scenarios in alike.items():
        of_some = "" if len(scenarios) == len(nearest) else f" for {', '.join(scenarios)}"
        name = escaped(pack.policy.id)
        yield step, f"`{name}`{of_some}: {_STYLES[standing][0]}: {because}"


def _opening(pack: Prospect, nearest: Nearest) -> str:
    """What opens a scenario, in a few words."""
    things = nearest.things or ()
    spoken = frozenset(thing.about for thing in things)
    return "; ".join(brief(pack.matrix.snapshot, thing, spoken) for thing in things)


def _no_list(*, complete: bool) -> str:
    """That nothing to sign or to check would open a scenario."""
    if complete:
        return "no list of documents would do on any of these routes"
    return "no list of documents was found before the search stopped at its bound"


def why_lines(packs: Iterable[Prospect], screen: Screen) -> Iterator[str]:
    """Why not and what would change it, pack by pack."""
    for pack in packs:
        groups = grouped(pack.matrix, pack.matrix.cells)
        if groups:
            yield from ("", screen.bold(f"Why not under `{escaped(pack.policy.id)}`"))
            for group in groups:
                yield from _why(pack, group, screen)


def _row(pack: Prospect, screen: Screen) -> tuple[str, ...]:
    return (
        f"{escaped(pack.policy.id)} v{pack.policy.version}",
        *(_standing(pack, scenario.id, screen) for scenario in pack.matrix.scenarios),
    )


def _standing(pack: Prospect, scenario: str, screen: Screen) -> str:
    """One word for one route; for several, how many are permitted."""
    cells = pack.matrix.of(scenario)
    mark = MARK if any(map(is_granted, cells)) else ""
    if len(cells) == 1:
        word, style = _STYLES[cells[0].standing]
        return screen.styled(f"{word}{mark}", style)
    permitted = len(pack.matrix.of(scenario, Standing.PERMITTED))
    style = Style.GOOD if permitted else Style.BAD
    return screen.styled(f"{permitted} of {len(cells)}{mark}", style)


def _why(pack: Prospect, group: Group, screen: Screen) -> Iterator[str]:
    several = len(pack.matrix.routes) > 1
    routes = f" ({phrases.counted(len(group.routes), 'route')})" if several else ""
    about = escaped(", ".join(group.scenarios))
    yield from screen.wrapped(
        f"{about}{routes}: {_STYLES[group.standing][0]}: {group.because}", "  "
    )
    nearest = nearest_of(pack, group.scenarios[0], group.routes)
    about_one = f" for `{escaped(nearest.cell.route)}`" if len(group.routes) > 1 else ""
    step = _opening(pack, nearest) or phrases.nothing_found(complete=nearest.complete)
    yield from screen.wrapped(f"next{about_one}: {step}", "    ")


def prospect_data(found: Iterable[Prospect]) -> list[dict[str, Any]]:
    """The same for programs, route by route."""
    return [
        {
            "policy": pack.policy.id,
            "version": pack.policy.version,
            "scenario": cell.scenario,
            "route": cell.route,
            "standing": cell.standing.value,
            "because": "" if cell.standing is Standing.PERMITTED else cause(cell),
            "failed": list(cell.failed),
            "unknown": list(cell.unknown),
            "exceptions": list(cell.exceptions),
            "signoffs": list(cell.signoffs),
        }
        for pack in found
        for cell in pack.matrix.cells
    ]
