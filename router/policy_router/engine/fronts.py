"""Values of an attribute worth stating: those of which no other meets all that they meet.

What rules want of a value is a list of *marks*. Whatever else is done, a value with all the marks
of another does no worse in its place, so the others need not be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from policy_router.domain.claim import ClaimValue, EvidenceDemand, Members
from policy_router.engine.setwise import Bounds

MOST_VALUES = 256
"""Sets of members looked at for one attribute of one hop."""

RuleKey = tuple[str, str]
"""The ids of a policy and of one of its rules."""

Value = TypeVar("Value", bound=ClaimValue)


@dataclass(frozen=True, slots=True)
class ValueMark:
    """What a rule wants of a value that is no set."""

    rule: RuleKey
    demand: EvidenceDemand
    holds: Callable[[ClaimValue], bool]

    def met(self, value: ClaimValue) -> bool:
        """Whether a known value has the mark."""
        return self.holds(value)


@dataclass(frozen=True, slots=True)
class MemberMark:
    """What a rule wants of each member of a set (`every`), or of one of them.

    `mendable`: it can also be had, for a member that has it not, by steps about that member.
    """

    rule: RuleKey
    demand: EvidenceDemand
    holds: Callable[[str], bool]
    every: bool
    mendable: bool = False

    def met(self, value: ClaimValue) -> bool:
        """Whether a set has the mark, whatever may be in it besides what is certain."""
        if not isinstance(value, Members):
            return False
        if self.every:
            return not value.open and all(map(self.holds, value.certain | value.optional))
        return any(map(self.holds, value.certain))


Mark = ValueMark | MemberMark


def marks_met(value: ClaimValue | None, marks: Iterable[Mark]) -> int:
    """Which of `marks` a value has, as bits; an unknown one has none."""
    if value is None:
        return 0
    return sum(1 << n for n, mark in enumerate(marks) if mark.met(value))


def covered(bits: int, others: Iterable[int]) -> bool:
    """Whether one of `others` has all of `bits`."""
    return any(bits & other == bits for other in others)


def front(values: Iterable[Value], marks: Sequence[Mark]) -> tuple[Value, ...]:
    """Those of `values` of which no other has more marks; of equal ones the first."""
    every = (1 << len(marks)) - 1
    found: dict[int, Value] = {}
    for value in values:
        bits = marks_met(value, marks)
        if bits == every:
            return (value,)
        found.setdefault(bits, value)
    return tuple(
        value
        for bits, value in found.items()
        if not covered(bits, (other for other in found if other != bits))
    )


def set_front(
    members: Sequence[str], marks: Sequence[MemberMark], bounds: Bounds, *, may_be_empty: bool
) -> tuple[Members, ...]:
    """The sets of `members` worth stating, small ones of early members.

    For each part of the marks that every member must have, the set of all members that have them
    has as many of the other marks as any set can: those, and no others, are looked at.
    """
    empty = (Members(frozenset()),) if may_be_empty else ()
    if empty and all(mark.met(empty[0]) for mark in marks):
        return empty
    alone = next((m for m in members if all(mark.holds(m) for mark in marks)), None)
    if alone is not None:
        return (Members(frozenset({alone})),)
    classes = _Classes(members, marks)
    found = dict.fromkeys(classes.few(bits) for bits in classes.largest(bounds))
    some = (Members(classes.names(bits)) for bits in found if bits)
    return front((*some, *empty), (*marks, *classes.absences()))


class _Classes:
    """Members that no mark tells apart, as one bit each."""

    def __init__(self, members: Iterable[str], marks: Sequence[MemberMark]) -> None:
        self._class: dict[tuple[bool, ...], str] = {}
        self._marks = marks
        for member in members:
            self._class.setdefault(tuple(mark.holds(member) for mark in marks), member)
        self._names = list(self._class.values())

    def names(self, bits: int) -> frozenset[str]:
        """The first member of each class."""
        return frozenset(name for n, name in enumerate(self._names) if bits >> n & 1)

    def absences(self) -> tuple[MemberMark, ...]:
        """To have no member of a class that needs further steps is a mark of its own."""
        return tuple(
            MemberMark(("", ""), self._marks[0].demand, lambda m, left=name: m != left, every=True)  # type: ignore[misc]
            for name in self._needy()
        )

    def _needy(self) -> list[str]:
        mendable = [n for n, mark in enumerate(self._marks) if mark.mendable]
        return [name for has, name in self._class.items() if not all(has[n] for n in mendable)]

    def largest(self, bounds: Bounds) -> list[int]:
        """The largest sets of classes with each part of the marks of every member."""
        found = dict.fromkeys([(1 << len(self._names)) - 1])
        for allowed in self._allowed():
            found |= dict.fromkeys([bits & allowed for bits in found])
            if len(found) > MOST_VALUES:
                bounds.cut = True
                break
        return list(found)

    def _allowed(self) -> list[int]:
        marks = (*self._marks, *self.absences())
        return [self._holding(mark) for mark in marks if mark.every]

    def _holding(self, mark: MemberMark) -> int:
        return sum(1 << n for n, name in enumerate(self._names) if mark.holds(name))

    def few(self, bits: int) -> int:
        """As few of some classes as have all that all of them have."""
        chosen = 0
        for wanted in (self._holding(mark) & bits for mark in self._marks if not mark.every):
            if wanted and not wanted & chosen:
                chosen |= wanted & -wanted
        return chosen or bits & -bits
