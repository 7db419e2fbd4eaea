"""What policies make of a request, apart from its size and the model it names.

Requests that policies cannot tell apart share one of these for as long as an epoch lasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import table
from policy_router.compiler.bound_rules import BoundObligation, BoundPolicy, BoundRule
from policy_router.compiler.conditions import Condition
from policy_router.compiler.formula import atoms_in
from policy_router.compiler.plan import PlannedRule
from policy_router.domain.decision import Detail
from policy_router.domain.policy import DEFAULT_ORDER
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import FALSE, TRUE
from policy_router.domain.vocabulary import REQUEST_READS
from policy_router.engine.wording import conflict_detail


@dataclass(frozen=True, slots=True)
class Column:
    """One rule's verdicts over all routes. `applies` False: not applicable to any."""

    planned: PlannedRule
    applies: bool
    met: int = 0
    failed: int = 0
    excepted: tuple[tuple[int, str], ...] = ()


class Circumstances:
    """One class of requests in one epoch. `facts`: the first request of the class.

    `views`: the bits of each view of it. `applying`: the rules not known not to apply.
    """

    def __init__(self, bound: Bound, facts: RequestFacts, views: tuple[int, ...]) -> None:
        self.bound = bound
        self.facts = facts
        self.views = views
        self._settled = [bound.reads.packing.split(bits) for bits in views]
        may_apply = self.may_apply
        self.covering: list[BoundPolicy] = [p for p in bound.policies if may_apply(p.scope)]
        self.covered = any(p.enforces for p in self.covering)
        self.applying = [r for p in self.covering for r in p.rules if may_apply(r.when)]
        self.enforced = [r for r in self.applying if r.enforced]
        self.costly = [r for r in self.enforced if r.costs]
        self.duties = [o for p in self.covering for o in p.obligations if may_apply(o.when)]
        self.refusing = [o for o in self.duties if self._refuses(o)]
        self.missing = self._missing()

    def may_apply(self, when: Condition) -> bool:
        """Not known false with or without mere declarations."""
        for true, possible in self._settled:  # noqa: SIM110 - a generator would take most of the time
            if when.holds(possible, true):
                return True
        return False

    def applies(self, when: Condition) -> bool:
        """Known true with or without mere declarations."""
        return any(when.holds(true, possible) for true, possible in self._settled)

    def surely(self, when: Condition) -> bool:
        """Known true both with and without mere declarations."""
        return all(when.holds(true, possible) for true, possible in self._settled)

    @cached_property
    def permitted(self) -> int:
        """The routes that every enforced rule lets pass, cost apart; retired ones too."""
        found = self.bound.full
        for rule in self.enforced:
            if not rule.costs:
                found &= self.passing(rule, self.facts)
            if not found:
                break
        return found

    @cached_property
    def permitted_table(self) -> bytes:
        """The same, to look single routes up in."""
        return table(self.permitted, len(self.bound.routes))

    @cached_property
    def by(self) -> tuple[str, ...]:
        """The attributes routes are ordered by."""
        preferences = self.bound.snapshot.policies.prefer
        for preference, when in zip(preferences, self.bound.prefer, strict=True):
            if self.surely(when):
                return preference.by
        return DEFAULT_ORDER

    @cached_property
    def conflicts(self) -> list[Detail]:
        """Parameters that two obligations set differently; `true` and 1 are not the same."""
        wanted: dict[str, list[tuple[str, object]]] = {}
        for duty in self.duties:
            for parameter, value in duty.obligation.set:
                name = f"{duty.policy.id}/{duty.obligation.id}"
                wanted.setdefault(parameter, []).append((name, value))
        return [
            conflict_detail(parameter, setters)
            for parameter, setters in sorted(wanted.items())
            if any(_differ(value, setters[0][1]) for _, value in setters)
        ]

    def affordable(self, facts: RequestFacts) -> int:
        """The routes that the rules about cost let pass, at the size of this request."""
        found = self.bound.full
        for rule in self.costly:
            found &= self.passing(rule, facts)
        return found

    def affords(self, number: int, facts: RequestFacts) -> bool:
        """Whether the rules about cost let one route pass, at the size of this request."""
        return all(
            self._meets(rule, number, facts) or bool(self.excepted(rule) >> number & 1)
            for rule in self.costly
        )

    def passing(self, rule: BoundRule, facts: RequestFacts) -> int:
        """The routes a rule lets pass: its demands known to be met, or an exception granted."""
        met = self.met(rule, facts)
        return met | self.excepted(rule) if rule.exceptions else met

    def met(self, rule: BoundRule, facts: RequestFacts) -> int:
        """The routes known to meet every demand, with and without mere declarations."""
        found = self.bound.full
        for view, bits in zip(facts.views, self.views, strict=True):
            found &= self.bound.met(rule, view, bits)
        return found

    def _meets(self, rule: BoundRule, number: int, facts: RequestFacts) -> bool:
        views = zip(facts.views, self.views, strict=True)
        return all(self.bound.meets(rule, number, view, bits) for view, bits in views)

    def meetable(self, rule: BoundRule, facts: RequestFacts) -> int:
        """The routes not known to fall short of any demand."""
        found = self.bound.full
        for view, bits in zip(facts.views, self.views, strict=True):
            for demand in rule.planned.demands:
                found &= self.bound.demand(demand, view, bits).maybe_true
        return found

    def excepted(self, rule: BoundRule) -> int:
        """The routes an exception to the rule is known to match."""
        found = 0
        for routes, _ in self._exceptions(rule):
            found |= routes
        return found

    def _exceptions(self, rule: BoundRule) -> tuple[tuple[int, str], ...]:
        return tuple(
            (self.bound.excepted(rule, e.planned), e.planned.exception.id)
            for e in rule.exceptions
            if self.surely(e.when)
        )

    def column(self, rule: BoundRule, facts: RequestFacts) -> Column:
        """A rule's verdicts over all routes, at the size of this request."""
        planned = rule.planned
        if not self.may_apply(rule.when):
            return Column(planned, applies=False)
        failed = self.bound.full & ~self.meetable(rule, facts) if self.applies(rule.when) else 0
        met = self.met(rule, facts)
        return Column(
            planned, applies=True, met=met, failed=failed, excepted=self._exceptions(rule)
        )

    def opening(self, rule: BoundRule, facts: RequestFacts) -> tuple[int, frozenset[str]]:
        """The routes that unknown facts alone keep the rule from letting pass, and those facts."""
        planned = rule.planned
        if not self.applies(rule.when):
            subjects = {self.bound.plan.fact_atoms[n].subject for n in atoms_in(planned.when)}
            unknown = frozenset(n for n in subjects if not self._knows(n, facts))
            return (self.bound.full if unknown else 0), unknown
        atoms = self.bound.plan.route_atoms
        subjects = {atoms[n].test.subject for demand in planned.demands for n in atoms_in(demand)}
        read = {
            name
            for subject in subjects
            for prefix, names in REQUEST_READS.items()
            if subject.startswith(prefix)
            for name in names
        }
        unknown = frozenset(name for name in read if not self._knows(name, facts))
        return (self._openable(rule, facts) if unknown else 0), unknown

    def _openable(self, rule: BoundRule, facts: RequestFacts) -> int:
        """The routes that would meet every demand, were what the request leaves open one way."""
        found = self.bound.full
        for view, bits in zip(facts.views, self.views, strict=True):
            for demand in rule.planned.demands:
                granted = self.bound.demand(demand, view, bits, doubt=TRUE)
                denied = self.bound.demand(demand, view, bits, doubt=FALSE)
                found &= granted.true | denied.true
        return found

    def _knows(self, name: str, facts: RequestFacts) -> bool:
        return all(view.knows(name) for view in facts.views)

    def substitutions(self) -> Iterator[int]:
        """The numbers of the substitutions whose condition is known true."""
        for number, when in enumerate(self.bound.substitutions):
            if self.surely(when):
                yield number

    def _refuses(self, duty: BoundObligation) -> bool:
        return duty.refuse_when is not None and self.may_apply(duty.refuse_when)

    def _missing(self) -> list[tuple[str, tuple[str, ...]]]:
        """Facts that enforced rules need and that are not known, with those rules."""
        missing: dict[str, list[str]] = {}
        for rule in self.enforced:
            for name, known in rule.needs:
                if not all(true & known for true, _ in self._settled):
                    missing.setdefault(name, []).append(rule.name)
        return [(name, tuple(sorted(rules))) for name, rules in sorted(missing.items())]


def _differ(one: object, other: object) -> bool:
    return one != other or isinstance(one, bool) is not isinstance(other, bool)
