"""The cheapest routes found by their prices alone: at every size those of the lowest cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product

from policy_router.compiler.bind import Bound
from policy_router.domain.claim import Validity
from policy_router.domain.policy import PolicySet
from policy_router.domain.price import PriceTable
from policy_router.domain.route import Route
from policy_router.engine.decide import Engine
from policy_router.engine.offers import Offers
from policy_router.registry.prices import cost_usd
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOON,
    NOW,
    evidence,
    facts,
    policy,
    registry,
    route,
    snapshot,
)


def table(**amounts: str) -> PriceTable:
    stated = tuple((meter, Decimal(amount)) for meter, amount in amounts.items())
    return PriceTable("USD", stated, ALWAYS_VALID, evidence(), HERE)


def priced(name: str, **amounts: str) -> Route:
    return replace(route(name), prices=(table(**amounts),))


PER_CALL = table(input="1", output="1", request="9")
ENDED = replace(PER_CALL, validity=Validity(None, NOON))
KNOWN = registry(
    priced("a", input="1", output="40"),
    priced("barely", input="1.00000000000000000000000001", output="40"),
    priced("b", input="2.5", output="5"),
    priced("c", input="2.50", output="5"),
    priced("d", input="40", output="1"),
    priced("e", input="9", output="9"),
    priced("free", input="0", output="0"),
    priced("gratis", input="0", output="0", request="0"),
    priced("half", input="1"),
    priced("once", input="0.1", output="0.1", request="300"),
    priced("only", input="0", output="0", request="75"),
    replace(route("ended"), prices=(table(input="3", output="3"), ENDED)),
    replace(route("doubtful"), prices=(table(input="3", output="3"), PER_CALL)),
    route("unknown"),
)
SIZES = tuple(product((1, 2, 10, 100, 1000), repeat=2))


def bound() -> Bound:
    return Engine(snapshot(PolicySet((policy(),)), KNOWN)).decide(facts(None), NOW).epoch.bound


def lowest(here: Bound, numbers: tuple[int, ...], into: int, out: int) -> set[int]:
    size = facts(None, tokens__input=Decimal(into), tokens__output=Decimal(out))
    costs = {n: cost_usd(here.routes[n], size, (), NOON) for n in numbers}
    known = {n: cost for n, cost in costs.items() if cost}
    return {n for n, cost in known.items() if cost == min(known.values())}


def test_the_cheapest_of_all_and_of_some_at_every_size() -> None:
    here = bound()
    offers = Offers(here, facts(None))
    every = tuple(range(len(here.routes)))
    for some in (every, every[4:], *combinations(every, 2)):
        for routes in (some, here.set_of_numbers(some)):
            found = offers.among(routes)
            for into, out in SIZES:
                cheapest = found.at(into, out)
                assert len(cheapest) == len(set(cheapest))
                assert set(cheapest) == lowest(here, some, into, out)


def test_nothing_that_is_free_or_has_no_price_is_cheapest() -> None:
    here = bound()
    ignored = [here.number[name] for name in ("free", "gratis", "half", "doubtful", "unknown")]
    assert Offers(here, facts(None)).among(tuple(ignored)).at(1, 1) == ()
