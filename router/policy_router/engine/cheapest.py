"""The cheapest of a set of routes for any size of call, without looking at each.

The cost of a call is linear in its input and output tokens, so only routes on the lower hull of
(input price, output price) can ever be cheapest; on it the cost first falls, then rises.
Source: A. M. Andrew, "Another efficient algorithm for convex hulls in two dimensions" (1979).
"""

from __future__ import annotations

from collections.abc import Iterable

Offer = tuple[int, int, int]
"""Input price, output price, and the number of the route, in one common unit."""


def lower_hull(offers: Iterable[Offer]) -> list[Offer]:
    """The offers that are cheapest at some size, by rising input price.

    Offers on a line between two others are kept: at one ratio of sizes all of them cost the same.
    """
    best: dict[int, Offer] = {}
    for offer in sorted(offers):
        best.setdefault(offer[0], offer)
    hull: list[Offer] = []
    for offer in (best[price] for price in sorted(best)):
        if hull and offer[1] >= hull[-1][1]:
            continue
        while len(hull) >= 2 and _above(hull[-2], hull[-1], offer):  # noqa: PLR2004 - a turn needs three points
            hull.pop()
        hull.append(offer)
    return hull


def _above(a: Offer, b: Offer, c: Offer) -> bool:
    """Whether `b` lies strictly above the line from `a` to `c`."""
    return (b[1] - a[1]) * (c[0] - a[0]) > (c[1] - a[1]) * (b[0] - a[0])


def cheapest(hull: list[Offer], into: int, out: int) -> tuple[int, list[Offer]]:
    """The lowest cost of a call and every offer of the hull that has it.

    `into` and `out` are its token counts, both above zero.
    """
    low, high = 0, len(hull) - 1
    while low < high:
        middle = (low + high) // 2
        here = into * hull[middle][0] + out * hull[middle][1]
        after = into * hull[middle + 1][0] + out * hull[middle + 1][1]
        if after < here:
            low = middle + 1
        else:
            high = middle
    cost = into * hull[low][0] + out * hull[low][1]
    equal = [o for o in hull[low:] if into * o[0] + out * o[1] == cost]
    return cost, equal
