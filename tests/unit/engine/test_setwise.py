"""Sets of steps: any of some is enough, and each of some is needed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from policy_router.engine.setwise import Bounds


def bounds(largest: int = 10, most: int = 256) -> Bounds:
    return Bounds(largest, most)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([], ()),
        ([()], ()),
        ([(0b1,), (0b10,)], (0b1, 0b10)),
        ([(0b11,), (0b1,)], (0b1,)),
        ([(0b110, 0b1), (0b10,)], (0b1, 0b10)),
        ([(0b1,), (0,)], (0,)),
    ],
)
def test_what_is_enough_for_one_of_many(parts: Sequence[Sequence[int]], found: tuple[int]) -> None:
    assert bounds().either(parts) == found


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([], (0,)),
        ([(0b1,), (0b10,)], (0b11,)),
        ([(0b1,), (0b10, 0b1)], (0b1,)),
        ([(0b1, 0b10), (0b100, 0b10)], (0b10, 0b101)),
        ([(0b1,), ()], ()),
        ([(), (0b1,)], ()),
    ],
)
def test_what_is_enough_for_each_of_many(parts: Sequence[Sequence[int]], found: tuple[int]) -> None:
    assert bounds().all_of(parts) == found


def test_the_smallest_sets_that_will_do_the_small_ones_first() -> None:
    choice = [0, 1, 3]
    assert bounds().enough(choice, lambda bits: bool(bits & 0b1)) == (0b1,)
    assert bounds().enough(choice, lambda bits: bits.bit_count() > 1) == (0b11, 0b1001, 0b1010)
    assert bounds().enough(choice, lambda _: True) == (0,)
    assert bounds().enough(choice, lambda bits: bits == 0b100) == ()


@pytest.mark.parametrize(
    ("largest", "most", "found", "cut"),
    [
        (2, 2, (0b101, 0b110), False),
        (2, 1, (0b101,), True),
        (1, 2, (), True),
        (10, 10, (0b101, 0b110), False),
    ],
)
def test_what_is_left_out_is_said(largest: int, most: int, found: tuple[int], cut: bool) -> None:
    at = bounds(largest, most)
    assert at.all_of([(0b100,), (0b1, 0b10)]) == found
    assert at.cut is cut
    at.either([(0,)])
    assert at.cut is cut
