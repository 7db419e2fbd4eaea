"""Predicates as formulas over numbered atoms, and their truth over bits.

Truth over the chain false < mixed < true needs four bits a statement: known true, known false,
possibly true, possibly false. `all` and `any` combine each of them on their own, `not` swaps
them, so that one formula is evaluated for many routes at once: one bit a route.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from policy_router.domain.policy import All, AnyOf, Not, Predicate, Test


class Bits(NamedTuple):
    """Four bitsets: known true, known false, possibly true, possibly false."""

    true: int
    false: int
    maybe_true: int
    maybe_false: int

    def both(self, other: Bits) -> Bits:
        """Where this and the other hold."""
        return Bits(
            self.true & other.true,
            self.false | other.false,
            self.maybe_true & other.maybe_true,
            self.maybe_false | other.maybe_false,
        )

    def either(self, other: Bits) -> Bits:
        """Where this or the other holds."""
        return Bits(
            self.true | other.true,
            self.false & other.false,
            self.maybe_true | other.maybe_true,
            self.maybe_false & other.maybe_false,
        )

    def opposite(self) -> Bits:
        """Where this does not hold."""
        return Bits(self.false, self.true, self.maybe_false, self.maybe_true)

    def at(self, place: int) -> Bits:
        """The same of one place alone."""
        return Bits(*(bits >> place & 1 for bits in self))


@dataclass(frozen=True, slots=True)
class Atom:
    """A test, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Opposite:
    """The opposite of `part`."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Every:
    """Every part; none is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some part; none is false."""

    parts: tuple[Formula, ...]


Formula = Atom | Opposite | Every | Some


def lowered(predicate: Predicate, of_test: Callable[[Test], Formula]) -> Formula:
    """The formula of `predicate`, where `of_test` gives that of a test."""
    match predicate:
        case Test():
            return of_test(predicate)
        case Not(part):
            return Opposite(lowered(part, of_test))
        case All(parts):
            return Every(tuple(lowered(p, of_test) for p in parts))
        case AnyOf(parts):
            return Some(tuple(lowered(p, of_test) for p in parts))
        case _:
            assert_never(predicate)


def atoms_in(formula: Formula) -> frozenset[int]:
    """The numbers of the atoms of `formula`."""
    match formula:
        case Atom(number):
            return frozenset({number})
        case Opposite(part):
            return atoms_in(part)
        case Every(parts) | Some(parts):
            return frozenset[int]().union(*(atoms_in(p) for p in parts))
        case _:
            assert_never(formula)


def evaluated(formula: Formula, atoms: Sequence[Bits] | dict[int, Bits], full: int) -> Bits:
    """The truth of `formula` in every place of `full`, given that of its atoms."""
    match formula:
        case Atom(number):
            return atoms[number]
        case Opposite(part):
            return evaluated(part, atoms, full).opposite()
        case Every(parts):
            found = Bits(full, 0, full, 0)
            for part in parts:
                found = found.both(evaluated(part, atoms, full))
            return found
        case Some(parts):
            found = Bits(0, full, 0, full)
            for part in parts:
                found = found.either(evaluated(part, atoms, full))
            return found
        case _:
            assert_never(formula)
