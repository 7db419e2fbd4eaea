"""The route a ruling names is the head of the definition's chain, wherever the cost stands."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import ALWAYS, Matcher, PolicySet, Predicate, Preference
from policy_router.domain.price import PriceTable, PriceTier
from policy_router.domain.route import Route
from policy_router.engine import best_route
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    evidence,
    facts,
    policy,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names


def _table(into: str, out: str, *later: PriceTier) -> PriceTable:
    amounts = (("input", Decimal(into)), ("output", Decimal(out)))
    return PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE, later)


ROUTES = (
    replace(route("a"), prices=(_table("9", "4"),)),
    replace(route("b"), prices=(_table("1", "4"),)),
    replace(route("c"), prices=(_table("3", "2"),)),
    replace(route("refused"), prices=(_table("0.1", "0.1"),), stage="preview"),
)
SERVED = rule("served", require=names("stage", Matcher.IS, "ga"))
LATER = (
    PriceTier(100, (("input", Decimal(7)), ("output", Decimal(1)))),
    PriceTier(200, (("input", Decimal(1)), ("output", Decimal(9)))),
)
TIERED = (*ROUTES, replace(route("d"), prices=(_table("2", "8", *LATER),)))


FROM_ONE = names("tenant", Matcher.IS, "one")
METERS = ("tokens.input", "tokens.output")
SIZES = (
    *((), ("10",), ("150",), ("500",)),
    *(("10", "1"), ("1", "100"), ("0", "5"), ("150", "90"), ("500", "1"), ("500", "0")),
)


@pytest.mark.parametrize(
    "by",
    [
        ("cost",),
        ("price.output", "cost"),
        ("price.output", "cost", "price.input"),
        ("retention_days", "cost"),
        ("cost", "price.output"),
        ("price.input",),
    ],
)
@pytest.mark.parametrize("when", [ALWAYS, FROM_ONE], ids=["always", "of one"])
@pytest.mark.parametrize("routes", [ROUTES, TIERED], ids=["no tiers", "tiers"])
@pytest.mark.parametrize("most", [0, best_route.MOST_LOOKED_AT])
def test_the_best_route_is_the_head_of_the_chain(
    by: tuple[str, ...],
    when: Predicate,
    routes: tuple[Route, ...],
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(best_route, "MOST_LOOKED_AT", most)
    monkeypatch.setattr(best_route, "MOST_OFFERS", 2)
    in_force = PolicySet((policy(SERVED),), prefer=(Preference(when, by),))
    world = snapshot(in_force, registry(*routes))
    engine = Engine(world)
    for tokens in (*SIZES, *SIZES):
        stated = {name: Decimal(n) for name, n in zip(METERS, tokens, strict=False)}
        asked = replace(facts(tenant="one"), scalars={"tenant": "one", **stated}, model=None)
        defined, ruling = decide(world, asked, NOW), engine.decide(asked, NOW)
        assert defined.permitted
        assert (ruling.route, ruling.chain) == (defined.route, defined.chain)
