"""The price of each route as whole numbers, so that the cheapest is found exactly and fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import pairwise
from math import gcd
from typing import NamedTuple

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import held, table
from policy_router.domain.request import RequestFacts
from policy_router.engine.cheapest import Offer, cheapest, lower_hull
from policy_router.registry.prices import in_usd, price

Routes = int | tuple[int, ...]
"""Routes: many as a set, the few that a name stands for by their numbers, best first."""

_METERS = ("input", "output")
_PER_CALL = "request"


class _Price(NamedTuple):
    """What routes cost per call, per input token and per output token, in one unit."""

    call: int
    into: int
    out: int
    numbers: tuple[int, ...]


Ratio = tuple[int, int]
"""Two routes cost the same where input tokens times the first are output tokens times the other."""

_Amounts = tuple[Decimal, Decimal, Decimal]
Keep = Callable[[tuple[int, ...]], tuple[int, ...]]


class Cheapest:
    """The routes of one set that can be cheapest at some size, ready to be searched.

    `by_call`: their prices by what a call costs apart from tokens, each by rising input price.
    `keep`: those of some routes that are in the set.
    """

    __slots__ = ("_hulls",)

    def __init__(self, by_call: Iterable[tuple[int, Iterable[_Price]]], keep: Keep) -> None:
        self._hulls: list[tuple[int, list[Offer], list[tuple[int, ...]]]] = []
        for call, prices in by_call:
            steps = list(_falling(prices, keep))
            if steps:
                hull = lower_hull((p.into, p.out, n) for n, (p, _) in enumerate(steps))
                self._hulls.append((call, hull, [numbers for _, numbers in steps]))

    @property
    def turning(self) -> tuple[Ratio, ...] | None:
        """Where another of them becomes the cheapest, as calls get more input for their output.

        None if the ratio of both does not tell, as some have a price per call.
        """
        if len({call for call, _, _ in self._hulls}) > 1:
            return None
        ratios = {
            _lowest(after[0] - before[0], before[1] - after[1])
            for _, hull, _ in self._hulls
            for before, after in pairwise(hull)
        }
        return tuple(sorted(ratios))

    def at(self, into: int, out: int) -> tuple[int, ...]:
        """The numbers of the routes that are cheapest for a call of so many tokens, each above 0.

        Empty if no route has a price.
        """
        lowest: int | None = None
        best: tuple[int, ...] = ()
        for call, hull, numbers in self._hulls:
            tokens, equal = cheapest(hull, into, out)
            cost = call + tokens
            if lowest is None or cost <= lowest:
                found = tuple([n for offer in equal for n in numbers[offer[2]]])
                best, lowest = (best + found if cost == lowest else found), cost
        return best


def _lowest(into: int, out: int) -> Ratio:
    shared = gcd(into, out)
    return into // shared, out // shared


def _falling(prices: Iterable[_Price], keep: Keep) -> Iterator[tuple[_Price, tuple[int, ...]]]:
    """Of prices by rising input price, those whose output price is below all before."""
    lowest: int | None = None
    for each in prices:
        if lowest is None or each.out < lowest:
            numbers = keep(each.numbers)
            if numbers:
                lowest = each.out
                yield each, numbers


class Offers:
    """The prices of one epoch at one size of call (one side of every price tier)."""

    def __init__(self, bound: Bound, facts: RequestFacts) -> None:
        alike: dict[_Amounts, list[int]] = {}
        for amounts, numbers in _prices(bound, facts):
            alike.setdefault(amounts, []).extend(numbers)
        places = max((-int(p.as_tuple().exponent) for a in alike for p in a), default=0)
        prices = sorted(
            _Price(
                _whole(call, places),
                _whole(into, places),
                _whole(out, places),
                tuple(sorted(numbers)),
            )
            for (call, into, out), numbers in alike.items()
        )
        self._count = len(bound.routes)
        self._by_call = _by_call(prices)
        self._price_of = {n: each for each in prices for n in each.numbers}

    def among(self, routes: Routes) -> Cheapest:
        """Those of `routes` that can be cheapest."""
        if isinstance(routes, int):
            return Cheapest(self._by_call, partial(held, table(routes, self._count)))
        few = {n for n in routes if n in self._price_of}
        prices = sorted({self._price_of[n] for n in few})
        return Cheapest(_by_call(prices), lambda numbers: tuple(n for n in numbers if n in few))


def _prices(bound: Bound, facts: RequestFacts) -> Iterator[tuple[_Amounts, Iterable[int]]]:
    """Per call, input and output token; only of routes that have them and are not free."""
    rates, at = bound.snapshot.policies.rates, bound.moment.at
    for numbers in bound.atoms.alike_in_price().values():
        route = bound.routes[numbers[0]]
        into, out, call = (
            in_usd(price(route, meter, facts, at), rates, at) for meter in (*_METERS, _PER_CALL)
        )
        if not any(_PER_CALL in dict(t.amounts) for t in route.prices if t.holds(at)):
            call = Decimal(0)
        if into is not None and out is not None and call is not None and (into or out or call):
            yield (call, into, out), numbers


def _whole(price: Decimal, places: int) -> int:
    """A price in units of the `places`th decimal place: exactly, however many digits it has."""
    _, digits, exponent = price.as_tuple()
    shift: int = 10 ** (places + int(exponent))
    return int("".join(map(str, digits))) * shift


def _by_call(prices: Iterable[_Price]) -> list[tuple[int, list[_Price]]]:
    found: dict[int, list[_Price]] = {}
    for each in prices:
        found.setdefault(each.call, []).append(each)
    return list(found.items())
