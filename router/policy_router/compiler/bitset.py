"""Sets of routes as integers: route number n is bit n."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from policy_router.compiler.formula import Bits
from policy_router.domain.truth import Truth

_BITS_A_BYTE = 8
T = TypeVar("T", bound=Hashable)


def bitset(numbers: Iterable[int], size: int) -> int:
    """The set of these numbers, all below `size`."""
    bits = bytearray(size // _BITS_A_BYTE + 1)
    for n in numbers:
        bits[n >> 3] |= 1 << (n & 7)
    return int.from_bytes(bits, "little")


def members(bits: int) -> Iterator[int]:
    """The numbers in a set, smallest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def lowest(bits: int) -> int:
    """The smallest number in a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def table(bits: int, size: int) -> bytes:
    """A set, to look single numbers in up: see `held`."""
    return bits.to_bytes(size // _BITS_A_BYTE + 1, "little")


def held(table: bytes, numbers: Iterable[int]) -> tuple[int, ...]:
    """Those of `numbers` that are in the set of a table."""
    return tuple([n for n in numbers if table[n >> 3] >> (n & 7) & 1])


def first_held(table: bytes, numbers: Iterable[int]) -> int:
    """The first of `numbers` that is in the set of a table, where one is."""
    return next(n for n in numbers if table[n >> 3] >> (n & 7) & 1)


def positions(keys: Sequence[T]) -> dict[T, tuple[int, ...]]:
    """For each key, the positions where it stands."""
    found: dict[T, list[int]] = {}
    for n, key in enumerate(keys):
        found.setdefault(key, []).append(n)
    return {key: tuple(numbers) for key, numbers in found.items()}


def everywhere(truth: Truth, size: int) -> Bits:
    """Bits of a statement that has one truth for all of `size` routes."""
    full = (1 << size) - 1
    read = (truth.known_true, truth.known_false, truth.may_be_true, truth.may_be_false)
    return Bits(*(full if yes else 0 for yes in read))


def truth_bits(parts: Iterable[tuple[Iterable[int], Truth]], size: int) -> Bits:
    """Bits of a statement that has one truth for the routes of each of these disjoint parts."""
    numbers: dict[Truth, list[int]] = {}
    for part, truth in parts:
        numbers.setdefault(truth, []).extend(part)
    true = false = maybe_true = maybe_false = 0
    for truth, of_truth in numbers.items():
        bits = bitset(of_truth, size)
        true |= bits if truth.known_true else 0
        false |= bits if truth.known_false else 0
        maybe_true |= bits if truth.may_be_true else 0
        maybe_false |= bits if truth.may_be_false else 0
    return Bits(true, false, maybe_true, maybe_false)
