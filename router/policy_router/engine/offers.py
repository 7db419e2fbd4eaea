"""The price of each route as whole numbers, so that the cheapest is found exactly and fast."""

from __future__ import annotations

from decimal import Decimal

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import lowest
from policy_router.domain.request import RequestFacts
from policy_router.engine.cheapest import Offer, cheapest, lower_hull
from policy_router.registry.prices import in_usd, price

MOST_HULLS = 1024
_PER_CALL = "request"


class Offers:
    """The offers of one epoch at one size of call (one side of every price tier)."""

    def __init__(self, bound: Bound, facts: RequestFacts) -> None:
        self._pairs: list[tuple[Decimal, Decimal, int]] = []
        self.linear = True
        rates, at = bound.snapshot.policies.rates, bound.moment.at
        for bits in bound.atoms.alike_in_price().values():
            route = bound.routes[lowest(bits)]
            if any(_PER_CALL in dict(t.amounts) for t in route.prices if t.holds(at)):
                self.linear = False
            into = in_usd(price(route, "input", facts, at), rates, at)
            out = in_usd(price(route, "output", facts, at), rates, at)
            if into is not None and out is not None and (into or out):
                self._pairs.append((into, out, bits))
        self._unit = 10 ** max(
            (-int(p.as_tuple().exponent) for o in self._pairs for p in o[:2]), default=0
        )
        self._hulls: dict[int, tuple[list[Offer], dict[tuple[int, int], int]]] = {}

    def best(self, routes: int, into: int, out: int) -> int:
        """Those of `routes` that are cheapest for a call of this size; none if none has a price."""
        found = self._hulls.get(routes)
        if found is None:
            found = self._hull(routes)
            if len(self._hulls) < MOST_HULLS:
                self._hulls[routes] = found
        hull, alike = found
        if not hull:
            return 0
        _, equal = cheapest(hull, into, out)
        best = 0
        for offer in equal:
            best |= alike[offer[0], offer[1]]
        return best

    def _hull(self, routes: int) -> tuple[list[Offer], dict[tuple[int, int], int]]:
        alike: dict[tuple[int, int], int] = {}
        for into, out, bits in self._pairs:
            here = bits & routes
            if here:
                pair = (int(into * self._unit), int(out * self._unit))
                alike[pair] = alike.get(pair, 0) | here
        return lower_hull((i, o, lowest(bits)) for (i, o), bits in alike.items()), alike
