"""A plan bound to a registry for one epoch: whatever no request changes, as bitsets."""

from __future__ import annotations

from collections.abc import Iterable

from policy_router.compiler.bitset import bitset, positions, table, truth_bits
from policy_router.compiler.bound_rules import BoundRule, bound_policies
from policy_router.compiler.conditions import condition
from policy_router.compiler.formula import Bits, Formula, atoms_in, evaluated
from policy_router.compiler.order import Order, usual_order
from policy_router.compiler.plan import Plan, PlannedException, RouteAtom
from policy_router.compiler.reads import Reads
from policy_router.compiler.route_atoms import COST, SIGNOFF, RouteAtoms
from policy_router.domain.claim import Moment
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Matcher, Test
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import UNKNOWN, Truth
from policy_router.domain.vocabulary import TRANSFER_BASIS
from policy_router.registry.lifecycle import RETIRED, stage_at
from policy_router.registry.standpoint import Asked

MOST_REMEMBERED = 2048


class Bound:
    """One epoch of one snapshot, compiled: for all routes on file, or for some, in their `order`.

    Routes are numbered best first, by the usual order if there is no other, so that the best of a
    set of routes is its lowest bit. `reads` turns the facts of a request into bits; two requests
    with equal bits get equal answers here, but for the size of the call.
    """

    def __init__(
        self,
        plan: Plan,
        snapshot: Snapshot,
        moment: Moment,
        order: Order | None = None,
    ) -> None:
        self.plan = plan
        self.snapshot = snapshot
        self.moment = moment
        every = snapshot.registry.routes.values()
        self.order: Order = usual_order(snapshot, moment, every) if order is None else order
        self.routes: tuple[Route, ...] = self.order.routes
        self.number = {route.id: n for n, route in enumerate(self.routes)}
        self.full = (1 << len(self.routes)) - 1
        self.atoms = RouteAtoms(snapshot.registry, self.routes, snapshot.policies.rates, moment)
        gateways = snapshot.policies.gateways
        self.live = self.set_of(stage_at(r, moment) != RETIRED for r in self.routes)
        self.reachable = self.set_of(gateways is None or r.gateway in gateways for r in self.routes)
        self.live_table = table(self.live, len(self.routes))
        self.reachable_table = table(self.reachable, len(self.routes))
        self.by_model = positions([r.model for r in self.routes])
        self.reads = Reads(plan, snapshot, moment, self.routes)
        self.policies = bound_policies(plan, self.reads)
        self.prefer = tuple(condition(when) for when in plan.prefer)
        self.substitutions = tuple(condition(when) for when in plan.substitutions)
        self._fixed: dict[int, Bits] = {}
        self._asked: dict[tuple[int, int, Truth], Bits] = {}
        self._met: dict[tuple[int, int], int] = {}
        self._excepted: dict[PlannedException, int] = {}

    def set_of(self, inside: Iterable[bool]) -> int:
        """The set of routes at the places where `inside` is true."""
        return self.set_of_numbers(n for n, yes in enumerate(inside) if yes)

    def set_of_numbers(self, numbers: Iterable[int]) -> int:
        """The set of routes with these numbers."""
        return bitset(numbers, len(self.routes))

    def met(self, rule: BoundRule, facts: RequestFacts, bits: int) -> int:
        """The routes known to meet every demand of a rule, for one view of a request."""
        if rule.costs:
            return self._meeting(rule, facts, bits)
        key = (rule.number, bits & rule.reads)
        found = self._met.get(key)
        if found is None:
            found = self._meeting(rule, facts, bits)
            if len(self._met) < MOST_REMEMBERED:
                self._met[key] = found
        return found

    def demand(
        self, demand: Formula, facts: RequestFacts, bits: int, *, doubt: Truth = UNKNOWN
    ) -> Bits:
        """What is known of a demand, route by route, for one view of a request and its bits.

        `doubt`: what to take for granted where the request's own facts leave something open.
        """
        atoms = {n: self._atom(n, facts, bits, doubt=doubt) for n in atoms_in(demand)}
        return evaluated(demand, atoms, self.full)

    def meets(self, rule: BoundRule, number: int, facts: RequestFacts, bits: int) -> bool:
        """Whether one route is known to meet every demand of a rule."""
        return all(self._demand_at(d, number, facts, bits).true for d in rule.planned.demands)

    def excepted(self, rule: BoundRule, planned: PlannedException) -> int:
        """The routes an exception names and whose claims it accepts, while it is in force."""
        found = self._excepted.get(planned)
        if found is None:
            found = self._excepted[planned] = self._excepting(rule, planned)
        return found

    def _meeting(self, rule: BoundRule, facts: RequestFacts, bits: int) -> int:
        found = self.full
        for demand in rule.planned.demands:
            found &= self.demand(demand, facts, bits).true
        return found

    def _demand_at(self, demand: Formula, number: int, facts: RequestFacts, bits: int) -> Bits:
        atoms: dict[int, Bits] = {}
        for n in atoms_in(demand):
            test = self.plan.route_atoms[n].test
            if test.subject == COST:
                truth = self.atoms.cost(test, number, facts, UNKNOWN)
                atoms[n] = truth_bits([((0,), truth)], 1)
            else:
                atoms[n] = self._atom(n, facts, bits, doubt=UNKNOWN).at(number)
        return evaluated(demand, atoms, 1)

    def _excepting(self, rule: BoundRule, planned: PlannedException) -> int:
        granted = planned.exception
        if not granted.validity.holds(self.moment.at) or not self.moment.knows(granted.recorded):
            return 0
        found = self.set_of(any_matches(granted.routes, r.id) for r in self.routes)
        for subject, values in granted.accepts:
            test = Test(subject, Matcher.IS, values, None, rule.planned.rule.span)
            found &= self.atoms.stated(RouteAtom(test, rule.planned.rule.demand))
        return found

    def _atom(self, number: int, facts: RequestFacts, bits: int, *, doubt: Truth) -> Bits:
        atom = self.plan.route_atoms[number]
        mask = self.reads.read_by(atom.test.subject)
        if mask is None:
            return self._fixed_atom(number, atom)
        if atom.test.subject == COST:
            return self.atoms.costing(atom.test, facts, doubt)
        key = (number, bits & mask, doubt)
        found = self._asked.get(key)
        if found is None:
            found = self._ask(atom, facts, doubt)
            if len(self._asked) < MOST_REMEMBERED:
                self._asked[key] = found
        return found

    def _fixed_atom(self, number: int, atom: RouteAtom) -> Bits:
        found = self._fixed.get(number)
        if found is None:
            found = self._fixed[number] = self.atoms.fixed(atom)
        return found

    def _ask(self, atom: RouteAtom, facts: RequestFacts, doubt: Truth) -> Bits:
        subject = atom.test.subject
        if subject == SIGNOFF:
            return self.atoms.signed(atom.test, Asked(facts, doubt))
        if subject.startswith(TRANSFER_BASIS):
            return self.atoms.rested(atom, Asked(facts, doubt))
        return self.atoms.priced(atom.test, facts)
