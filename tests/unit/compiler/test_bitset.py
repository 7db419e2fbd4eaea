"""Sets of routes as integers: numbers in, the same numbers out."""

from __future__ import annotations

from random import Random

import pytest

from policy_router.compiler.bitset import (
    bitset,
    first_held,
    held,
    lowest,
    members,
    positions,
    table,
    truth_bits,
)
from policy_router.compiler.formula import Bits
from policy_router.domain.truth import FALSE, MIXED, TRUE, UNKNOWN

DICE = Random(7)  # noqa: S311 - sets to try, no secrets
SETS = (
    (0, ()),
    (1, (0,)),
    (8, (0, 7)),
    (9, (8,)),
    (16, (3, 15)),
    (64, (0, 8, 16, 24, 63)),
    *((size, tuple(sorted(DICE.sample(range(size), size // 3)))) for size in (17, 33, 200, 1000)),
)


@pytest.mark.parametrize(("size", "numbers"), SETS, ids=str)
def test_a_set_is_its_numbers(size: int, numbers: tuple[int, ...]) -> None:
    bits = bitset(numbers, size)
    assert bits == sum(1 << n for n in numbers)
    assert tuple(members(bits)) == numbers
    assert [lowest(bits)] == list(numbers[:1]) if numbers else bits == 0
    looked_up = table(bits, size)
    assert len(looked_up) == size // 8 + 1
    assert held(looked_up, range(size)) == numbers
    assert held(looked_up, reversed(range(size))) == numbers[::-1]
    if numbers:
        assert first_held(looked_up, range(size)) == numbers[0]
        assert first_held(looked_up, reversed(range(size))) == numbers[-1]


def test_where_each_key_stands() -> None:
    assert positions(["b", "a", "b", "c"]) == {"b": (0, 2), "a": (1,), "c": (3,)}
    assert positions([]) == {}


def test_the_truth_of_disjoint_parts() -> None:
    parts = [((0, 9), TRUE), ((1,), FALSE), ((2, 3), UNKNOWN), ((4,), MIXED), ((5,), TRUE)]
    assert truth_bits(parts, 10) == Bits(
        true=0b10_0010_0001,
        false=0b00_0000_0010,
        maybe_true=0b10_0010_1101,
        maybe_false=0b00_0000_1110,
    )


@pytest.mark.parametrize("place", range(4))
def test_one_place_of_bits(place: int) -> None:
    bits = Bits(0b0001, 0b0010, 0b0101, 0b1110)
    assert bits.at(place) == tuple(int(bool(b & 1 << place)) for b in bits)
