"""The cheapest of many offers at every size, beside looking at each."""

from __future__ import annotations

from itertools import product

import pytest

from policy_router.engine.cheapest import Offer, cheapest, lower_hull

OFFERS: dict[str, list[Offer]] = {
    "one": [(3, 3, 0)],
    "the dearer at one input price": [(1, 9, 0), (1, 4, 1), (2, 2, 2)],
    "never cheaper": [(1, 4, 0), (2, 4, 1), (3, 5, 2)],
    "above the line": [(1, 9, 0), (2, 8, 1), (3, 1, 2)],
    "above the line, far away": [(100, 9, 0), (101, 6, 1), (102, 1, 2)],
    "on the line": [(1, 9, 0), (2, 5, 1), (3, 1, 2)],
    "below the line": [(1, 9, 0), (2, 3, 1), (3, 1, 2)],
    "many turns": [(n, (40 - n) ** 2, n) for n in range(1, 40, 3)],
    "a hollow": [(1, 100, 0), (10, 60, 1), (11, 59, 2), (12, 10, 3), (50, 1, 4)],
    "free to ask": [(0, 5, 0), (4, 0, 1)],
}


@pytest.mark.parametrize("name", OFFERS)
def test_the_cheapest_at_every_size(name: str) -> None:
    offers = OFFERS[name]
    hull = lower_hull(offers)
    assert hull == sorted(hull)
    for into, out in product((1, 2, 3, 7, 19, 40), repeat=2):
        lowest = min(into * o[0] + out * o[1] for o in offers)
        cost, equal = cheapest(hull, into, out)
        assert cost == lowest
        assert equal
        assert all(into * o[0] + out * o[1] == lowest for o in equal)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("the dearer at one input price", [1, 2]),
        ("never cheaper", [0]),
        ("above the line", [0, 2]),
        ("above the line, far away", [0, 2]),
        ("on the line", [0, 1, 2]),
        ("below the line", [0, 1, 2]),
        ("a hollow", [0, 3, 4]),
    ],
)
def test_what_is_cheapest_at_no_size_is_left_out(name: str, kept: list[int]) -> None:
    assert [number for _, _, number in lower_hull(OFFERS[name])] == kept


def test_all_of_equal_cost() -> None:
    hull = lower_hull(OFFERS["on the line"])
    assert cheapest(hull, 4, 1) == (13, [(1, 9, 0), (2, 5, 1), (3, 1, 2)])
