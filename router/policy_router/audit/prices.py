"""Prices as their documents state them: of a small call, and from what size on they are others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from policy_router.domain.claim import Evidence
from policy_router.domain.price import Money, PriceTable, Rate
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.engine import words
from policy_router.registry.prices import USD, in_usd, priced


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A price per one million units, as stored. `base`: of the smallest calls.

    `tiers`: above how many input tokens it is another one, and which, by that number. `sources`:
    what states them.
    """

    currency: str
    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...] = ()
    sources: tuple[Evidence, ...] = ()

    def in_usd(self, rates: tuple[Rate, ...], at: datetime) -> ListPrice | None:
        """The same in US dollars; None without a dated rate."""
        usd = [
            in_usd(Money(amount, self.currency), rates, at)
            for amount in (self.base, *(amount for _, amount in self.tiers))
        ]
        known = [amount for amount in usd if amount is not None]
        if len(known) < len(usd):
            return None
        bounds = (bound for bound, _ in self.tiers)
        tiers = tuple(zip(bounds, known[1:], strict=True))
        return replace(self, currency=USD, base=known[0], tiers=tiers)


def list_price(route: Route, meter: str, at: datetime) -> ListPrice | None:
    """What calls of each size pay for `meter`; None where it is not known.

    Of several tables that hold at `at`, at each size the dearest, as for a call of that size. A
    rule takes the dearest of all of it for a call of unknown size.
    """
    bounds = {tier.above_input_tokens for t in route.prices if t.holds(at) for tier in t.tiers}
    steps = [(bound, _of_size(route, meter, bound + 1, at)) for bound in sorted(bounds)]
    first = _of_size(route, meter, 0, at)
    if first is None:
        return None
    amount, sources = first[0].amount, [first[1].evidence]
    tiers: list[tuple[int, Decimal]] = []
    for bound, step in steps:
        if step is not None and step[0].amount != amount:
            amount = step[0].amount
            tiers.append((bound, amount))
            sources.append(step[1].evidence)
    return ListPrice(
        first[0].currency, first[0].amount, tuple(tiers), tuple(dict.fromkeys(sources))
    )


def usd_price(route: Route, meter: str, rates: tuple[Rate, ...], at: datetime) -> ListPrice | None:
    """The same in US dollars; None where it is not known, or without a dated rate."""
    found = list_price(route, meter, at)
    return None if found is None else found.in_usd(rates, at)


def _of_size(
    route: Route, meter: str, tokens: int, at: datetime
) -> tuple[Money, PriceTable] | None:
    """What a call that sends so many tokens pays, and the table that states it."""
    facts = RequestFacts(scalars=MappingProxyType({"tokens.input": Decimal(tokens)}))
    return priced(route, meter, facts, at)


def price_words(prices: Sequence[ListPrice], *, with_currency: bool = True) -> str:
    """A price, or the span of several in one currency, with what larger calls pay.

    "4.00 USD (8.00 above 272,000 tokens in)". A zero is said to be one: it may be a gap in a list.
    None at all are not known.
    """
    if not prices:
        return words.UNKNOWN
    currency = f" {prices[0].currency}" if with_currency else ""
    base = _span([price.base for price in prices], currency, zero=" (listed as zero)")
    larger = "; ".join(_larger(prices))
    return f"{base} ({larger})" if larger else base


def _larger(prices: Sequence[ListPrice]) -> Iterator[str]:
    """By size, what larger calls pay; and on how many routes, where not all have such a step."""
    for bound in sorted({bound for price in prices for bound, _ in price.tiers}):
        amounts = [dict(price.tiers)[bound] for price in prices if bound in dict(price.tiers)]
        of_all = f"{len(amounts)} of {words.counted(len(prices), 'route')}"
        where = "" if len(amounts) == len(prices) else f" on {of_all}"
        yield f"{_span(amounts)} above {words.counted(bound, 'token')} in{where}"


def _span(amounts: Sequence[Decimal], currency: str = "", zero: str = "") -> str:
    low, high = min(amounts), max(amounts)
    ends = (low,) if low == high else (low, high)
    return " to ".join(f"{_amount(end)}{currency}{'' if end else zero}" for end in ends)


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}" if amount == round(amount, 2) else words.number(amount)
