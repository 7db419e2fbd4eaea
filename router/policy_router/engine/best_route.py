"""The best of the permitted routes, and their order: for one epoch."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import first_held, lowest, members, table
from policy_router.compiler.order import ordered, score
from policy_router.domain.policy import Alias
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.engine.offers import Cheapest, Offers, Routes

MOST_OFFERS = 64
"""Sides of price tiers whose prices are kept: fewer where routes are many."""
MOST_PRICED = 500_000
"""Routes whose prices are kept, over all sides: a quarter of a kilobyte each."""

MOST_LOOKED_AT = 64
"""So many routes are ordered by themselves; where there are more, all of the epoch are, once."""

_COST = "cost"

Size = tuple[int, int]
"""Input and output tokens of a call, each above 0."""


def numbers_of(routes: Routes) -> Iterator[int]:
    """The numbers of routes."""
    return members(routes) if isinstance(routes, int) else iter(routes)


def depends_on_size(by: tuple[str, ...], facts: RequestFacts) -> bool:
    """Whether the best by these attributes depends on the exact size of a request."""
    return _COST in by and all(
        isinstance(facts.scalars.get(f"tokens.{meter}"), Decimal) for meter in ("input", "output")
    )


class BestRoute:
    """Finds the best of a set of routes, without looking at each where that can be avoided."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._usual = _without_cost(bound.order.by)
        self._most = max(1, min(MOST_OFFERS, MOST_PRICED // max(1, len(bound.routes))))
        self._offers: dict[int, Offers] = {}
        self._orders: dict[tuple[tuple[str, ...], int], tuple[int, ...]] = {}

    def of(self, by: tuple[str, ...], facts: RequestFacts, routes: Routes) -> int:
        """The number of the best of `routes`, which are not none, by `by`, apart from cost."""
        if isinstance(routes, tuple):
            if len(routes) == 1:
                return routes[0]
        elif not routes & (routes - 1):
            return routes.bit_length() - 1
        sized = self._bound.reads.sizes and "tokens.input" in facts.scalars
        if _without_cost(by) == self._usual and not sized:
            return lowest(routes) if isinstance(routes, int) else routes[0]
        if isinstance(routes, tuple) or routes.bit_count() <= MOST_LOOKED_AT:
            return self._first(by, facts, routes)
        return first_held(table(routes, len(self._bound.routes)), self._order(by, facts))

    def priced(self, by: tuple[str, ...], facts: RequestFacts, routes: Routes) -> Cheapest:
        """Those of `routes` that can be best by `by` at some size, of which cost is a part.

        It holds for all sizes on the same side of every price tier.
        """
        tied = self._tied(by[: by.index(_COST)], facts, routes)
        return self._offers_at(facts).among(tied)

    def cheapest(
        self, by: tuple[str, ...], facts: RequestFacts, routes: Routes, priced: Cheapest
    ) -> int:
        """The number of the best of `routes`, which are not none, at the size of a request."""
        size = whole_size(facts)
        best = () if size is None else priced.at(*size)
        if len(best) == 1:
            return best[0]
        return self._first(by, facts, best or routes)

    def ordered(
        self, by: tuple[str, ...], facts: RequestFacts, routes: Routes, alias: Alias | None
    ) -> tuple[Route, ...]:
        """`routes`, best first: an alias's order of models, then the attributes `by`."""
        bound = self._bound
        found = [bound.routes[n] for n in numbers_of(routes)]
        ranked = ordered(bound.snapshot, bound.moment, by, facts, found)
        if alias is None:
            return ranked
        place = {model: n for n, model in reversed(list(enumerate(alias.models)))}
        return tuple(sorted(ranked, key=lambda r: place[r.model]))

    def _first(self, by: tuple[str, ...], facts: RequestFacts, routes: Routes) -> int:
        return self._bound.number[self.ordered(by, facts, routes, None)[0].id]

    def _tied(self, by: tuple[str, ...], facts: RequestFacts, routes: Routes) -> Routes:
        """Those of `routes` that are best by attributes that come before cost."""
        if not by:
            return routes
        bound = self._bound
        scores: dict[tuple[object, ...], list[int]] = {}
        for n in numbers_of(routes):
            route = bound.routes[n]
            key = tuple(score(bound.snapshot, bound.moment, name, facts, route) for name in by)
            scores.setdefault(key, []).append(n)
        return tuple(scores[min(scores)])

    def _order(self, by: tuple[str, ...], facts: RequestFacts) -> tuple[int, ...]:
        """All routes, best first by `by` apart from cost: as long as the side is the same."""
        key = (_without_cost(by), self._side(facts))
        found = self._orders.get(key)
        if found is None:
            bound = self._bound
            ranked = self.ordered(key[0], facts, bound.full, None)
            if len(self._orders) >= self._most:
                self._orders.clear()
            found = self._orders[key] = tuple(bound.number[route.id] for route in ranked)
        return found

    def _side(self, facts: RequestFacts) -> int:
        """On which side of every price tier a call lies."""
        return self._bound.reads.bits(facts) & self._bound.reads.sizes

    def _offers_at(self, facts: RequestFacts) -> Offers:
        side = self._side(facts)
        found = self._offers.get(side)
        if found is None:
            found = Offers(self._bound, facts)
            if len(self._offers) >= self._most:
                self._offers.clear()
            self._offers[side] = found
        return found


def whole_size(facts: RequestFacts) -> Size | None:
    """The size of a call; None unless both counts are whole numbers above 0."""
    sizes = []
    for meter in ("input", "output"):
        tokens = facts.scalars[f"tokens.{meter}"]
        if not isinstance(tokens, Decimal) or tokens <= 0 or tokens != int(tokens):
            return None
        sizes.append(int(tokens))
    return sizes[0], sizes[1]


def _without_cost(by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in by if name != _COST)
