"""Facts of a request as bits: for each fact, which numbered statements its value settles."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from policy_router.domain.request import FactValue, SetFact
from policy_router.domain.truth import Truth

MOST_VALUES = 4096

MemberStatement = Callable[[str], Truth]
SetStatement = Callable[[SetFact], Truth]
ScalarStatement = Callable[[FactValue | None], Truth]
Settled = tuple[int, int]
"""Two bitsets over statements: known true, known false."""


class SetTable:
    """The statements about one set fact, and what each value met so far settles of them.

    `some`: statements that some member is meant; they are settled member by member, so that a set
    never met costs little. `whole`: statements about the set as such. `settled` and `opened`
    remember values, by their members: read them first, then `meet`.
    """

    __slots__ = ("_members", "_some", "_some_mask", "_whole", "opened", "settled", "unknown")

    def __init__(
        self, some: list[tuple[int, MemberStatement]], whole: list[tuple[int, SetStatement]]
    ) -> None:
        self._some = some
        self._some_mask = sum(1 << number for number, _ in some)
        self._whole = whole
        self._members: dict[str, Settled] = {}
        self.settled: dict[frozenset[str], Settled] = {}
        self.opened: dict[frozenset[str], Settled] = {}
        self.unknown = self._settle(SetFact())

    def meet(self, value: SetFact) -> Settled:
        """What a value settles that was not met before."""
        found = self._settle(value)
        seen = self.settled if value.settled else self.opened
        if len(seen) < MOST_VALUES:
            seen[value.members] = found
        return found

    def _settle(self, value: SetFact) -> Settled:
        true = maybe = 0
        for member in value.members:
            seen = self._members.get(member)
            t, m = self._meet_member(member) if seen is None else seen
            true |= t
            maybe |= m
        false = self._some_mask & ~maybe if value.settled else 0
        if self._whole:
            t, f = _settled((number, statement(value)) for number, statement in self._whole)
            return true | t, false | f
        return true, false

    def _meet_member(self, member: str) -> Settled:
        """The statements a member makes true, and those it may make true."""
        truths = [(number, statement(member)) for number, statement in self._some]
        true = sum(1 << number for number, truth in truths if truth.known_true)
        maybe = sum(1 << number for number, truth in truths if not truth.known_false)
        if len(self._members) < MOST_VALUES:
            self._members[member] = (true, maybe)
        return true, maybe


class ScalarTable:
    """The statements about one single-valued fact; `seen` remembers values."""

    __slots__ = ("seen", "statements", "unknown")

    def __init__(self, statements: list[tuple[int, ScalarStatement]]) -> None:
        self.statements = statements
        self.seen: dict[FactValue, Settled] = {}
        self.unknown = self._settle(None)

    def meet(self, value: FactValue) -> Settled:
        """What a value settles that was not met before."""
        found = self._settle(value)
        if len(self.seen) < MOST_VALUES:
            self.seen[value] = found
        return found

    def _settle(self, value: FactValue | None) -> Settled:
        return _settled((number, statement(value)) for number, statement in self.statements)


def _settled(truths: Iterable[tuple[int, Truth]]) -> Settled:
    true = false = 0
    for number, truth in truths:
        if truth.known_true:
            true |= 1 << number
        elif truth.known_false:
            false |= 1 << number
    return true, false
