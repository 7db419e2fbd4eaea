"""An import beside the registry: what is new, what differs, what only a person may decide.

Prices, limits, features and dates are taken over. Data handling never becomes more favourable by
an import: a better value is a line to verify, a worse one is written as the catalogue's own claim
unless better evidence speaks.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.importers import matching
from policy_router.registry.importers.cards import compare_card
from policy_router.registry.importers.drafts import Drafts, Row
from policy_router.registry.importers.events import compare_events
from policy_router.registry.importers.findings import NOTHING, Change, Comparison, Finding, Side
from policy_router.registry.importers.new_routes import new_route
from policy_router.registry.importers.own import Own
from policy_router.registry.importers.posture import compare_said
from policy_router.registry.importers.prices import compare_price
from policy_router.registry.importers.work import Work

_KEPT = "nothing is deleted"


def compare(drafts: Drafts, registry: Registry, at: datetime, own: Own) -> Comparison:
    """What `drafts` say beside `registry` at `at`; adds to `own` what may be written."""
    work = Work(replace(registry, agreements=()), drafts.origin, at, own)
    found = matching.index(registry)
    unmatched = sum(not _compare_row(work, found, row) for row in drafts.rows)
    if drafts.whole is not None and not drafts.unread:
        for route in matching.no_longer_listed(found, drafts.whole, _listed(drafts)):
            work.add(Finding(Change.REMOVED, route.id, "route", Side("listed"), NOTHING, _KEPT))
    return Comparison(
        drafts.origin,
        drafts.unread,
        len(drafts.rows),
        tuple(work.findings),
        (*drafts.quarantined, *work.quarantined),
        unmatched,
        own.documents(),
    )


def _listed(drafts: Drafts) -> AbstractSet[str]:
    """The addresses that a list has a row for: a row that was set aside is still there."""
    return {row.address for row in drafts.rows} | {aside.key for aside in drafts.quarantined}


def _compare_row(work: Work, found: matching.Index, row: Row) -> bool:
    """Whether the row is about anything."""
    if not work.first(row):
        return True
    routes = matching.sold(found, row)
    affected = tuple(dict.fromkeys((*routes, *matching.run(found, row))))
    if not routes and row.sells and row.seller in found.registry.gateways:
        new_route(work, row)
        return True
    for route in routes:
        _compare_route(work, row, route)
    for route in affected:
        compare_events(work, row, route, sold=route in routes)
    return bool(affected)


def _compare_route(work: Work, row: Row, route: Route) -> None:
    hop = matching.hop_id(work.registry, row.provider)
    if row.sells and route.provider != hop:
        there = work.there(hop)
        work.add(Finding(Change.CONFLICT, route.id, "provider", Side(route.provider), there))
        return
    compare_card(work, row, route)
    compare_price(work, row, route)
    compare_said(work, row, route)
