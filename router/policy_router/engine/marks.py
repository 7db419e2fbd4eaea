"""What the rules at stake want of what is claimed of one attribute at one hop of a route."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise

from policy_router.domain.claim import ClaimValue, EvidenceDemand, Members
from policy_router.domain.policy import Matcher, Rule, Test
from policy_router.domain.truth import Truth
from policy_router.domain.vocabulary import ATTRIBUTES, TRANSFER_BASIS, AttributeKind
from policy_router.engine.fronts import (
    Mark,
    MemberMark,
    RuleKey,
    ValueMark,
    covered,
    front,
    marks_met,
    set_front,
)
from policy_router.engine.matching import RouteView, match_name, match_number
from policy_router.engine.question import Question
from policy_router.engine.resting import Resting
from policy_router.engine.setwise import Bounds
from policy_router.engine.shortfalls import Aim, aims
from policy_router.language.grammar.codes import COUNTRIES
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.territories import ADEQUATE, is_in_any
from policy_router.registry.transfer import PLACE_ATTRIBUTES

RETENTION = "retention_days"
STORAGE = "storage_location"
NOTHING_KEPT = Decimal(0)
_ANOTHER = "another"
"""Stands for any name that no rule mentions."""
_PLACED = {Matcher.WITHIN, Matcher.NOT_WITHIN}

_Wish = tuple[RuleKey, EvidenceDemand, Aim]


class Marks:
    """What rules want of the only route of `at`; `accepted`: claims that exceptions accept."""

    def __init__(
        self,
        at: Question,
        rules: Mapping[RuleKey, Rule],
        accepted: Sequence[tuple[RuleKey, str, tuple[str, ...]]],
    ) -> None:
        self._at = at
        (self._route,) = at.snapshot.registry.routes.values()
        self._rules = rules
        self._wishes: dict[str, list[_Wish]] = {}
        for key, rule in rules.items():
            for aim in aims(rule):
                self._wishes.setdefault(aim.test.subject, []).append((key, rule.demand, aim))
        self._accepted = accepted
        self._hops = tuple(dict.fromkeys(hops_of(at.snapshot.registry, self._route)))
        self._lies: dict[tuple[str, tuple[str, ...]], Truth] = {}
        self.resting = Resting(at)

    def of(self, hop: str, attribute: str) -> list[Mark]:
        """Everything that is wanted of `attribute` at `hop`."""
        found = self.direct(attribute)
        if attribute == RETENTION:
            found.extend(self._keeping())
        if attribute in PLACE_ATTRIBUTES:
            transfers = ((key, demand, aim.test) for key, demand, aim in self._transfers())
            found.extend(self.resting.marks(hop, transfers))
        return found

    def direct(self, attribute: str) -> list[Mark]:
        """What is wanted of `attribute` for its own sake."""
        kind = ATTRIBUTES[attribute].kind
        found: list[Mark] = []
        for key, demand, aim in self._wishes.get(attribute, ()):
            if kind in {AttributeKind.COUNTRIES, AttributeKind.TAGS}:
                found.extend(self._member_marks(key, demand, aim))
            else:
                found.extend(self._value_marks(attribute, key, demand, partial(_meets, aim)))
        for key, name, values in self._accepted:
            if name == attribute:
                accepts = partial(_is_one_of, values)
                found.extend(self._value_marks(name, key, self._rules[key].demand, accepts))
        return found

    def front(
        self, attribute: str, marks: Sequence[Mark], bounds: Bounds
    ) -> tuple[ClaimValue, ...]:
        """The values of `attribute` that are worth stating where `marks` are wanted."""
        spec = ATTRIBUTES[attribute]
        if spec.kind not in {AttributeKind.COUNTRIES, AttributeKind.TAGS}:
            return front(self._points(attribute), marks)
        of_members = [mark for mark in marks if isinstance(mark, MemberMark)]
        may_be_empty = spec.kind is AttributeKind.TAGS
        return set_front(self._members(attribute), of_members, bounds, may_be_empty=may_be_empty)

    def instead_of_nothing(self) -> ClaimValue | None:
        """How long data may be kept by what is wanted of that alone; None if nothing is."""
        wanted = self.direct(RETENTION)
        met = marks_met(NOTHING_KEPT, wanted)
        points = self._points(RETENTION) if wanted else ()
        return next((days for days in points if covered(met, [marks_met(days, wanted)])), None)

    def strictest(self, attribute: str, wanted: Sequence[Aim]) -> list[Aim]:
        """Those of `wanted` that do not follow from another; of sets of members all of them."""
        if ATTRIBUTES[attribute].kind in {AttributeKind.COUNTRIES, AttributeKind.TAGS}:
            return list(wanted)
        points = self._points(attribute)
        met = {aim: frozenset(p for p in points if _meets(aim, p)) for aim in wanted}
        return [aim for aim in wanted if not any(met[other] < met[aim] for other in wanted)]

    # ---- ordered values and numbers: the worst over the hops counts ----

    def _value_marks(
        self,
        attribute: str,
        rule: RuleKey,
        demand: EvidenceDemand,
        holds: Callable[[ClaimValue], bool],
    ) -> Iterator[ValueMark]:
        """One mark for each value that the other hops may have."""
        others = self._points(attribute) if len(self._hops) > 1 else (None,)
        for other in others:
            yield ValueMark(rule, demand, partial(_worst_holds, attribute, holds, other))

    def _points(self, attribute: str) -> Sequence[ClaimValue]:
        """Every value that a rule can tell from the others: for numbers, one between any two."""
        spec = ATTRIBUTES[attribute]
        if spec.kind is AttributeKind.ORDERED:
            return spec.values
        bounds = {aim.test.bound for _, _, aim in self._wishes.get(attribute, ())} - {None}
        accepted = (v for _, name, values in self._accepted if name == attribute for v in values)
        exact = {*(b for b in bounds if b is not None), *map(Decimal, accepted)}
        named = sorted({b for b in exact if b > 0} | {NOTHING_KEPT})
        between = [(low + high) / 2 for low, high in pairwise(named)]
        return (*(n for n in named if n in exact), *between, named[-1] + 1, NOTHING_KEPT)

    def _keeping(self) -> Iterator[ValueMark]:
        """Where nothing is kept there is no place of storage."""
        for key, demand, aim in self._wishes.get(STORAGE, ()):
            for mark in self._member_marks(key, demand, aim):
                yield ValueMark(key, demand, _is_nothing if mark.every else _is_something)
        for key, demand, _ in self._transfers():
            yield ValueMark(key, demand, _is_nothing)

    # ---- sets: places anywhere on the way, certificates held by all ----

    def _member_marks(self, rule: RuleKey, demand: EvidenceDemand, aim: Aim) -> list[MemberMark]:
        test = aim.test
        held_by_all = ATTRIBUTES[test.subject].more_is_better
        if test.matcher in _PLACED:
            inside = (test.matcher is Matcher.WITHIN) == aim.wanted
            if held_by_all:
                return self._apart(rule, demand, test, inside=inside)
            lies = partial(self._lies_in, test, test.names, inside)
            there = [] if inside else [MemberMark(rule, demand, _is_there, every=False)]
            return [MemberMark(rule, demand, lies, every=True), *there]
        absent = (test.matcher is Matcher.EXCLUDES) == aim.wanted
        return [
            MemberMark(
                rule, demand, partial(self._lies_in, test, (name,), not absent), every=absent
            )
            for name in test.names
        ]

    def _apart(
        self, rule: RuleKey, demand: EvidenceDemand, test: Test, *, inside: bool
    ) -> list[MemberMark]:
        """What all hops have in common lies within names, or outside: member by member."""
        found = []
        for name in self._members(test.subject):
            if not inside or name not in test.names:
                absent = inside or name in test.names
                is_wanted = partial(_is_member, name, absent)
                found.append(MemberMark(rule, demand, is_wanted, every=absent))
        return found

    def _lies_in(self, test: Test, names: tuple[str, ...], wanted: bool, member: str) -> bool:
        if ATTRIBUTES[test.subject].kind is not AttributeKind.COUNTRIES:
            return (member in names) is wanted
        found = self._lies.get((member, names))
        if found is None:
            found = is_in_any(self._at.snapshot.registry, member, names, self._at.moment)
            self._lies[member, names] = found
        return found.known_true if wanted else found.known_false

    def _members(self, attribute: str) -> list[str]:
        """All that a set might have in it; first what rules name."""
        tests = [aim.test for _, _, aim in self._wishes.get(attribute, ())]
        named = dict.fromkeys(name for test in tests for name in test.names)
        if ATTRIBUTES[attribute].kind is not AttributeKind.COUNTRIES:
            return [*dict.fromkeys((*named, *self._held(attribute), _ANOTHER))]
        areas = self._at.snapshot.registry.territories
        first = [n for n in named if n not in areas and not n.startswith(ADEQUATE) and n != GLOBAL]
        inside = sorted({m.country for area in areas.values() for m in area.members})
        return [*dict.fromkeys((*first, *inside, *sorted(COUNTRIES)))]

    def _held(self, attribute: str) -> list[str]:
        view = RouteView(
            self._at.snapshot, self._route, self._at.facts, self._at.moment, EvidenceDemand()
        )
        hops = route_knowledge(view.standpoint, self._route, attribute).hops
        sets = (found.value for found in hops)
        return sorted({n for s in sets if isinstance(s, Members) for n in s.certain | s.optional})

    # ---- transfers ----

    def _transfers(self) -> Iterator[_Wish]:
        for subject, wishes in self._wishes.items():
            if subject.startswith(TRANSFER_BASIS):
                yield from wishes

    def views(self, rule: RuleKey) -> Iterator[RouteView]:
        """The route as a rule looks at it, for each view of the request."""
        at, demand = self._at, self._rules[rule].demand
        for facts in at.facts.views:
            yield RouteView(at.snapshot, self._route, facts, at.moment, demand)


def _meets(aim: Aim, value: ClaimValue) -> bool:
    if isinstance(value, Decimal):
        return aim.met(match_number(aim.test, value))
    return aim.met(match_name(aim.test, str(value)))


def _is_one_of(values: tuple[str, ...], value: ClaimValue) -> bool:
    return str(value) in values


def _worst_holds(
    attribute: str,
    holds: Callable[[ClaimValue], bool],
    other: ClaimValue | None,
    value: ClaimValue,
) -> bool:
    """Whether the worse of two values is as wanted."""
    return holds(value if other is None else max(value, other, key=partial(_badness, attribute)))


def _badness(attribute: str, value: ClaimValue) -> Decimal | int:
    spec = ATTRIBUTES[attribute]
    return value if isinstance(value, Decimal) else spec.values.index(str(value))


def _is_nothing(value: ClaimValue) -> bool:
    return value == NOTHING_KEPT


def _is_something(value: ClaimValue) -> bool:
    return value != NOTHING_KEPT


def _is_there(member: str) -> bool:
    return bool(member)


def _is_member(name: str, absent: bool, member: str) -> bool:
    return (member != name) if absent else (member == name)
