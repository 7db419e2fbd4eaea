"""The route a ruling names is the head of the definition's chain, wherever the cost stands."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import ALWAYS, PolicySet, Preference
from policy_router.domain.price import PriceTable
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
    snapshot,
)


def _table(into: str, out: str) -> PriceTable:
    amounts = (("input", Decimal(into)), ("output", Decimal(out)))
    return PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE)


ROUTES = (
    replace(route("a"), prices=(_table("9", "4"),)),
    replace(route("b"), prices=(_table("1", "4"),)),
    replace(route("c"), prices=(_table("3", "2"),)),
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
@pytest.mark.parametrize("tokens", [None, ("10", "1"), ("1", "100"), ("0", "5")])
def test_the_best_route_is_the_head_of_the_chain(
    by: tuple[str, ...], tokens: tuple[str, str] | None
) -> None:
    in_force = PolicySet((policy(),), prefer=(Preference(ALWAYS, by),))
    world = snapshot(in_force, registry(*ROUTES))
    sizes = (
        {}
        if tokens is None
        else dict(zip(("tokens.input", "tokens.output"), map(Decimal, tokens), strict=True))
    )
    asked = replace(facts(data=("non_personal",)), scalars=sizes, model=None)
    defined = decide(world, asked, NOW)
    ruling = Engine(world).decide(asked, NOW)
    assert defined.permitted
    assert (ruling.route, ruling.chain) == (defined.route, defined.chain)
