"""Changes of stage of an import beside those of the registry."""

from __future__ import annotations

from policy_router.domain.claim import SourceKind
from policy_router.domain.route import Route
from policy_router.registry.importers.drafts import Event, Row
from policy_router.registry.importers.findings import NOTHING, Change, Finding, Side
from policy_router.registry.importers.own import Part
from policy_router.registry.importers.work import Work


def compare_events(work: Work, row: Row, route: Route, *, sold: bool) -> None:
    """Add a dated change of stage; of a third party it is a warning and retires nothing.

    `sold`: by whoever keeps the list; of a gateway's day for a route of another, nothing is
    written, as it would retire what is not the gateway's.
    """
    for event in row.events:
        if work.said_before(route.id, f"stage.{event.stage}", event.start):
            continue
        known = [e for e in route.lifecycle if e.stage == event.stage]
        if any(e.start.date() == event.start for e in known) or (known and _undated(work, event)):
            continue
        last = known[-1] if known else None
        here = Side(str(last.start.date()), last.evidence.reference) if last else NOTHING
        change = Change.CHANGED if last else Change.ADDED
        third = work.origin.kind is SourceKind.THIRD_PARTY
        note = "a third party's date: a warning" if third else ""
        there = work.there(str(event.start))
        if not third and not sold:
            change, note = Change.VERIFY, "another gateway's date: nothing is written"
        work.add(Finding(change, route.id, f"stage {event.stage}", here, there, note))
        if third or sold:
            _write(work, route, event)


def _undated(work: Work, event: Event) -> bool:
    """Whether the day of the event is only the day it was read."""
    return event.start == work.origin.read_on


def _write(work: Work, route: Route, event: Event) -> None:
    part = work.own.route(route.id)
    others = [e for e in part.get("lifecycle", []) if e["stage"] != event.stage]
    part["lifecycle"] = [*others, event_data(event, work.own.tag(work.origin))]


def event_data(event: Event, source: str) -> Part:
    """A change of stage as a document writes it."""
    data: Part = {"stage": event.stage, "from": event.start.isoformat(), "source": source}
    return data | ({"successor": event.successor} if event.successor else {})
