"""What an import would change, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from policy_router.registry.importers.drafts import Quarantined
from policy_router.registry.importers.findings import Change, Comparison, Finding, Side
from policy_router.report.phrases import counted
from policy_router.report.screen import Screen
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_TITLES: Final = {
    Change.ADDED: "Added",
    Change.CHANGED: "Changed",
    Change.CONFLICT: "In conflict: both stay visible",
    Change.VERIFY: "To verify: nothing of this is written, a person has to look",
    Change.REMOVED: "No longer listed: it stays as it is",
}
_ASIDE: Final = (Column("Row", fits=True), Column("Code"), Column("Why", fits=True))
_NOTHING: Final = "nothing"


def import_lines(
    found: Comparison, written: str | None, most: int, screen: Screen, *, asked: bool
) -> Iterator[str]:
    """The comparison on a screen, `most` rows of each table.

    `written`: the file, if one was; `asked`: whether writing was asked for.
    """
    yield from screen.wrapped(_heading(found))
    for change, title in _TITLES.items():
        yield from _differences(
            title, [f for f in found.findings if f.change is change], most, screen
        )
    yield from aside_lines(found.quarantined, most, screen)
    yield ""
    if found.unmatched:
        about = counted(found.unmatched, "row")
        yield from screen.wrapped(f"{about} about nothing that the registry has: passed over.")
    yield from screen.wrapped(_ending(found, written, asked=asked))


def aside_lines(aside: Sequence[Quarantined], most: int, screen: Screen) -> Iterator[str]:
    """The rows that were set aside, `most` of them, and why."""
    rows = [(_spelt(q.key), q.code, escaped(q.message)) for q in aside]
    if rows:
        yield from _titled("Set aside: not read", len(rows), screen)
        yield from table(_ASIDE, rows[:most], screen)
        yield from _further(len(rows) - most)


def aside_data(aside: Iterable[Quarantined]) -> list[dict[str, str]]:
    """The same for programs."""
    return [{"row": q.key, "code": q.code, "message": q.message} for q in aside]


def _titled(title: str, count: int, screen: Screen) -> Iterator[str]:
    yield ""
    yield screen.bold(f"{title} ({count:,})")


def _further(hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"  {counted(hidden, 'further row')}: `--most N`, or `--format json`"


def _differences(
    title: str, findings: Sequence[Finding], most: int, screen: Screen
) -> Iterator[str]:
    """Differences of one kind, those of one route or model together."""
    if findings:
        yield from _titled(title, len(findings), screen)
    for about, rows in groupby(findings[:most], key=attrgetter("about")):
        yield f"  {escaped(about)}"
        for row in rows:
            yield from _difference(row, screen)
    yield from _further(len(findings) - most)


def _difference(finding: Finding, screen: Screen) -> Iterator[str]:
    """One value on both sides; a whole route that came or went is only named."""
    whole = finding.field == "route"
    if whole and finding.change is Change.ADDED:
        yield from screen.wrapped(f"new route: {_shown(finding.there)}", "    ")
    if whole:
        return
    values = f"{_shown(finding.here)} {screen.arrow} {_shown(finding.there)}"
    yield from screen.wrapped(f"{finding.field}: {values}", "    ")
    if finding.here.source:
        yield from screen.wrapped(f"registry: {escaped(finding.here.source)}", "      ")
    if finding.note:
        yield from screen.wrapped(escaped(finding.note), "      ")


def _spelt(name: str) -> str:
    """A name in ASCII, so that a letter of another alphabet does not pass for one of ours."""
    return escaped(name).encode("ascii", "backslashreplace").decode()


def _heading(found: Comparison) -> str:
    origin = found.origin
    return (
        f"{origin.source}: {counted(found.rows, 'row')} of {escaped(origin.reference)}, read on "
        f"{origin.read_on} ({origin.kind.value}, {origin.basis.value})."
    )


def _shown(side: Side) -> str:
    return _NOTHING if side.value is None else escaped(side.value)


def _ending(found: Comparison, written: str | None, *, asked: bool) -> str:
    if written is not None:
        return f"Written to {escaped(written)}, and the whole project was checked with it."
    if found.unread:
        return (
            "Every row was set aside, so nothing was compared, and nothing is written. Look whether"
            f" it is a list of `{found.origin.source}`: `policy-router registry import --help` "
            "names the sources."
        )
    changes = any(f.change in {Change.ADDED, Change.CHANGED} for f in found.findings)
    conflict = any(f.change is Change.CONFLICT for f in found.findings)
    if asked and conflict:
        return "Nothing to write: what is in conflict stays as it is."
    if (changes or conflict) and not asked:
        return "Nothing was written: say --write to take over what was added and changed."
    return "Nothing to write."


def import_json(found: Comparison, written: str | None) -> str:
    """The comparison as a JSON object; ASCII only."""
    origin = found.origin
    report = {
        "source": origin.source,
        "reference": origin.reference,
        "read_on": origin.read_on.isoformat(),
        "evidence": {"kind": origin.kind.value, "basis": origin.basis.value},
        "rows": found.rows,
        "unmatched": found.unmatched,
        "findings": [_finding(finding) for finding in found.findings],
        "quarantined": aside_data(found.quarantined),
        "written": written,
    }
    return json.dumps(report, indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "change": finding.change.value.replace(" ", "_"),
        "about": finding.about,
        "field": finding.field,
        "registry": {"value": finding.here.value, "source": finding.here.source},
        "import": {"value": finding.there.value, "source": finding.there.source},
        "note": finding.note or None,
    }
