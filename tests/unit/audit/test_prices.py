"""Prices as documents state them, in words: of a small call, and of larger ones."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.audit.prices import ListPrice, list_price, price_words
from policy_router.domain.claim import Evidence
from policy_router.domain.price import PriceTable, PriceTier, Rate
from policy_router.domain.route import Route
from tests.small import ALWAYS_VALID, HERE, NOON, evidence, route

OTHER = replace(evidence(), reference="another list")


def tier(above: int, **amounts: str) -> PriceTier:
    return PriceTier(above, tuple((meter, Decimal(said)) for meter, said in amounts.items()))


def table(
    said: str | None, *tiers: PriceTier, currency: str = "USD", source: Evidence | None = None
) -> PriceTable:
    amount = None if said is None else Decimal(said)
    return PriceTable(
        currency, (("input", amount),), ALWAYS_VALID, source or evidence(), HERE, tiers=tiers
    )


def priced(*tables: PriceTable) -> Route:
    return replace(route(), prices=tables)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([table("4")], "4.00 USD"),
        ([table("4", tier(272000, input="8"))], "4.00 USD (8.00 above 272,000 tokens in)"),
        (
            [table("4", tier(9, input="0.125"), tier(5, input="8"))],
            "4.00 USD (8.00 above 5 tokens in; 0.125 above 9 tokens in)",
        ),
        ([table("4", tier(9, output="8"))], "4.00 USD"),
        ([table("4", tier(9, input="4"))], "4.00 USD"),
        (
            [table("4", tier(5, input="8"), tier(9, output="1"))],
            "4.00 USD (8.00 above 5 tokens in; 4.00 above 9 tokens in)",
        ),
        ([table("0", tier(9, input="1"))], "0.00 USD (listed as zero) (1.00 above 9 tokens in)"),
        ([table("1", tier(9, input="0"))], "1.00 USD (0.00 above 9 tokens in)"),
        (
            [table("4", tier(9, input="8")), table("5", source=OTHER)],
            "5.00 USD (8.00 above 9 tokens in)",
        ),
        ([table(None, tier(9, input="8"))], "not known"),
        ([table("4"), table(None)], "not known"),
        ([table("4"), table("4", currency="EUR")], "not known"),
        ([], "not known"),
    ],
    ids=(
        "plain",
        "tiered",
        "tiers in any order",
        "another meter's tier",
        "a tier of the same price",
        "a tier that goes back",
        "zero",
        "zero above",
        "of two the dearer at each size",
        "null",
        "one of two null",
        "two currencies",
        "none",
    ),
)
def test_a_price_in_words(tables: list[PriceTable], said: str) -> None:
    found = list_price(priced(*tables), "input", NOON)
    assert price_words([] if found is None else [found]) == said


def test_each_figure_has_the_source_that_states_it() -> None:
    both = priced(table("4", tier(9, input="8")), table("5", source=OTHER))
    found = list_price(both, "input", NOON)
    assert found is not None
    assert found.sources == (OTHER, evidence())
    plain = list_price(priced(table("4"), table("5", source=OTHER)), "input", NOON)
    assert plain is not None
    assert plain.sources == (OTHER,)


def of(base: str, *tiers: tuple[int, str]) -> ListPrice:
    return ListPrice("USD", Decimal(base), tuple((bound, Decimal(a)) for bound, a in tiers))


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ([of("4"), of("4")], "4.00 USD"),
        ([of("4.4"), of("4")], "4.00 USD to 4.40 USD"),
        (
            [of("4", (9, "8")), of("4.4", (9, "8.8"))],
            "4.00 USD to 4.40 USD (8.00 to 8.80 above 9 tokens in)",
        ),
        (
            [of("4", (9, "8")), of("4", (9, "8")), of("4")],
            "4.00 USD (8.00 above 9 tokens in on 2 of 3 routes)",
        ),
    ],
    ids=("alike", "a span", "a span with tiers", "tiers on some routes only"),
)
def test_several_prices_are_told_as_their_span(prices: list[ListPrice], said: str) -> None:
    assert price_words(prices) == said


def test_a_price_may_be_told_without_its_currency() -> None:
    said = price_words([of("4", (9, "8"))], with_currency=False)
    assert said == "4.00 (8.00 above 9 tokens in)"


def test_all_of_a_price_is_converted_or_nothing_of_it() -> None:
    tiered = priced(table("4", tier(9, input="8"), currency="EUR"))
    found = list_price(tiered, "input", NOON)
    assert found is not None
    converted = found.in_usd((Rate("EUR", Decimal("1.5"), ALWAYS_VALID),), NOON)
    assert converted == replace(found, currency="USD", base=Decimal(6), tiers=((9, Decimal(12)),))
    assert found.in_usd((), NOON) is None
