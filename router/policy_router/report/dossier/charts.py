"""Charts of an audit report as inline SVG: no script, no address, every mark told in words too.

Colours and patterns come from the style sheet by class, so that dark screens and paper have theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.writings import LapsePart
from policy_router.report import phrases
from policy_router.report.dossier import wording as w

MOST_BARS: Final = 16
"""Of more ends only those that most hangs on are drawn; the table has them all."""

_WIDTH: Final = 720
_LABEL: Final = 260
_ROW: Final = 30
_BAR: Final = 18
_LINE: Final = 13
_LONGEST: Final = 38
_QUARTER: Final = 90
_ROOMY: Final = 200
"""So long a bar has room for what is written about it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle. Lengths are in units of the drawing; `kind`: its class in the style sheet."""

    kind: str
    x: int
    y: int
    width: int
    height: int
    said: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text; `kind`: its class in the style sheet."""

    kind: str
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing. `title`, `told`: what it is, and all that it shows, in words."""

    id: str
    title: str
    told: str
    width: int
    height: int
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]


# ---- permitted, refused, not known ---------------------------------------------------------------


def standings(d: Dossier) -> Chart:
    """How many routes may carry each scenario, as stacked bars."""
    marks: list[Mark] = []
    labels: list[Label] = []
    for place, scenario in enumerate(d.scenarios):
        counts = scenario.counts
        parts = (counts.permitted, counts.refused, counts.unknown)
        y = place * _ROW + 4
        labels += _beside(scenario.title, y)
        marks += _stacked(parts, y)
        labels += _numbers(parts, y)
    told = "; ".join(
        f"{s.title}: {s.counts.permitted} permitted, {s.counts.refused} refused, "
        f"{s.counts.unknown} not known"
        for s in d.scenarios
    )
    height = len(d.scenarios) * _ROW + 4
    title = "Routes permitted, refused and not known, by scenario"
    return Chart("standings", title, told, _WIDTH, height, tuple(marks), tuple(labels))


_KINDS: Final = ("permitted", "refused", "unknown")
_SAID: Final = ("permitted", "refused", "not known")


def _stacked(parts: Sequence[int], y: int) -> Iterator[Mark]:
    for kind, said, start, end in _spans(parts):
        if end > start:
            yield Mark(kind, start, y, end - start, _BAR, said)


def _spans(parts: Sequence[int]) -> Iterator[tuple[str, str, int, int]]:
    """Each part from where to where; what is there at all is wide enough to be seen."""
    room, whole = _WIDTH - _LABEL, sum(parts) or 1
    at = _LABEL
    least = [4 if part else 0 for part in parts]
    free = room - sum(least)
    for kind, said, part, seen in zip(_KINDS, _SAID, parts, least, strict=True):
        width = seen + round(free * part / whole)
        yield kind, f"{part} {said}", at, at + width
        at += width


def _numbers(parts: Sequence[int], y: int) -> Iterator[Label]:
    for (kind, _, start, end), part in zip(_spans(parts), parts, strict=True):
        text = f"{part:,}"
        if end - start > 8 * len(text) + 6:
            yield Label(f"on-{kind}", start + 6, y + 13, text)


def _beside(text: str, y: int) -> Iterator[Label]:
    """A text beside a bar, on two lines where it is long; what does not fit is cut."""
    lines = wrap(text, _LONGEST) or [""]
    if len(lines) > 2:  # noqa: PLR2004 - one above the other
        lines = [lines[0], f"{lines[1][: _LONGEST - 1]}…"]
    first = y + 13 if len(lines) == 1 else y + 7
    for place, line in enumerate(lines):
        yield Label("end", _LABEL - 10, first + place * _LINE, line)


# ---- what ends -----------------------------------------------------------------------------------


def calendar(d: Dossier) -> Chart | None:
    """What ends within a year, as bars up to the last day; None where nothing does."""
    found = [e for e in d.calendar if not e.past][:MOST_BARS]
    if not found:
        return None
    found.sort(key=lambda e: (e.at, e.about))
    marks: list[Mark] = []
    labels = list(_quarters(d))
    for place, each in enumerate(found):
        y = place * _ROW + 22
        end = _day_at(d, (each.at - d.at).days)
        kind = "held" if each.hangs else "loose"
        said = f"{w.lapsing(each)}: {w.last_day(each.at)}"
        labels += _beside(_what(each), y)
        marks.append(Mark(kind, _LABEL, y, max(end - _LABEL, 3), _BAR, said))
        number = phrases.counted(w.weight(each.hangs), "permission")
        inside = end - _LABEL > _ROOMY
        where = (f"on-{kind}", _LABEL + 8) if inside else ("start", end + 8)
        labels.append(Label(*where, y + 13, f"{w.last_day(each.at)}, {number}"))
    told = "; ".join(
        f"{w.last_day(e.at)}: {w.lapsing(e)}, "
        f"{phrases.counted(w.weight(e.hangs), 'permission')} hang on it"
        for e in found
    )
    height = len(found) * _ROW + 26
    span = phrases.counted(d.calendar_days, "day")
    title = f"What ends within {span}, and how many permissions hang on it"
    return Chart("ends", title, told, _WIDTH, height, tuple(marks), tuple(labels))


def _what(each: LapsePart) -> str:
    read = "reading of " if each.limit_days is not None else ""
    return f"{read}{each.kind.value} {each.about}"


def _day_at(d: Dossier, days: int) -> int:
    return _LABEL + round((_WIDTH - _LABEL) * min(days, d.calendar_days) / d.calendar_days)


def _quarters(d: Dossier) -> Iterator[Label]:
    """The days to come, above the bars."""
    for days in range(0, d.calendar_days - _QUARTER // 2, _QUARTER):
        yield Label(
            "axis", _day_at(d, days), 12, f"in {phrases.counted(days, 'day')}" if days else "as of"
        )
