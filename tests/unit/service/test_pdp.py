"""The decision point: what it asks of its engine for those who only want the routes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import Validity
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.service.pdp import PDP
from policy_router.service.request import Request
from tests.concurrency.numbered import loaded
from tests.explained import CONTRACTED
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOON,
    agreement,
    evidence,
    facts,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
    utc,
)


def priced(name: str, dollars: int, by: str = "acme") -> Route:
    amounts = (("input", Decimal(dollars)), ("output", Decimal(dollars)))
    table = PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name, by=by), prices=(table,))


KNOWN = registry(
    provider("acme"),
    provider("other", operator="else"),
    priced("dear", 3),
    priced("cheap", 2),
    priced("cheapest", 1, by="other"),
    agreement(dpa="in_force", valid=Validity(NOON, None), recorded="2026-06-16"),
)
DECIDES = PDP(lambda: loaded(snapshot(policy(rule(require=CONTRACTED)), KNOWN)), lambda: NOON)


@pytest.mark.parametrize("asked", [facts(), Request(model="one")], ids=("facts", "request"))
def test_permitted_routes_come_best_first(asked: RequestFacts | Request) -> None:
    assert DECIDES.permitted_routes(asked) == ("cheap", "dear")


def test_permitted_routes_of_another_day_and_of_what_was_known_then() -> None:
    assert DECIDES.permitted_routes(facts(), at=utc("2026-06-15T11:59")) == ()
    assert DECIDES.permitted_routes(facts(), known_at=NOON) == ()
    assert DECIDES.permitted_routes(facts(), known_at=utc("2026-06-16")) == ("cheap", "dear")


def test_no_route_is_permitted_where_the_request_is_denied() -> None:
    assert DECIDES.permitted_routes(facts("nobody")) == ()
