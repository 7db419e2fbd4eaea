"""Limits and abilities of an import beside what a route is known to offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from policy_router.domain.route import Model, Route
from policy_router.registry.importers.drafts import Card, Row
from policy_router.registry.importers.findings import NOTHING, Change, Finding, Side
from policy_router.registry.importers.own import Part, describe
from policy_router.registry.importers.work import Work

Value = int | frozenset[str]


def compare_card(work: Work, row: Row, route: Route) -> None:
    """Fill in what the card of a route leaves open; what it says stays.

    A limit is what this seller offers of the model: it says nothing of other routes to it.
    """
    card, own = work.registry.card(route), _own(work, route)
    for key, value in stated(row.card):
        here, there = _text(getattr(card, key)), _text(value)
        if here == there or work.said_before(route.id, key, value):
            continue
        if key not in own and here is not None:
            side = _side(card, key, here)
            work.add(Finding(Change.CONFLICT, route.id, key, side, work.there(there)))
            continue
        change = Change.ADDED if here is None else Change.CHANGED
        before = NOTHING if here is None else Side(here)
        work.add(Finding(change, route.id, key, before, work.there(there)))
        _write(work, route, key, value)


def _own(work: Work, route: Route) -> Part:
    """What earlier imports wrote of the route."""
    return work.own.made.get(("route", route.id)) or work.own.routes.get(route.id, {})


def _write(work: Work, route: Route, key: str, value: Value) -> None:
    made = work.own.made.get(("route", route.id))
    if made is None:
        update = work.own.route(route.id)
        update |= {key: as_data(value), "source": work.own.tag(work.origin)}
        return
    made[key] = as_data(value)
    made["source"] = describe(made.setdefault("sources", {}), work.origin)


def stated(card: Card) -> Iterator[tuple[str, Value]]:
    """What a card says, by key."""
    for spec in fields(card):
        value = getattr(card, spec.name)
        if value is not None:
            yield spec.name, value


def as_data(value: Value) -> str | list[str]:
    """A value of a card as a document writes it."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


def left_open(card: Card, model: Model | None) -> Part:
    """What `card` says of all that the model's own card leaves open, as a document writes it."""
    return {
        key: as_data(value)
        for key, value in stated(card)
        if model is None or getattr(model, key) is None
    }


def _side(card: Model, key: str, here: str) -> Side:
    source = card.source_of(key)
    return Side(here, None if source is None else source.reference)


def _text(value: Value | None) -> str | None:
    if value is None:
        return None
    return ", ".join(sorted(value)) or "none" if isinstance(value, frozenset) else str(value)
