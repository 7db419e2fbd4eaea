"""What a call costs on a route: at its own size, at its instant, in US dollars."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, localcontext

from policy_router.domain.price import Money, PriceTable, Rate
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route

USD = "USD"
_EXACT_DIGITS = 60
_PER_MILLION = -6
_PER_CALL = "request"


def price(route: Route, meter: str, facts: RequestFacts, at: datetime) -> Money | None:
    """The price of `meter` per one million units, None if unknown.

    The tier of the request's own size; the dearest where its size is unknown. Of several tables
    that hold at `at`, the dearest, and unknown if their currencies differ.
    """
    found = priced(route, meter, facts, at)
    return found[0] if found else None


def priced(
    route: Route, meter: str, facts: RequestFacts, at: datetime
) -> tuple[Money, PriceTable] | None:
    """The same with the table that states it."""
    tokens = facts.scalar("tokens.input")
    size = tokens if isinstance(tokens, Decimal) else None
    prices = [(_table_price(t, meter, size), t) for t in route.prices if t.holds(at)]
    known = [(p, t) for p, t in prices if p is not None]
    if not known or len(known) < len(prices) or len({p.currency for p, _ in known}) > 1:
        return None
    return max(known, key=lambda each: each[0].amount)


def _table_price(table: PriceTable, meter: str, size: Decimal | None) -> Money | None:
    base = dict(table.amounts).get(meter)
    if base is None:
        return None
    if not table.tiers:
        return Money(base, table.currency)
    reached = [t for t in table.tiers if size is None or size > t.above_input_tokens]
    amounts = [amount for t in reached if (amount := dict(t.amounts).get(meter)) is not None]
    if size is not None and reached:
        tier = max(reached, key=lambda t: t.above_input_tokens)
        return Money(dict(tier.amounts).get(meter, base), table.currency)
    return Money(max([base, *amounts]), table.currency)


def is_sized(facts: RequestFacts) -> bool:
    """Whether it is known how large a request is and may become."""
    return facts.knows("tokens.input") and facts.knows("tokens.output")


def in_usd(money: Money | None, rates: tuple[Rate, ...], at: datetime) -> Decimal | None:
    """`money` in US dollars; None without a dated rate (the dearest, should several hold)."""
    if money is None:
        return None
    if money.currency == USD:
        return money.amount
    usd = [r.usd for r in rates if r.currency == money.currency and r.validity.holds(at)]
    if not usd:
        return None
    with localcontext(prec=_EXACT_DIGITS):
        return money.amount * max(usd)


def cost_usd(
    route: Route, facts: RequestFacts, rates: tuple[Rate, ...], at: datetime
) -> Decimal | None:
    """US dollars for this request, from its token counts; None without them or without prices."""
    units = {meter: facts.scalar(f"tokens.{meter}") for meter in ("input", "output")}
    if None in units.values():
        return None
    if any(_PER_CALL in dict(t.amounts) for t in route.prices if t.holds(at)):
        units[_PER_CALL] = Decimal(1)
    total = Decimal(0)
    with localcontext(prec=_EXACT_DIGITS):
        for meter, count in units.items():
            usd = in_usd(price(route, meter, facts, at), rates, at)
            if not isinstance(count, Decimal) or (usd is None and count != 0):
                return None
            total += (count * (usd or 0)).scaleb(_PER_MILLION)
    return total
