"""What is permitted instead of what was refused: whose it is, what it costs, whether calls fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from policy_router.audit.prices import ListPrice, price_words, usd_price
from policy_router.engine.explanation import Alternative
from policy_router.registry.prices import USD
from policy_router.report.screen import Screen
from policy_router.report.unsized import unsized_instead
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_METERS: Final = ("input", "output")


def instead_lines(
    decision: Decision, shown: Sequence[Alternative], screen: Screen
) -> Iterator[str]:
    """One point each, and how many of them no call is known to fit."""
    yield from screen.listed(alternative_words(decision, each) for each in shown)
    if line := unsized_instead(decision, shown):
        yield from screen.wrapped(line)


def alternative_words(decision: Decision, alternative: Alternative) -> str:
    """A permitted route, whose it is, what it costs and how much more or less that is."""
    own = ", the organisation's own" if alternative.own else ""
    return f"`{escaped(alternative.route)}`{own}: {_cost(decision, alternative)}"


def _cost(decision: Decision, alternative: Alternative) -> str:
    """What a call of its size costs there, of one whose size is not known what each size costs."""
    prices = {meter: _price(decision, alternative, meter) for meter in _METERS}
    known = {meter: price for meter, price in prices.items() if price is not None}
    if len(known) < len(prices):
        return "price not known"
    said = ", ".join(f"{meter} {price_words([price])}" for meter, price in known.items())
    more = _differences(alternative, dearest=any(price.tiers for price in known.values()))
    return f"{said} per 1M tokens{more}"


def _price(decision: Decision, alternative: Alternative, meter: str) -> ListPrice | None:
    stated = alternative.input_price if meter == "input" else alternative.output_price
    route = decision.snapshot.registry.routes.get(alternative.route)
    sized = isinstance(decision.facts.scalar("tokens.input"), Decimal)
    if stated is None or route is None or sized:
        return None if stated is None else ListPrice(USD, stated)
    return usd_price(route, meter, decision.snapshot.policies.rates, decision.determination.at)


def _differences(alternative: Alternative, *, dearest: bool) -> str:
    """How much more or less that is than what was asked for, each at its dearest."""
    more = (alternative.input_difference, alternative.output_difference)
    if more[0] is None or more[1] is None:
        return ""
    at = "at the dearest " if dearest else ""
    return f" ({at}{more[0]:+.2f} in, {more[1]:+.2f} out)"
