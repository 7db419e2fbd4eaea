"""Tests on attributes of routes, bound to a registry at a moment: bits over all routes at once.

Routes of which the registry says the same are looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import reduce

from policy_router.compiler.alike import Alike, alike_in_claims
from policy_router.compiler.bitset import bitset, everywhere, positions, truth_bits
from policy_router.compiler.formula import Bits
from policy_router.compiler.plan import RouteAtom
from policy_router.compiler.statements import compared, set_truth
from policy_router.domain.claim import EvidenceDemand, Members, Moment
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Matcher, Test
from policy_router.domain.price import Rate
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.truth import UNKNOWN, Truth, known, negation
from policy_router.domain.vocabulary import (
    BENCHMARK_PREFIX,
    TRANSFER_BASIS,
    AttributeKind,
    Regime,
    attribute,
)
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.lifecycle import stage_at
from policy_router.registry.prices import cost_usd, in_usd, is_sized, price
from policy_router.registry.signoffs import TIA, concerns, signed_off
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.territories import is_in, is_in_any, within
from policy_router.registry.transfer import rests_on, transfer_bases

PRICE = "price."
SIGNOFF = "signoff"
COST = "cost"
Grouped = Mapping[Hashable, Sequence[int]]
"""The numbers of routes of which something is the same, by what it is."""

_MODEL_SETS = ("features", "input_modalities", "output_modalities")


class RouteAtoms:
    """The bits of route atoms over `routes`, numbered as they stand in that sequence."""

    def __init__(
        self, registry: Registry, routes: Sequence[Route], rates: tuple[Rate, ...], moment: Moment
    ) -> None:
        self.registry = registry
        self.routes = routes
        self.rates = rates
        self.moment = moment
        self._values: dict[tuple[str, EvidenceDemand], Grouped] = {}
        self._signed: dict[str, Grouped] = {}
        self._priced: Grouped | None = None
        self._transfers: Grouped | None = None
        self.alike: tuple[Alike, ...] = alike_in_claims(registry, routes)

    def fixed(self, atom: RouteAtom) -> Bits:
        """The bits of an atom that no request changes."""
        test = atom.test
        by_value = self._by_value(test.subject, atom.demand)
        return self._bits((alike, self._truth(test, value)) for value, alike in by_value.items())

    def signed(self, test: Test, asked: Asked) -> Bits:
        """The bits of a test on sign-offs, for a request."""
        all_of = test.matcher is Matcher.INCLUDES_ALL
        bits = [self._signed_off(kind, asked) for kind in test.names]
        return reduce(Bits.both if all_of else Bits.either, bits)

    def rested(self, atom: RouteAtom, asked: Asked) -> Bits:
        """The bits of a test on transfer bases, for a request."""
        regime = Regime(atom.test.subject.removeprefix(TRANSFER_BASIS))
        view = Standpoint(self.registry, self.moment, atom.demand)
        parts = []
        for alike in self._alike_for_transfer().values():
            places = transfer_bases(view, self.routes[alike[0]], regime, asked)
            parts.append((alike, rests_on(places, atom.test.names)))
        return self._bits(parts)

    def priced(self, test: Test, facts: RequestFacts) -> Bits:
        """The bits of a test on a price, at the size of a request."""
        meter = test.subject.removeprefix(PRICE)
        at = self.moment.at
        parts = []
        for alike in self.alike_in_price().values():
            usd = in_usd(price(self.routes[alike[0]], meter, facts, at), self.rates, at)
            parts.append((alike, self._truth(test, usd)))
        return self._bits(parts)

    def costing(self, test: Test, facts: RequestFacts, doubt: Truth) -> Bits:
        """The bits of a test on the cost of a request."""
        if not is_sized(facts):
            return everywhere(doubt, len(self.routes))
        alike = self.alike_in_price().values()
        return self._bits((part, self.cost(test, part[0], facts, doubt)) for part in alike)

    def cost(self, test: Test, number: int, facts: RequestFacts, doubt: Truth) -> Truth:
        """A test on the cost of a request on one route."""
        if not is_sized(facts):
            return doubt
        usd = cost_usd(self.routes[number], facts, self.rates, self.moment.at)
        return self._truth(test, usd)

    def alike_in_price(self) -> Grouped:
        """The routes whose price tables that hold say the same."""
        if self._priced is None:
            at = self.moment.at
            self._priced = positions(
                [
                    tuple((t.currency, t.amounts, t.tiers) for t in r.prices if t.holds(at))
                    for r in self.routes
                ]
            )
        return self._priced

    def stated(self, atom: RouteAtom) -> int:
        """The routes whose claim is known to be one of the names of a test."""
        read, names = self._reader(atom.test.subject, atom.demand), atom.test.names
        wanted = (alike for alike in self.alike if str(read(alike.route)) in names)
        return bitset((n for alike in wanted for n in alike.numbers), len(self.routes))

    def _bits(self, parts: Iterable[tuple[Iterable[int], Truth]]) -> Bits:
        return truth_bits(parts, len(self.routes))

    def _signed_off(self, kind: str, asked: Asked) -> Bits:
        if kind not in self._signed:
            relevant = [s for s in self.registry.signoffs if s.type == kind]
            keys = []
            for route in self.routes:
                hops = hops_of(self.registry, route)
                keys.append(tuple(s.id for s in relevant if concerns(s, route, hops)))
            self._signed[kind] = positions(keys)
        view = Standpoint(self.registry, self.moment)
        return self._bits(
            (alike, signed_off(view, kind, self.routes[alike[0]], asked))
            for alike in self._signed[kind].values()
        )

    def _alike_for_transfer(self) -> Grouped:
        """The routes alike in claims and in the assessments that concern them."""
        if self._transfers is None:
            tias = [s for s in self.registry.signoffs if s.type == TIA]
            keys: list[Hashable] = [None] * len(self.routes)
            for n, alike in enumerate(self.alike):
                for number in alike.numbers:
                    route = self.routes[number]
                    about = (s for s in tias if not s.routes or any_matches(s.routes, route.id))
                    keys[number] = (n, *(s.id for s in about))
            self._transfers = positions(keys)
        return self._transfers

    def _by_value(self, subject: str, demand: EvidenceDemand) -> Grouped:
        key = (subject, demand)
        if key not in self._values:
            spec = attribute(subject)
            read = self._reader(subject, demand)
            if spec is not None and spec.claimed:
                self._values[key] = self._by_class(read)
            else:
                self._values[key] = positions([read(route) for route in self.routes])
        return self._values[key]

    def _by_class(self, read: Callable[[Route], Hashable]) -> Grouped:
        by_value: dict[Hashable, list[int]] = {}
        for alike in self.alike:
            by_value.setdefault(read(alike.route), []).extend(alike.numbers)
        return by_value

    def _reader(self, subject: str, demand: EvidenceDemand) -> Callable[[Route], Hashable]:
        card, moment = self.registry.card, self.moment
        spec = attribute(subject)
        if spec is not None and spec.claimed:
            view = Standpoint(self.registry, moment, demand)
            return lambda route: route_knowledge(view, route, subject).value
        if subject.startswith(BENCHMARK_PREFIX):
            name = subject.removeprefix(BENCHMARK_PREFIX)
            return lambda route: dict(card(route).benchmarks).get(name)
        if subject in _MODEL_SETS:
            return lambda route: _listed(getattr(card(route), subject))
        names: dict[str, Callable[[Route], Hashable]] = {
            "route": lambda route: route.id,
            "model": lambda route: route.model,
            "provider": lambda route: route.provider,
            "gateway": lambda route: route.gateway,
            "maker": lambda route: card(route).maker,
            "stage": lambda route: stage_at(route, moment),
        }
        if subject in names:
            return names[subject]
        if subject.startswith(PRICE):
            meter, at, nothing = subject.removeprefix(PRICE), moment.at, RequestFacts()
            return lambda route: in_usd(price(route, meter, nothing, at), self.rates, at)
        return lambda route: _number(getattr(card(route), subject, None))

    def _truth(self, test: Test, value: Hashable) -> Truth:
        """A test, were `value` what is known; None is unknown."""
        if value is None:
            return UNKNOWN
        if isinstance(value, Decimal):
            return compared(test, value)
        if isinstance(value, Members):
            return self._set_truth(test, value)
        return known(any_matches(test.names, str(value)))

    def _set_truth(self, test: Test, value: Members) -> Truth:
        spec = attribute(test.subject)
        if spec is None or spec.kind is not AttributeKind.COUNTRIES:
            return set_truth(test, value, lambda member, name: known(member == name))
        registry, moment = self.registry, self.moment
        if test.matcher in {Matcher.WITHIN, Matcher.NOT_WITHIN}:
            inside = within(value, lambda c: is_in_any(registry, c, test.names, moment))
            return inside if test.matcher is Matcher.WITHIN else negation(inside)
        return set_truth(test, value, lambda c, place: is_in(registry, c, place, moment))


def _listed(names: frozenset[str] | None) -> Members | None:
    return None if names is None else Members(names)


def _number(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
