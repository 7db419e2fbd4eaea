"""Predicates on facts as masks: one call says whether a request meets one.

A request is read into two bitsets over numbered statements: known true, and not known false
("possible"). A condition is known true of what is known true; swap the two, and the same question
says whether it is possible, because `all`, `any` and `not` of Kleene's logic are self-dual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from policy_router.compiler.formula import Atom, Every, Formula, Opposite, Some


@dataclass(frozen=True, slots=True)
class Condition:
    """Statements wanted (`plain`), statements whose opposite is (`negated`), and nested parts.

    `every`: all of these must hold; else one must.
    """

    every: bool
    plain: int
    negated: int
    parts: tuple[Condition, ...]

    def holds(self, true: int, possible: int) -> bool:
        """Whether it is known true; with `true` and `possible` swapped: whether it is possible."""
        if self.every:
            if true & self.plain != self.plain or possible & self.negated:
                return False
            for part in self.parts:  # noqa: SIM110 - a generator would take most of the time
                if not part.holds(true, possible):
                    return False
            return True
        if true & self.plain or possible & self.negated != self.negated:
            return True
        for part in self.parts:  # noqa: SIM110 - a generator would take most of the time
            if part.holds(true, possible):
                return True
        return False


def condition(formula: Formula, *, wanted: bool = True) -> Condition:
    """The condition that `formula` is true; not `wanted`: that it is false."""
    match formula:
        case Atom(number):
            bit = 1 << number
            return Condition(True, bit, 0, ()) if wanted else Condition(True, 0, bit, ())
        case Opposite(part):
            return condition(part, wanted=not wanted)
        case Every(parts):
            return _joined(wanted, (condition(p, wanted=wanted) for p in parts))
        case Some(parts):
            return _joined(not wanted, (condition(p, wanted=wanted) for p in parts))
        case _:
            assert_never(formula)


def _joined(every: bool, parts: Iterable[Condition]) -> Condition:
    """All or some of `parts`; those that say no more than this one can are taken into it."""
    plain = negated = 0
    nested: list[Condition] = []
    for part in parts:
        if part.every is every or _is_one_statement(part):
            plain, negated = plain | part.plain, negated | part.negated
            nested += part.parts
        else:
            nested.append(part)
    return Condition(every, plain, negated, tuple(nested))


def _is_one_statement(part: Condition) -> bool:
    return not part.parts and (part.plain | part.negated).bit_count() == 1
