"""Limits and abilities of an import beside a model's card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from policy_router.domain.route import Model
from policy_router.registry.importers.drafts import Card, Row
from policy_router.registry.importers.findings import NOTHING, Change, Finding, Side
from policy_router.registry.importers.own import Part, describe
from policy_router.registry.importers.work import Work

Value = int | frozenset[str]


def compare_card(work: Work, row: Row, name: str) -> None:
    """Fill in what the card of the model `name` leaves open; what it says stays."""
    model = work.registry.models[name]
    for key, value in stated(row.card):
        own = _own(work, name).get(key)
        here, there = _text(getattr(model, key)), _text(value)
        if here == there or work.said_before(name, key, value):
            continue
        if own is None and here is not None:
            work.add(Finding(Change.CONFLICT, name, key, _side(model, here), work.there(there)))
            continue
        work.add(
            Finding(
                Change.ADDED if here is None else Change.CHANGED,
                name,
                key,
                NOTHING if here is None else Side(here),
                work.there(there),
            )
        )
        _write(work, name, key, value)


def _own(work: Work, name: str) -> Part:
    """What earlier imports wrote of the model's card."""
    return work.own.made.get(("model", name)) or work.own.models.get(name, {})


def _write(work: Work, name: str, key: str, value: Value) -> None:
    made = work.own.made.get(("model", name))
    if made is None:
        update = work.own.models.setdefault(name, {})
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


def card_data(card: Card) -> Part:
    """A whole card as a document writes it."""
    return {key: as_data(value) for key, value in stated(card)}


def _side(model: Model, here: str) -> Side:
    return Side(here, None if model.card_source is None else model.card_source.reference)


def _text(value: Value | None) -> str | None:
    if value is None:
        return None
    return ", ".join(sorted(value)) or "none" if isinstance(value, frozenset) else str(value)
