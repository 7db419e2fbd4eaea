"""The best of many routes at a size of call, where each has prices by size."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import ALWAYS, Matcher, PolicySet, Preference
from policy_router.domain.price import PriceTable, PriceTier
from tests.small import (
    ALWAYS_VALID,
    HERE,
    decided,
    evidence,
    facts,
    model,
    policy,
    registry,
    route,
    rule,
)
from tests.strategies.predicates import names

MANY = 90


def _prices(small: int, large: int) -> PriceTable:
    tier = PriceTier(1000, (("input", Decimal(large)),))
    return PriceTable("USD", (("input", Decimal(small)),), ALWAYS_VALID, evidence(), HERE, (tier,))


ROUTES = [
    replace(route(f"r{n:02}"), prices=(_prices(1 + MANY - n, 1 + n * 37 % MANY),))
    for n in range(MANY)
]


KNOWN = registry(model("one", window=10_000), *ROUTES)


@pytest.mark.parametrize(
    ("tokens", "refused", "best"),
    [
        (10, (), "r89"),
        (1000, ("r89",), "r88"),
        (10, ("r89", "r88", "r87"), "r86"),
        (1001, (), "r00"),
        (1001, ("r00", "r01"), "r73"),
    ],
)
def test_the_cheapest_that_is_not_refused(tokens: int, refused: tuple[str, ...], best: str) -> None:
    rules = [rule(name, forbid=(names("route", Matcher.IS, name),)) for name in refused]
    in_force = PolicySet((policy(*rules),), prefer=(Preference(ALWAYS, ("price.input",)),))
    found = decided(in_force, KNOWN, facts(None, tokens__input=Decimal(tokens)))
    assert (found.route, len(found.chain)) == (best, MANY - len(refused))
