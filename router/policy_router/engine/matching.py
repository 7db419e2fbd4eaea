"""What a test means: the matchers, on facts of a request and on attributes of a route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import assert_never

from policy_router.domain.claim import EvidenceDemand, Members, Moment
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import All, AnyOf, Matcher, Not, Predicate, Test
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Truth,
    conjunction,
    disjunction,
    known,
    negation,
)
from policy_router.domain.vocabulary import (
    BENCHMARK_PREFIX,
    TRANSFER_BASIS,
    AttributeKind,
    FactKind,
    Regime,
    attribute,
    category_ancestors,
    effective_categories,
    fact,
)
from policy_router.registry.hops import route_knowledge
from policy_router.registry.lifecycle import stage_at
from policy_router.registry.prices import cost_usd, in_usd, price
from policy_router.registry.signoffs import signed_off
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.territories import includes, is_in, is_in_any, within
from policy_router.registry.transfer import rests_on, transfer_bases

_PRICE = "price."


def holds(predicate: Predicate, test: Callable[[Test], Truth]) -> Truth:
    """What is known of `predicate`, given what is known of its tests: strong Kleene logic."""
    match predicate:
        case Test():
            return test(predicate)
        case Not(part):
            return negation(holds(part, test))
        case All(parts):
            return conjunction(holds(p, test) for p in parts)
        case AnyOf(parts):
            return disjunction(holds(p, test) for p in parts)
        case _:
            assert_never(predicate)


def tests_in(predicate: Predicate) -> Iterator[Test]:
    """Every test of `predicate`, in the order written."""
    match predicate:
        case Test():
            yield predicate
        case Not(part):
            yield from tests_in(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_in(part)
        case _:
            assert_never(predicate)


@dataclass(frozen=True, slots=True)
class FactView:
    """One view of a request's facts, at a moment."""

    snapshot: Snapshot
    facts: RequestFacts
    moment: Moment

    def test(self, test: Test) -> Truth:
        """What is known of a test on a fact."""
        spec = fact(test.subject)
        if spec is not None and spec.kind is FactKind.SET:
            return self._set(test)
        value = self.facts.scalar(test.subject)
        return match_number(test, value) if isinstance(value, Decimal) else match_name(test, value)

    def _set(self, test: Test) -> Truth:
        stated = self.facts.set_fact(test.subject)
        members = Members(stated.members, open=not stated.settled)
        if test.subject == "data":
            members = replace(members, certain=effective_categories(members.certain))
            return match_set(test, members, _category_is)
        if test.subject == "subject_location":
            return match_set(test, members, self._lies_in)
        return match_set(test, members, lambda name, meant: known(name == meant))

    def _lies_in(self, country: str, place: str) -> Truth:
        return is_in(self.snapshot.registry, country, place, self.moment)


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route, for one view of a request, on evidence as demanded, at a moment.

    `doubt`: what to take for granted where the request's own facts leave something open.
    """

    snapshot: Snapshot
    route: Route
    facts: RequestFacts
    moment: Moment
    demand: EvidenceDemand
    doubt: Truth = UNKNOWN

    def test(self, test: Test) -> Truth:
        """What is known of a test on an attribute of the route."""
        spec = attribute(test.subject)
        if spec is None:
            return UNKNOWN
        match spec.kind:
            case AttributeKind.NAME:
                return match_name(test, self.name(test.subject))
            case AttributeKind.ORDERED:
                return self.test_claim(test, self._claimed(test.subject))
            case AttributeKind.NUMBER | AttributeKind.MONEY:
                return self._number(test)
            case AttributeKind.BASES:
                return self._bases(test)
            case AttributeKind.COUNTRIES | AttributeKind.TAGS | AttributeKind.RECORD:
                return self._members(test)
            case _:
                assert_never(spec.kind)

    @property
    def standpoint(self) -> Standpoint:
        """From where the registry is looked at."""
        return Standpoint(self.snapshot.registry, self.moment, self.demand)

    @property
    def asked(self) -> Asked:
        """The request, as sign-offs and transfers look at it."""
        return Asked(self.facts, self.doubt)

    def name(self, subject: str) -> str | None:
        """A name of the route; None if unknown."""
        model = self.snapshot.registry.card(self.route)
        names = {
            "route": self.route.id,
            "model": self.route.model,
            "maker": model.maker,
            "provider": self.route.provider,
            "gateway": self.route.gateway,
            "stage": stage_at(self.route, self.moment),
        }
        return names[subject]

    def number(self, subject: str) -> Decimal | None:
        """A number of the route (money in US dollars, prices per 1M units); None if unknown."""
        at, rates = self.moment.at, self.snapshot.policies.rates
        model = self.snapshot.registry.card(self.route)
        if subject == "cost":
            return cost_usd(self.route, self.facts, rates, at)
        if subject.startswith(_PRICE):
            meter = subject.removeprefix(_PRICE)
            return in_usd(price(self.route, meter, self.facts, at), rates, at)
        if subject.startswith(BENCHMARK_PREFIX):
            return dict(model.benchmarks).get(subject.removeprefix(BENCHMARK_PREFIX))
        if subject == "retention_days":
            days = self._claimed(subject)
            return days if isinstance(days, Decimal) else None
        value: int | Decimal | None = getattr(model, subject)
        return None if value is None else Decimal(value)

    def claims_one_of(self, subject: str, values: tuple[str, ...]) -> bool:
        """Whether the claim on `subject` is known to be one of `values`."""
        value = self._claimed(subject)
        return value is not None and str(value) in values

    def _number(self, test: Test) -> Truth:
        unsized = test.subject == "cost" and not all(
            self.facts.knows(f"tokens.{meter}") for meter in ("input", "output")
        )
        return self.doubt if unsized else match_number(test, self.number(test.subject))

    def _claimed(self, subject: str) -> object:
        return route_knowledge(self.standpoint, self.route, subject).value

    def members(self, subject: str) -> Members | None:
        """A set of the route; None if unknown."""
        if subject in {"features", "input_modalities", "output_modalities"}:
            model = self.snapshot.registry.card(self.route)
            listed: frozenset[str] | None = getattr(model, subject)
            return None if listed is None else Members(listed)
        value = self._claimed(subject)
        return value if isinstance(value, Members) else None

    def _members(self, test: Test) -> Truth:
        if test.subject == "signoff":
            return self._signed(test)
        return self.test_claim(test, self.members(test.subject))

    def test_claim(self, test: Test, value: object) -> Truth:
        """What is known of a test, were `value` what is claimed; None is unknown."""
        if isinstance(value, Decimal):
            return match_number(test, value)
        if isinstance(value, str):
            return match_name(test, value)
        if not isinstance(value, Members):
            return UNKNOWN
        spec = attribute(test.subject)
        if spec is None or spec.kind is not AttributeKind.COUNTRIES:
            return match_set(test, value, lambda name, meant: known(name == meant))
        registry, moment = self.snapshot.registry, self.moment
        if test.matcher in {Matcher.WITHIN, Matcher.NOT_WITHIN}:
            truth = within(value, lambda c: is_in_any(registry, c, test.names, moment))
            return truth if test.matcher is Matcher.WITHIN else negation(truth)
        return match_set(test, value, lambda c, place: is_in(registry, c, place, moment))

    def _signed(self, test: Test) -> Truth:
        signed = [signed_off(self.standpoint, kind, self.route, self.asked) for kind in test.names]
        return conjunction(signed) if test.matcher is Matcher.INCLUDES_ALL else disjunction(signed)

    def _bases(self, test: Test) -> Truth:
        regime = Regime(test.subject.removeprefix(TRANSFER_BASIS))
        places = transfer_bases(self.standpoint, self.route, regime, self.asked)
        return rests_on(places, test.names)


def match_name(test: Test, value: FactValue | None) -> Truth:
    """Is / is one of, where the names of the test may be patterns; unknown matches nothing."""
    if value is None:
        return UNKNOWN
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return known(any_matches(test.names, text))


def match_number(test: Test, value: Decimal | None) -> Truth:
    """A comparison with the bound; unknown where the number is."""
    if value is None or test.bound is None:
        return UNKNOWN
    match test.matcher:
        case Matcher.AT_MOST:
            return known(value <= test.bound)
        case Matcher.AT_LEAST:
            return known(value >= test.bound)
        case Matcher.BELOW:
            return known(value < test.bound)
        case Matcher.ABOVE:
            return known(value > test.bound)
        case _:
            return UNKNOWN


def match_set(test: Test, members: Members, is_meant: Callable[[str, str], Truth]) -> Truth:
    """A matcher on a set, where `is_meant(member, name)` says whether a name means a member."""
    found = [includes(members, lambda m, n=name: is_meant(m, n)) for name in test.names]  # type: ignore[misc]
    match test.matcher:
        case Matcher.INCLUDES | Matcher.INCLUDES_ANY:
            return disjunction(found)
        case Matcher.INCLUDES_ALL:
            return conjunction(found)
        case Matcher.EXCLUDES:
            return negation(disjunction(found))
        case Matcher.WITHIN | Matcher.NOT_WITHIN:
            truth = within(members, lambda m: disjunction(is_meant(m, n) for n in test.names))
            return truth if test.matcher is Matcher.WITHIN else negation(truth)
        case _:
            return UNKNOWN


def _category_is(category: str, meant: str) -> Truth:
    """Whether data of `category` is data of `meant`: it, or below it; an umbrella may be."""
    if meant in category_ancestors(category):
        return TRUE
    finer = category == "special_category" and category in category_ancestors(meant)
    return UNKNOWN if finer else FALSE
