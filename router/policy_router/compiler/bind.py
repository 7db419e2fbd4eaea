"""A plan bound to a registry for one epoch: whatever no request changes, as bitsets."""

from __future__ import annotations

from collections.abc import Iterable

from policy_router.compiler.bitset import bitset, groups
from policy_router.compiler.formula import Bits, Formula, atoms_in, evaluated
from policy_router.compiler.order import Order, usual_order
from policy_router.compiler.plan import Plan, PlannedException, PlannedRule, RouteAtom
from policy_router.compiler.reads import Reads
from policy_router.compiler.route_atoms import BASIS, COST, SIGNOFF, RouteAtoms
from policy_router.domain.claim import Moment
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Matcher, Test
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import UNKNOWN, Truth
from policy_router.registry.lifecycle import RETIRED, stage_at
from policy_router.registry.standpoint import Asked

MOST_REMEMBERED = 2048


class Bound:
    """One epoch of one snapshot, compiled.

    Routes are numbered best first by the usual order, so that the best of a set of routes is its
    lowest bit. `reads` turns the facts of a request into bits; two requests with equal bits get
    equal answers here, but for the size of the call.
    """

    def __init__(self, plan: Plan, snapshot: Snapshot, moment: Moment) -> None:
        self.plan = plan
        self.snapshot = snapshot
        self.moment = moment
        self.order: Order = usual_order(snapshot, moment)
        self.routes: tuple[Route, ...] = self.order.routes
        self.number = {route.id: n for n, route in enumerate(self.routes)}
        self.full = (1 << len(self.routes)) - 1
        self.atoms = RouteAtoms(snapshot.registry, self.routes, snapshot.policies.rates, moment)
        gateways = snapshot.policies.gateways
        self.live = self.set_of(stage_at(r, moment) != RETIRED for r in self.routes)
        self.reachable = self.set_of(gateways is None or r.gateway in gateways for r in self.routes)
        self.by_model = groups([r.model for r in self.routes])
        self.reads = Reads(plan, snapshot, moment)
        self._fixed: dict[int, Bits] = {}
        self._asked: dict[tuple[int, int, int, Truth], Bits] = {}
        self._accepted: dict[tuple[int, int], int] = {}

    def set_of(self, inside: Iterable[bool]) -> int:
        """The set of routes at the places where `inside` is true."""
        return bitset((n for n, yes in enumerate(inside) if yes), len(self.routes))

    def demand(
        self,
        demand: Formula,
        facts: RequestFacts,
        settled: tuple[int, int],
        *,
        doubt: Truth = UNKNOWN,
    ) -> Bits:
        """What is known of a demand, route by route, for a request whose bits are `settled`.

        `doubt`: what to take for granted where the request's own facts leave something open.
        """
        atoms = {n: self._atom(n, facts, settled, doubt=doubt) for n in atoms_in(demand)}
        return evaluated(demand, atoms, self.full)

    def excepted(self, rule: PlannedRule, exception: PlannedException) -> int:
        """The routes an exception names and whose claims it accepts, while it is in force."""
        granted = exception.exception
        if not granted.validity.holds(self.moment.at):
            return 0
        if not self.moment.knows(granted.recorded):
            return 0
        named = self.set_of(any_matches(granted.routes, r.id) for r in self.routes)
        for subject, values in granted.accepts:
            test = Test(subject, Matcher.IS, values, None, rule.rule.span)
            named &= self.atoms.stated(RouteAtom(test, rule.rule.demand))
        return named

    def _atom(
        self, number: int, facts: RequestFacts, settled: tuple[int, int], *, doubt: Truth
    ) -> Bits:
        atom = self.plan.route_atoms[number]
        mask = self.reads.read_by(atom.test.subject)
        if mask is None:
            return self._fixed_atom(number, atom)
        if atom.test.subject == COST:
            return self.atoms.costing(atom.test, facts, doubt)
        key = (number, settled[0] & mask, settled[1] & mask, doubt)
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
        if subject.startswith(BASIS):
            return self.atoms.rested(atom, Asked(facts, doubt))
        return self.atoms.priced(atom.test, facts)
