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
            t, f, mt, mf = evaluated(part, atoms, full)
            return Bits(f, t, mf, mt)
        case Every(parts):
            true, false, maybe_true, maybe_false = full, 0, full, 0
            for part in parts:
                t, f, mt, mf = evaluated(part, atoms, full)
                true, false = true & t, false | f
                maybe_true, maybe_false = maybe_true & mt, maybe_false | mf
            return Bits(true, false, maybe_true, maybe_false)
        case Some(parts):
            true, false, maybe_true, maybe_false = 0, full, 0, full
            for part in parts:
                t, f, mt, mf = evaluated(part, atoms, full)
                true, false = true | t, false & f
                maybe_true, maybe_false = maybe_true | mt, maybe_false & mf
            return Bits(true, false, maybe_true, maybe_false)
        case _:
            assert_never(formula)
