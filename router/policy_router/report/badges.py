"""Claims that pages print as badges, each with the condition that the badge leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from policy_router.audit.evidence import Statement
from policy_router.audit.sheet import Sheet
from policy_router.report import phrases, values
from policy_router.report.visible import escaped

_BADGES: Final = ("inference_location", "zero_data_retention", "training", "dpa")

_CONDITIONS: Final = {
    ("zero_data_retention", "default"): "the provider keeps nothing unless you ask it to",
    ("zero_data_retention", "granted"): "granted to you",
    ("zero_data_retention", "available"): (
        "available on application; not yours until an agreement says so"
    ),
    ("zero_data_retention", "unavailable"): "not to be had here",
    ("training", "prohibited"): "ruled out",
    ("training", "off_by_default"): "off by default; a setting can switch it on",
    ("training", "opted_out"): "off because somebody opted out; the default is on",
    ("training", "used"): "what you send is used",
    ("dpa", "in_force"): "in force",
    ("dpa", "available"): "on offer; not in force until you sign it and record that",
    ("dpa", "none"): "none is offered",
}


def badges(sheet: Sheet) -> Iterator[str]:
    """What providers of the model claim, with conditions, and on how many of its routes."""
    of_all = phrases.counted(len(sheet.offers), "route")
    for attribute in _BADGES:
        counts = Counter(_sourced(attribute, o.at_provider(attribute)) for o in sheet.offers)
        for text, number in counts.items():
            where = f" ({number} of {of_all})" if len(sheet.offers) > 1 else ""
            yield f"{phrases.title_of(attribute)}: {text}{where}"


def badges_together(sheet: Sheet) -> Iterator[str]:
    """The same in one line for each badge, without sources."""
    for attribute in _BADGES:
        counts = Counter(_condition(attribute, o.at_provider(attribute)) for o in sheet.offers)
        said = (f"{text} ({phrases.counted(n, 'route')})" for text, n in counts.most_common())
        yield f"{phrases.title_of(attribute)}: {'; '.join(said)}"


def _condition(attribute: str, found: Statement | None) -> str:
    if found is None:
        return "not known: nothing is recorded"
    if found.gap is not None:
        return f"not known: {phrases.gap(found.gap)}"
    return _CONDITIONS.get((attribute, str(found.value)), values.said(attribute, found.value))


def _sourced(attribute: str, found: Statement | None) -> str:
    said = _condition(attribute, found)
    if found is None or found.gap is not None:
        return said
    if found.agreement is not None:
        return f"{said} (agreement `{escaped(found.agreement)}`)"
    source = f"{phrases.source_kind(found.evidence.kind)}, {phrases.checked(found.evidence)}"
    note = f"; {found.note}" if found.note else ""
    return f"{said} ({escaped(source + note)})"
