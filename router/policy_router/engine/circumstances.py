"""What policies make of a request, apart from its size and the model it names.

Requests that policies cannot tell apart share one of these for as long as an epoch lasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policy_router.compiler.bind import Bound
from policy_router.compiler.formula import Atom, Every, Formula, Opposite, Some, atoms_in
from policy_router.compiler.plan import PlannedObligation, PlannedPolicy, PlannedRule
from policy_router.compiler.route_atoms import COST
from policy_router.domain.decision import Detail
from policy_router.domain.policy import DEFAULT_ORDER, Mode
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import FALSE, TRUE
from policy_router.domain.vocabulary import REQUEST_READS
from policy_router.engine.wording import conflict_detail

if TYPE_CHECKING:
    from policy_router.engine.ruling import Answer

Settled = tuple[int, int]


def truth_of(formula: Formula, settled: Settled) -> tuple[bool, bool]:
    """Whether a formula over facts is known true, and whether it is known false."""
    match formula:
        case Atom(number):
            return bool(settled[0] >> number & 1), bool(settled[1] >> number & 1)
        case Opposite(part):
            true, false = truth_of(part, settled)
            return false, true
        case Every(parts):
            truths = [truth_of(p, settled) for p in parts]
            return all(t for t, _ in truths), any(f for _, f in truths)
        case Some(parts):
            truths = [truth_of(p, settled) for p in parts]
            return any(t for t, _ in truths), all(f for _, f in truths)


@dataclass(frozen=True, slots=True)
class Applying:
    """A rule that is not known not to apply. `surely`: it is known to apply."""

    planned: PlannedRule
    surely: bool
    costs: bool

    @property
    def enforced(self) -> bool:
        """Whether the rule decides."""
        return self.planned.rule.mode is Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class Column:
    """One rule's verdicts over all routes. `applies` False: not applicable to any."""

    planned: PlannedRule
    applies: bool
    met: int = 0
    failed: int = 0
    excepted: tuple[tuple[int, str], ...] = ()


class Circumstances:
    """One class of requests in one epoch. `facts`: the first request of the class."""

    def __init__(self, bound: Bound, facts: RequestFacts, views: tuple[Settled, ...]) -> None:
        self.bound = bound
        self.facts = facts
        self.views = views
        self.answers: dict[str | None, Answer] = {}
        plan = bound.plan
        self.covering: list[PlannedPolicy] = [p for p in plan.policies if self.may_apply(p.scope)]
        self.covered = any(r.rule.mode is Mode.ENFORCE for p in self.covering for r in p.rules)
        self.applying = [
            Applying(r, self.applies(r.when), self._costs(r))
            for p in self.covering
            for r in p.rules
            if self.may_apply(r.when)
        ]
        self.enforced = [a for a in self.applying if a.enforced]
        self.duties: list[PlannedObligation] = [
            o for p in self.covering for o in p.obligations if self.may_apply(o.when)
        ]
        self.refusing = [o for o in self.duties if self._refuses(o)]
        self.missing = self._missing()
        self.by = self._preference()
        self.costly = any(a.costs for a in self.enforced)

    def may_apply(self, formula: Formula) -> bool:
        """Not known false with or without mere declarations."""
        return not all(truth_of(formula, view)[1] for view in self.views)

    def applies(self, formula: Formula) -> bool:
        """Known true with or without mere declarations."""
        return any(truth_of(formula, view)[0] for view in self.views)

    def surely(self, formula: Formula) -> bool:
        """Known true both with and without mere declarations."""
        return all(truth_of(formula, view)[0] for view in self.views)

    @cached_property
    def permitted(self) -> int:
        """The live, reachable routes that every enforced rule lets pass, cost apart."""
        found = self.bound.live & self.bound.reachable
        for applying in self.enforced:
            if not applying.costs:
                found &= self.passing(applying, self.facts)
        return found

    @cached_property
    def conflicts(self) -> list[Detail]:
        """Parameters that two obligations set differently."""
        wanted: dict[str, list[tuple[str, object]]] = {}
        for duty in self.duties:
            for parameter, value in duty.obligation.set:
                name = f"{duty.policy.id}/{duty.obligation.id}"
                wanted.setdefault(parameter, []).append((name, value))
        return [
            conflict_detail(parameter, setters)
            for parameter, setters in sorted(wanted.items())
            if any(value != setters[0][1] for _, value in setters)
        ]

    def affordable(self, facts: RequestFacts) -> int:
        """The routes that the rules about cost let pass, at the size of this request."""
        found = self.bound.full
        for applying in self.enforced:
            if applying.costs:
                found &= self.passing(applying, facts)
        return found

    def passing(self, applying: Applying, facts: RequestFacts) -> int:
        """The routes a rule lets pass: its demands known to be met, or an exception granted."""
        return self.met(applying, facts) | self.excepted(applying)

    def met(self, applying: Applying, facts: RequestFacts) -> int:
        """The routes known to meet every demand, with and without mere declarations."""
        found = self.bound.full
        for view, settled in zip(facts.views, self.views, strict=True):
            for demand in applying.planned.demands:
                found &= self.bound.demand(demand, view, settled).true
        return found

    def meetable(self, applying: Applying, facts: RequestFacts) -> int:
        """The routes not known to fall short of any demand."""
        found = self.bound.full
        for view, settled in zip(facts.views, self.views, strict=True):
            for demand in applying.planned.demands:
                found &= self.bound.demand(demand, view, settled).maybe_true
        return found

    def excepted(self, applying: Applying) -> int:
        """The routes an exception to the rule is known to match."""
        found = 0
        for routes, _ in self._exceptions(applying):
            found |= routes
        return found

    def _exceptions(self, applying: Applying) -> tuple[tuple[int, str], ...]:
        return tuple(
            (self.bound.excepted(applying.planned, planned), planned.exception.id)
            for planned in applying.planned.exceptions
            if self.surely(planned.when)
        )

    def column(self, planned: PlannedRule, facts: RequestFacts) -> Column:
        """A rule's verdicts over all routes, at the size of this request."""
        applying = next((a for a in self.applying if a.planned is planned), None)
        if applying is None:
            return Column(planned, applies=False)
        failed = self.bound.full & ~self.meetable(applying, facts) if applying.surely else 0
        met = self.met(applying, facts)
        return Column(
            planned, applies=True, met=met, failed=failed, excepted=self._exceptions(applying)
        )

    def opening(self, applying: Applying, facts: RequestFacts) -> tuple[int, frozenset[str]]:
        """The routes that unknown facts alone keep the rule from letting pass, and those facts."""
        rule = applying.planned
        if not applying.surely:
            subjects = {self.bound.plan.fact_atoms[n].subject for n in atoms_in(rule.when)}
            unknown = frozenset(n for n in subjects if not self._knows(n, facts))
            return (self.bound.full if unknown else 0), unknown
        atoms = self.bound.plan.route_atoms
        subjects = {atoms[n].test.subject for demand in rule.demands for n in atoms_in(demand)}
        read = {
            name
            for subject in subjects
            for prefix, names in REQUEST_READS.items()
            if subject.startswith(prefix)
            for name in names
        }
        unknown = frozenset(name for name in read if not self._knows(name, facts))
        return (self._openable(applying, facts) if unknown else 0), unknown

    def _openable(self, applying: Applying, facts: RequestFacts) -> int:
        """The routes that would meet every demand, were what the request leaves open one way."""
        found = self.bound.full
        for view, settled in zip(facts.views, self.views, strict=True):
            for demand in applying.planned.demands:
                granted = self.bound.demand(demand, view, settled, doubt=TRUE)
                denied = self.bound.demand(demand, view, settled, doubt=FALSE)
                found &= granted.true | denied.true
        return found

    def _knows(self, name: str, facts: RequestFacts) -> bool:
        return all(view.knows(name) for view in facts.views)

    def substitutions(self) -> Iterator[int]:
        """The numbers of the substitutions whose condition is known true."""
        for number, when in enumerate(self.bound.plan.substitutions):
            if self.surely(when):
                yield number

    def _preference(self) -> tuple[str, ...]:
        preferences = self.bound.snapshot.policies.prefer
        for preference, when in zip(preferences, self.bound.plan.prefer, strict=True):
            if self.surely(when):
                return preference.by
        return DEFAULT_ORDER

    def _refuses(self, duty: PlannedObligation) -> bool:
        return duty.refuse_when is not None and self.may_apply(duty.refuse_when)

    def _missing(self) -> list[tuple[str, tuple[str, ...]]]:
        """Facts that enforced rules need and that are not known, with those rules."""
        missing: dict[str, list[str]] = {}
        known = self.bound.reads.known
        for applying in self.enforced:
            rule = applying.planned
            for name in rule.rule.needs:
                if not all(true & known[name] for true, _ in self.views):
                    missing.setdefault(name, []).append(f"{rule.policy.id}/{rule.rule.id}")
        return [(name, tuple(sorted(rules))) for name, rules in sorted(missing.items())]

    def _costs(self, rule: PlannedRule) -> bool:
        atoms = self.bound.plan.route_atoms
        return any(atoms[n].test.subject == COST for d in rule.demands for n in atoms_in(d))
