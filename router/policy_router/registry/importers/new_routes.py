"""Routes that a gateway lists and the registry does not have."""

from __future__ import annotations

from policy_router.language.grammar.body import LANGUAGE
from policy_router.language.grammar.places import UNKNOWN_STAGE
from policy_router.registry.importers import matching
from policy_router.registry.importers.cards import left_open
from policy_router.registry.importers.drafts import Row
from policy_router.registry.importers.events import event_data
from policy_router.registry.importers.findings import NOTHING, Change, Finding
from policy_router.registry.importers.own import Part, describe
from policy_router.registry.importers.posture import value_text
from policy_router.registry.importers.prices import placeholders, table_data
from policy_router.registry.importers.work import Work


def new_route(work: Work, row: Row) -> None:
    """Make a route, with its model and provider where they are new too.

    Nothing is claimed of its data handling: that is to verify. Its stage is unknown.
    """
    name, hop = matching.route_id(row), matching.hop_id(work.registry, row.provider)
    work.add(Finding(Change.ADDED, name, "route", NOTHING, work.there(row.title or row.address)))
    if hop not in work.registry.providers:
        title = f"{row.provider}, as listed by {row.seller}"
        _make(work, "provider", hop, {"title": title})
    if row.address not in work.registry.models:
        _make(work, "model", row.address, _model(row))
    _make(work, "route", name, _route(work, row, hop))
    for said in row.said:
        note = f"a new route, verify: `{said.words}`"
        there = work.there(value_text(said.value))
        work.add(Finding(Change.VERIFY, name, said.attribute, NOTHING, there, note))


def _make(work: Work, kind: str, name: str, rest: Part) -> None:
    head = {"kind": kind, "id": name, "language": str(LANGUAGE)}
    work.own.made.setdefault((kind, name), head | rest)


def _model(row: Row) -> Part:
    maker = {"maker": row.maker} if row.maker else {}
    return {"title": row.title or row.address, **maker}


def _route(work: Work, row: Row, hop: str) -> Part:
    sources: Part = {}
    tag = describe(sources, work.origin)
    body: Part = {
        "model": row.address,
        "gateway": row.seller,
        "provider": hop,
        "address": row.address,
        "stage": UNKNOWN_STAGE,
    }
    if row.shared:
        body["pin"] = row.provider
    if row.price is not None and not placeholders(row.price):
        body["prices"] = [table_data(row.price, tag, work.origin.read_on)]
    card = left_open(row.card, work.registry.models.get(row.address))
    if card:
        body |= card | {"source": tag}
    if row.events:
        body["lifecycle"] = [event_data(event, tag) for event in row.events]
    return body | {"sources": sources}
