"""What is told first of routes of one's own: that they are gone, or soon will be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policy_router.audit.leaving import Leaving
from policy_router.registry.lifecycle import RETIRED
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.report.visible import escaped

_MOST: Final = 3
_ALL: Final = "`policy-router registry stale` names all"


def leaving_lines(found: Sequence[Leaving], screen: Screen, most: int = _MOST) -> Iterator[str]:
    """The first of them and how many more there are, and a blank line; nothing if there is none."""
    for text in leaving_told(found, most):
        yield from screen.wrapped(text)
    if found:
        yield ""


def leaving_told(found: Sequence[Leaving], most: int = _MOST) -> Iterator[str]:
    """One sentence for each of the first of them, and how many more there are."""
    yield from map(_sentence, found[:most])
    if hidden := len(found) - most if len(found) > most else 0:
        more = phrases.counted(hidden, "further route")
        yield f"{more} of yours retired, deprecated or soon to be: {_ALL}."


def _sentence(each: Leaving) -> str:
    event, route = each.event, f"`{escaped(each.route)}`"
    day = event.start.date().isoformat()
    when = f"since {day}" if each.begun else f"from {day}"
    used = ", in use here," if each.used else ""
    stage = event.stage if each.begun else f"to be {event.stage}"
    said = escaped(event.evidence.reference)
    source = f"says {said}" if each.own else f"says {said}, a third party: a warning"
    instead = f"; its successor: `{escaped(event.successor)}`" if event.successor else ""
    refused = each.own and event.stage == RETIRED
    fate = f", so every call to it {'is' if each.begun else 'will be'} refused" if refused else ""
    verb = "is" if each.begun else "is announced"
    return f"{route}{used} {verb} {stage} {when}{fate}, {source}{instead}."
