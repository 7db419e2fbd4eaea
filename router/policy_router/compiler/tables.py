"""Facts of a request as bits: for each fact, which numbered statements its value settles.

The bits of a request are one integer: the statements known true, and above them, `width` places
up, those that are possible, which is to say not known false. A table gives the bits of one fact;
`nothing` are those that hold while it is not stated.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from policy_router.domain.patterns import matches
from policy_router.domain.request import FactValue, SetFact
from policy_router.domain.truth import Truth

MOST_VALUES = 4096
LONGEST = 256
"""Characters of names that are remembered: what callers say must not fill the memory."""

MemberStatement = Callable[[str], Truth]
SetStatement = Callable[[SetFact], Truth]
ScalarStatement = Callable[[FactValue | None], Truth]


@dataclass(frozen=True, slots=True)
class Packing:
    """Where the two bits of each of `width` statements are."""

    width: int

    def of(self, number: int, truth: Truth) -> int:
        """The bits of one statement."""
        true = 1 << number if truth.known_true else 0
        return true if truth.known_false else true | 1 << number + self.width

    def all_of(self, truths: Iterable[tuple[int, Truth]]) -> int:
        """The bits of many statements."""
        found = 0
        for number, truth in truths:
            found |= self.of(number, truth)
        return found

    def both(self, numbers: Iterable[int]) -> int:
        """Both bits of each of these statements."""
        found = 0
        for number in numbers:
            found |= 1 << number | 1 << number + self.width
        return found

    def split(self, bits: int) -> tuple[int, int]:
        """The statements known true, and those that are possible."""
        return bits & (1 << self.width) - 1, bits >> self.width


@dataclass(frozen=True, slots=True)
class Naming:
    """A statement about a single-valued fact that is true of the values these patterns match."""

    number: int
    holds: ScalarStatement
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounding:
    """A statement about a number that changes at `bound`, if anywhere."""

    number: int
    holds: ScalarStatement
    bound: Decimal | None


class _Members(dict[str, int]):
    """The bits of members met so far, and of new ones."""

    def __init__(self, packing: Packing, some: list[tuple[int, MemberStatement]]) -> None:
        self._packing = packing
        self._some = some

    def __missing__(self, member: str) -> int:
        found = self._packing.all_of((number, holds(member)) for number, holds in self._some)
        if len(self) < MOST_VALUES and len(member) <= LONGEST:
            self[member] = found
        return found


class _Sets(dict[frozenset[str], int]):
    """The bits of the sets met so far, settled ones or open ones, and of new ones."""

    def __init__(self, table: SetTable, *, settled: bool) -> None:
        self._table = table
        self._settled = settled

    def __missing__(self, names: frozenset[str]) -> int:
        found = self._table.read(names, settled=self._settled)
        if sum(map(len, names)) <= LONGEST:
            if len(self) >= MOST_VALUES:
                self.clear()
            self[names] = found
        return found


class SetTable:
    """The statements about one set fact.

    `some`: statements that some member is meant, settled member by member, so that a set never
    met costs little more than one met before. `known`: statements that the set is known. `whole`:
    all others. `observed`: an empty set is an answer.
    """

    __slots__ = (
        *("_known", "_members", "_observed", "_open", "_packing", "_settled", "_some", "_whole"),
        "nothing",
    )

    def __init__(
        self,
        packing: Packing,
        some: list[tuple[int, MemberStatement]],
        whole: list[tuple[int, SetStatement]],
        known: list[int],
        *,
        observed: bool,
    ) -> None:
        self._packing = packing
        self._members = _Members(packing, some)
        self._whole = whole
        self._observed = observed
        self._some = sum(1 << number + packing.width for number, _ in some)
        self._known = packing.both(known)
        self.nothing = self.read(frozenset(), settled=False)
        self._settled, self._open = _Sets(self, settled=True), _Sets(self, settled=False)

    def of(self, value: SetFact) -> int:
        """The bits of a value."""
        return (self._settled if value.settled else self._open)[value.members]

    def read(self, names: frozenset[str], *, settled: bool) -> int:
        """The bits of a set, whether or not it was met before."""
        if settled and not names and not self._observed:
            return self.nothing
        found = self._known if settled else self._some
        for name in names:
            found |= self._members[name]
        if self._whole:
            value = SetFact(names, settled)
            found |= self._packing.all_of((number, holds(value)) for number, holds in self._whole)
        return found


class NameTable:
    """The statements about one fact that is a name or a flag.

    Names that statements spell out are looked up, and so are beginnings (`clinic-*`), one look a
    length; only patterns with `*` elsewhere are tried one by one. Nothing is remembered: names
    of tenants and purposes may never come again.
    """

    __slots__ = (
        *("_beginnings", "_exact", "_false", "_packing", "_patterns", "_said", "_true", "nothing"),
    )

    def __init__(self, packing: Packing, said: list[Naming]) -> None:
        self._packing = packing
        self._said = said
        self._exact: dict[str, int] = {}
        self.nothing = self._settle(None)
        beginnings: dict[int, dict[str, int]] = {}
        others: dict[str, int] = {}
        for pattern in dict.fromkeys(p for s in said for p in s.patterns if "*" in p):
            bits = packing.both(s.number for s in said if pattern in s.patterns)
            if pattern.index("*") == len(pattern) - 1:
                beginnings.setdefault(len(pattern) - 1, {})[pattern[:-1]] = bits
            else:
                others[pattern] = bits
        self._beginnings, self._patterns = tuple(beginnings.items()), tuple(others.items())
        for name in {p for s in said for p in s.patterns if "*" not in p}:
            self._exact[name] = self._settle(name)
        self._true, self._false = map(self._settle, (True, False))

    def of(self, value: FactValue) -> int:
        """The bits of a value."""
        found = self._exact.get(value)  # type: ignore[arg-type]
        if found is not None:
            return found
        if not isinstance(value, str):
            return self._of_no_name(value)
        found = 0
        for length, beginnings in self._beginnings:
            found |= beginnings.get(value[:length], 0)
        for pattern, bits in self._patterns:
            if matches(pattern, value):
                found |= bits
        return found

    def _of_no_name(self, value: bool | Decimal) -> int:
        if isinstance(value, bool):
            return self._true if value else self._false
        return self._settle(value)

    def _settle(self, value: FactValue | None) -> int:
        return self._packing.all_of((s.number, s.holds(value)) for s in self._said)


class NumberTable:
    """The statements about one fact that is a number; between two bounds nothing changes."""

    __slots__ = ("_packing", "_said", "_spans", "bounds", "nothing")

    def __init__(self, packing: Packing, said: list[Bounding]) -> None:
        self._packing = packing
        self._said = said
        self.bounds = sorted({s.bound for s in said if s.bound is not None})
        self._spans: dict[int, int] = {}
        self.nothing = self._settle(None)

    def of(self, value: FactValue) -> int:
        """The bits of a value."""
        if not isinstance(value, Decimal):
            return self._settle(value)
        span = bisect_left(self.bounds, value) + bisect_right(self.bounds, value)
        found = self._spans.get(span)
        if found is None:
            found = self._spans[span] = self._settle(value)
        return found

    def _settle(self, value: FactValue | None) -> int:
        return self._packing.all_of((s.number, s.holds(value)) for s in self._said)
