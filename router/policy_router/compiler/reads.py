"""What a bound plan reads of a request, as numbered statements about its facts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from policy_router.compiler.plan import Plan
from policy_router.compiler.route_atoms import BASIS, COST, PRICE, SIGNOFF
from policy_router.compiler.statements import (
    above,
    is_set_fact,
    known_statement,
    member_statement,
    scalar_statement,
    set_statement,
)
from policy_router.compiler.tables import (
    MemberStatement,
    ScalarStatement,
    ScalarTable,
    SetStatement,
    SetTable,
    Settled,
)
from policy_router.domain.claim import Listing, Moment
from policy_router.domain.policy import Test
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.signoffs import data_covered, data_touched, named
from policy_router.registry.transfer import data_listed

REQUESTED = "requested.model"
Seen = dict[frozenset[str], Settled]

_LISTED = tuple(map(frozenset[str], ((), ("hr",), ("non_hr",))))


class Reads:
    """Numbers the statements, and turns facts into the bits of those known true and known false.

    First come the plan's fact atoms by their own numbers, then what is known at all of the facts
    rules need, then what sign-offs, listings and price tiers depend on.
    """

    def __init__(self, plan: Plan, snapshot: Snapshot, moment: Moment) -> None:
        self._count = len(plan.fact_atoms)
        self._members: dict[str, list[tuple[int, MemberStatement]]] = {}
        self._sets: dict[str, list[tuple[int, SetStatement]]] = {}
        self._scalars: dict[str, list[tuple[int, ScalarStatement]]] = {}
        for number, test in enumerate(plan.fact_atoms):
            if is_set_fact(test.subject):
                self._number_test(number, test, snapshot, moment)
            else:
                self._scalars.setdefault(test.subject, []).append((number, scalar_statement(test)))
        self.known = {
            name: self._add(name, known_statement, known_statement) for name in plan.needs
        }
        subjects = {atom.test.subject for atom in plan.route_atoms}
        priced = any(s == COST or s.startswith(PRICE) for s in (*subjects, *_ranking(snapshot)))
        self._signed = self._sign_offs(snapshot) if _judged(subjects) else 0
        self._listed = self._listings(snapshot) if any(map(_is_basis, subjects)) else 0
        self._sized = self._tiers(snapshot) if priced else 0
        requested = self._scalars.pop(REQUESTED, None)
        self._by_model = None if requested is None else ScalarTable(requested)
        self._by_set = [
            (name, *_opened(SetTable(self._members.get(name, []), self._sets.get(name, []))))
            for name in sorted(self._members.keys() | self._sets.keys())
        ]
        self._by_scalar = [(n, t.seen, t) for n, t in _scalar_tables(self._scalars)]

    def _number_test(self, number: int, test: Test, snapshot: Snapshot, moment: Moment) -> None:
        some = member_statement(test, snapshot.registry, moment)
        if some is not None:
            self._members.setdefault(test.subject, []).append((number, some))
        else:
            whole = set_statement(test, snapshot.registry, moment)
            self._sets.setdefault(test.subject, []).append((number, whole))

    def settled(self, facts: RequestFacts) -> Settled:
        """The statements known true and those known false of one view of a request.

        The one loop that every request runs; it is written out for speed.
        """
        true = false = 0
        sets, scalars = facts.sets, facts.scalars
        for name, settled, opened, table in self._by_set:
            fact = sets.get(name)
            if fact is None:
                found = table.unknown
            else:
                seen = (settled if fact.settled else opened).get(fact.members)
                found = table.meet(fact) if seen is None else seen
            true |= found[0]
            false |= found[1]
        for name, values, said in self._by_scalar:
            value = scalars.get(name)
            if value is None:
                found = said.unknown
            else:
                met = values.get(value)
                found = said.meet(value) if met is None else met
            true |= found[0]
            false |= found[1]
        if self._by_model is not None:
            found = _of_model(self._by_model, facts.model)
            true |= found[0]
            false |= found[1]
        return true, false

    @property
    def sizes(self) -> int:
        """The statements about price tiers."""
        return self._sized

    def read_by(self, subject: str) -> int | None:
        """The statements an attribute of a route depends on; None if on no request at all."""
        if subject == SIGNOFF:
            return self._signed
        if _is_basis(subject):
            return self._signed | self._listed
        if subject == COST:
            return 0
        if subject.startswith(PRICE) and self._sized:
            return self._sized
        return None

    def _add(self, subject: str, on_set: SetStatement, on_scalar: ScalarStatement) -> int:
        number, self._count = self._count, self._count + 1
        if is_set_fact(subject):
            self._sets.setdefault(subject, []).append((number, on_set))
        else:
            self._scalars.setdefault(subject, []).append((number, on_scalar))
        return 1 << number

    def _add_set(self, subject: str, statement: SetStatement) -> int:
        return self._add(subject, statement, known_statement)

    def _add_scalar(self, subject: str, statement: ScalarStatement) -> int:
        return self._add(subject, known_statement, statement)

    def _sign_offs(self, snapshot: Snapshot) -> int:
        read = 0
        for signoff in snapshot.registry.signoffs:
            on_data = data_covered if signoff.approved else data_touched
            read |= self._add_set("data", partial(on_data, signoff))
            read |= self._add_scalar("purpose", partial(named, signoff.purposes))
            read |= self._add_scalar("tenant", partial(named, signoff.tenants))
        return read

    def _listings(self, snapshot: Snapshot) -> int:
        if not _lists(snapshot):
            return 0
        read = 0
        for covers in _LISTED:
            read |= self._add_set("subjects", partial(data_listed, covers))
        return read

    def _tiers(self, snapshot: Snapshot) -> int:
        thresholds = {
            tier.above_input_tokens
            for route in snapshot.registry.routes.values()
            for table in route.prices
            for tier in table.tiers
        }
        read = 0
        for threshold in sorted(thresholds):
            read |= self._add_scalar("tokens.input", above(threshold))
        return read


def _opened(table: SetTable) -> tuple[Seen, Seen, SetTable]:
    return table.settled, table.opened, table


def _scalar_tables(
    scalars: dict[str, list[tuple[int, ScalarStatement]]],
) -> Iterator[tuple[str, ScalarTable]]:
    for name, said in scalars.items():
        yield name, ScalarTable(said)


def _of_model(table: ScalarTable, model: str | None) -> Settled:
    if model is None:
        return table.unknown
    seen = table.seen.get(model)
    return table.meet(model) if seen is None else seen


def _is_basis(subject: str) -> bool:
    return subject.startswith(BASIS)


def _judged(subjects: set[str]) -> bool:
    return any(s == SIGNOFF or _is_basis(s) for s in subjects)


def _ranking(snapshot: Snapshot) -> Iterator[str]:
    yield from (COST, f"{PRICE}input")
    for preference in snapshot.policies.prefer:
        yield from preference.by


def _lists(snapshot: Snapshot) -> bool:
    """Whether any claim or agreement speaks of an entry on a list of certified recipients."""
    registry = snapshot.registry
    claims = [c for gateway in registry.gateways.values() for c in gateway.claims]
    claims += [c for provider in registry.providers.values() for c in provider.claims]
    claims += [c for model in registry.models.values() for c in model.claims]
    claims += [c for r in registry.routes.values() for _, said in r.claims for c in said]
    terms = [value for agreement in registry.agreements for _, value in agreement.terms]
    return any(isinstance(v, Listing) for v in (*(c.value for c in claims), *terms))
