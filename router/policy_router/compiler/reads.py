"""What a bound plan reads of a request, as numbered statements about its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial

from policy_router.compiler.plan import Plan
from policy_router.compiler.route_atoms import COST, PRICE, SIGNOFF
from policy_router.compiler.statements import (
    above,
    member_statement,
    scalar_statement,
    set_statement,
    stated,
)
from policy_router.compiler.tables import (
    Bounding,
    MemberStatement,
    NameTable,
    Naming,
    NumberTable,
    Packing,
    ScalarStatement,
    SetStatement,
    SetTable,
)
from policy_router.domain.claim import ClaimValue, Listing, Moment
from policy_router.domain.policy import Test
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import (
    REQUESTED_MODEL,
    TRANSFER_BASIS,
    is_number_fact,
    is_observed,
    is_set_fact,
)
from policy_router.registry.signoffs import data_covered, data_touched, named
from policy_router.registry.transfer import data_listed

_LISTED = (frozenset({"hr"}), frozenset({"non_hr"}))
"""What an entry may cover so that the data decide: one of both covers any, one of none nothing."""


class Reads:
    """Numbers the statements, and turns facts into the bits of those that are settled.

    First come the plan's fact atoms by their own numbers, then what is known at all of the facts
    rules need, then what sign-offs, listings and price tiers depend on.
    """

    def __init__(
        self, plan: Plan, snapshot: Snapshot, moment: Moment, routes: Iterable[Route]
    ) -> None:
        said = _Said(len(plan.fact_atoms))
        for number, test in enumerate(plan.fact_atoms):
            said.test(number, test, snapshot, moment)
        known = {name: said.known(name) for name in plan.needs}
        subjects = {atom.test.subject for atom in plan.route_atoms}
        signed = said.sign_offs(snapshot) if _judged(subjects) else []
        listed = said.listings(snapshot) if any(map(_is_basis, subjects)) else []
        sized = said.tiers(routes)
        self.packing = Packing(said.count)
        self.known = {name: 1 << number for name, number in known.items()}
        self.sizes = self.packing.both(sized)
        self._signed, self._listed = self.packing.both(signed), self.packing.both(listed)
        by_scalar = said.scalar_tables(self.packing)
        self._bounds = {
            name: table.bounds
            for name, table in by_scalar.items()
            if isinstance(table, NumberTable)
        }
        self._by_model = by_scalar.pop(REQUESTED_MODEL, None)
        self._by_set = tuple(said.set_tables(self.packing).items())
        self._by_scalar = tuple(by_scalar.items())

    def bits(self, facts: RequestFacts) -> int:
        """The bits of one view of a request (see `tables`). Every request runs through here."""
        found = 0
        sets, scalars = facts.sets, facts.scalars
        for name, of_set in self._by_set:
            found |= of_set.of(sets[name]) if name in sets else of_set.nothing
        for name, of_scalar in self._by_scalar:
            found |= of_scalar.of(scalars[name]) if name in scalars else of_scalar.nothing
        if self._by_model is not None:
            model = facts.model
            found |= self._by_model.nothing if model is None else self._by_model.of(model)
        return found

    @property
    def facts(self) -> frozenset[str]:
        """The facts that something is said of."""
        named = {REQUESTED_MODEL} if self._by_model is not None else set()
        return frozenset(named | dict(self._by_set).keys() | dict(self._by_scalar).keys())

    def bounds(self, name: str) -> frozenset[Decimal]:
        """The values of a number at which what is said of it changes."""
        return frozenset(self._bounds.get(name, ()))

    def read_by(self, subject: str) -> int | None:
        """The bits an attribute of a route depends on; None if on no request at all."""
        if subject == SIGNOFF:
            return self._signed
        if _is_basis(subject):
            return self._signed | self._listed
        if subject == COST:
            return 0
        if subject.startswith(PRICE) and self.sizes:
            return self.sizes
        return None


class _Said:
    """The statements about each fact, while they are being numbered."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._some: dict[str, list[tuple[int, MemberStatement]]] = {}
        self._whole: dict[str, list[tuple[int, SetStatement]]] = {}
        self._known: dict[str, list[int]] = {}
        self._names: dict[str, list[Naming]] = {}
        self._bounds: dict[str, list[Bounding]] = {}

    def test(self, number: int, test: Test, snapshot: Snapshot, moment: Moment) -> None:
        """A test of a policy."""
        subject = test.subject
        if not is_set_fact(subject):
            self._scalar(subject, number, scalar_statement(test), test.names, test.bound)
            return
        some = member_statement(test, snapshot.registry, moment)
        if some is not None:
            self._some.setdefault(subject, []).append((number, some))
        else:
            whole = set_statement(test, snapshot.registry, moment)
            self._whole.setdefault(subject, []).append((number, whole))

    def known(self, subject: str) -> int:
        """That a fact is known."""
        number = self._next()
        if is_set_fact(subject):
            self._known.setdefault(subject, []).append(number)
        else:
            self._scalar(subject, number, stated, ("*",), None)
        return number

    def sign_offs(self, snapshot: Snapshot) -> list[int]:
        """What each sign-off covers or touches."""
        numbers = []
        for signoff in snapshot.registry.signoffs:
            on_data = data_covered if signoff.approved else data_touched
            numbers.append(self._set("data", partial(on_data, signoff)))
            for subject, patterns in (("purpose", signoff.purposes), ("tenant", signoff.tenants)):
                numbers.append(number := self._next())
                self._scalar(subject, number, partial(named, patterns), patterns, None)
        return numbers

    def listings(self, snapshot: Snapshot) -> list[int]:
        """Which entries on a list of certified recipients cover the data."""
        if not _lists(snapshot):
            return []
        return [self._set("subjects", partial(data_listed, covers)) for covers in _LISTED]

    def tiers(self, routes: Iterable[Route]) -> list[int]:
        """On which side of every price tier of some routes the call lies."""
        thresholds = {
            tier.above_input_tokens
            for route in routes
            for table in route.prices
            for tier in table.tiers
        }
        numbers = []
        for threshold in sorted(thresholds):
            numbers.append(number := self._next())
            self._scalar("tokens.input", number, above(threshold), (), Decimal(threshold))
        return numbers

    def set_tables(self, packing: Packing) -> dict[str, SetTable]:
        """A table for each set fact something is said of."""
        return {
            name: SetTable(
                packing,
                self._some.get(name, []),
                self._whole.get(name, []),
                self._known.get(name, []),
                observed=is_observed(name),
            )
            for name in self._some.keys() | self._whole.keys() | self._known.keys()
        }

    def scalar_tables(self, packing: Packing) -> dict[str, NameTable | NumberTable]:
        """A table for each single-valued fact something is said of."""
        names = {name: NameTable(packing, said) for name, said in self._names.items()}
        return names | {name: NumberTable(packing, said) for name, said in self._bounds.items()}

    def _next(self) -> int:
        self.count += 1
        return self.count - 1

    def _set(self, subject: str, statement: SetStatement) -> int:
        number = self._next()
        self._whole.setdefault(subject, []).append((number, statement))
        return number

    def _scalar(
        self,
        subject: str,
        number: int,
        holds: ScalarStatement,
        patterns: tuple[str, ...],
        bound: Decimal | None,
    ) -> None:
        if is_number_fact(subject):
            self._bounds.setdefault(subject, []).append(Bounding(number, holds, bound))
        else:
            self._names.setdefault(subject, []).append(Naming(number, holds, patterns))


def _is_basis(subject: str) -> bool:
    return subject.startswith(TRANSFER_BASIS)


def _judged(subjects: set[str]) -> bool:
    return any(s == SIGNOFF or _is_basis(s) for s in subjects)


def _lists(snapshot: Snapshot) -> bool:
    """Whether any claim or agreement speaks of an entry on a list of certified recipients."""
    return any(isinstance(value, Listing) for value in _stated(snapshot))


def _stated(snapshot: Snapshot) -> Iterator[ClaimValue | None]:
    """What claims and agreements say of anything; those that speak of entries come early."""
    registry = snapshot.registry
    yield from (value for agreement in registry.agreements for _, value in agreement.terms)
    for provider in registry.providers.values():
        yield from (claim.value for claim in provider.claims)
    for gateway in registry.gateways.values():
        yield from (claim.value for claim in gateway.claims)
    for route in registry.routes.values():
        yield from (claim.value for _, claims in route.claims for claim in claims)
    for model in registry.models.values():
        yield from (claim.value for claim in model.claims)
