"""What a call costs: tiers, windows, currencies; zero, null and missing stay three things."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest

from policy_router.domain.claim import Validity
from policy_router.domain.price import Money, PriceTable, PriceTier, Rate, Window
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.registry.prices import cost_usd, in_usd, price
from tests.small import ALWAYS_VALID, HERE, NOON, evidence, facts, route, utc

ONE, TWO, FOUR = Decimal(1), Decimal(2), Decimal(4)
TIERS = (
    PriceTier(200, (("input", TWO),)),
    PriceTier(1000, (("input", FOUR), ("output", Decimal(16)))),
)
NIGHT = Window(time(20), time(8))


def table(
    *,
    currency: str = "USD",
    tiers: tuple[PriceTier, ...] = (),
    valid: Validity = ALWAYS_VALID,
    window: Window | None = None,
    **amounts: Decimal | None,
) -> PriceTable:
    """Make a price table; `amounts` by meter."""
    return PriceTable(
        currency, tuple(amounts.items()), valid, evidence(), HERE, tiers=tiers, window=window
    )


def priced(*tables: PriceTable) -> Route:
    return replace(route(), prices=tables)


def of_size(count: int | None) -> RequestFacts:
    return facts() if count is None else facts(tokens__input=Decimal(count))


@pytest.mark.parametrize(
    ("size", "input_price", "output_price"),
    [
        (0, ONE, ONE),
        (200, ONE, ONE),
        (201, TWO, ONE),
        (1000, TWO, ONE),
        (1001, FOUR, Decimal(16)),
        (None, FOUR, Decimal(16)),
    ],
)
def test_the_tier_of_the_requests_own_size_and_the_dearest_where_it_is_unknown(
    size: int | None, input_price: Decimal, output_price: Decimal
) -> None:
    tiered = priced(table(input=ONE, output=ONE, tiers=TIERS))
    assert price(tiered, "input", of_size(size), NOON) == Money(input_price, "USD")
    assert price(tiered, "output", of_size(size), NOON) == Money(output_price, "USD")


def test_a_larger_call_may_be_cheaper_but_an_unknown_size_never_is() -> None:
    tiered = priced(table(input=TWO, tiers=(PriceTier(200, (("input", ONE),)),)))
    assert price(tiered, "input", of_size(201), NOON) == Money(ONE, "USD")
    assert price(tiered, "input", of_size(None), NOON) == Money(TWO, "USD")


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (table(input=Decimal(0)), Money(Decimal(0), "USD")),
        (table(input=None), None),
        (table(output=ONE), None),
    ],
    ids=("zero", "null", "missing"),
)
def test_zero_null_and_missing(prices: PriceTable, expected: Money | None) -> None:
    assert price(priced(prices), "input", facts(), NOON) == expected


def test_a_tier_does_not_price_what_has_no_price() -> None:
    assert price(priced(table(input=None, tiers=TIERS)), "input", of_size(5000), NOON) is None


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ((), None),
        ((table(input=ONE, valid=Validity(None, NOON)),), None),
        ((table(input=ONE, valid=Validity(NOON, None)),), Money(ONE, "USD")),
        ((table(input=ONE, window=NIGHT),), None),
        ((table(input=TWO, window=Window(time(8), time(20))),), Money(TWO, "USD")),
        ((table(input=ONE), table(input=TWO)), Money(TWO, "USD")),
        ((table(input=ONE), table(input=None)), None),
        ((table(input=ONE), table(input=TWO, currency="EUR")), None),
        ((table(input=ONE), table(input=TWO, valid=Validity(None, NOON))), Money(ONE, "USD")),
    ],
    ids=(
        "no table",
        "ended",
        "began",
        "by night",
        "by day",
        "of two the dearer",
        "one of two unknown",
        "two currencies",
        "one of two ended",
    ),
)
def test_which_table_holds(tables: tuple[PriceTable, ...], expected: Money | None) -> None:
    assert price(priced(*tables), "input", facts(), NOON) == expected


@pytest.mark.parametrize(
    ("at", "expected"), [("07:59", ONE), ("08:00", TWO), ("19:59", TWO), ("20:00", ONE)]
)
def test_a_window_across_midnight(at: str, expected: Decimal) -> None:
    by_hour = priced(
        table(input=ONE, window=NIGHT), table(input=TWO, window=Window(time(8), time(20)))
    )
    found = price(by_hour, "input", facts(), utc(f"2026-06-15T{at}"))
    assert found == Money(expected, "USD")


IN_JUNE = Validity(utc("2026-06-01"), utc("2026-07-01"))
RATES = (
    Rate("EUR", Decimal("1.08"), IN_JUNE),
    Rate("EUR", Decimal("1.10"), IN_JUNE),
    Rate("EUR", Decimal(9), Validity(None, utc("2026-06-01"))),
)


@pytest.mark.parametrize(
    ("money", "at", "usd"),
    [
        (None, NOON, None),
        (Money(TWO, "USD"), NOON, TWO),
        (Money(TWO, "EUR"), NOON, Decimal("2.20")),
        (Money(TWO, "EUR"), utc("2026-07-01"), None),
        (Money(TWO, "GBP"), NOON, None),
    ],
    ids=("unknown", "dollars", "of two rates the dearer", "no rate that day", "no rate at all"),
)
def test_another_currency_needs_a_dated_rate(
    money: Money | None, at: object, usd: Decimal | None
) -> None:
    assert in_usd(money, RATES, at) == usd  # type: ignore[arg-type]


SIZED = facts(tokens__input=Decimal(1500), tokens__output=Decimal(100))
NO_ANSWER = facts(tokens__input=Decimal(1500), tokens__output=Decimal(0))


@pytest.mark.parametrize(
    ("prices", "asked", "usd"),
    [
        (table(input=TWO, output=FOUR), SIZED, Decimal("0.0034")),
        (table(input=TWO, output=Decimal(0)), SIZED, Decimal("0.003")),
        (table(input=TWO, output=FOUR, request=Decimal(500)), SIZED, Decimal("0.0039")),
        (table(input=TWO, output=FOUR, request=None), SIZED, None),
        (table(input=TWO, output=None), SIZED, None),
        (table(input=TWO), SIZED, None),
        (table(input=TWO), NO_ANSWER, Decimal("0.003")),
        (table(input=TWO, output=FOUR), facts(tokens__input=ONE), None),
        (table(input=TWO, output=FOUR), facts(), None),
        (table(input=TWO, output=FOUR, currency="EUR"), SIZED, Decimal("0.00374")),
        (table(input=TWO, output=FOUR, currency="GBP"), SIZED, None),
    ],
    ids=(
        "per million",
        "a free meter",
        "a price per call",
        "an unknown price per call",
        "an unknown price",
        "a missing price",
        "a missing price of nothing",
        "half the size unknown",
        "size unknown",
        "converted",
        "not convertible",
    ),
)
def test_cost_of_a_request(prices: PriceTable, asked: RequestFacts, usd: Decimal | None) -> None:
    assert cost_usd(priced(prices), asked, RATES, NOON) == usd


def test_costs_are_exact() -> None:
    tiny = table(input=Decimal("0.000000000000000000000000000001"), output=Decimal(0))
    huge = facts(tokens__input=Decimal(10) ** 20 + 1, tokens__output=Decimal(0))
    found = cost_usd(priced(tiny), huge, (), NOON)
    assert found == Decimal("0.0000000000000001") + Decimal("1E-36")
