"""A value that would meet what is demanded of an attribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from policy_router.domain.claim import ClaimValue, Members
from policy_router.domain.policy import Matcher, Test
from policy_router.domain.vocabulary import ATTRIBUTES, AttributeKind
from policy_router.engine.matching import RouteView
from policy_router.engine.shortfalls import Unmet
from policy_router.registry.territories import ADEQUATE, is_in


def best_value(view: RouteView, lacks: Sequence[Unmet]) -> ClaimValue | None:
    """The first value that meets all of `lacks` (one attribute's tests); None if none is found."""
    tests = [lack.test for lack in lacks]
    for value in _candidates(view, tests):
        truths = [(view.test_claim(lack.test, value), lack.wanted) for lack in lacks]
        if all(t.known_true if wanted else t.known_false for t, wanted in truths):
            return value
    return None


def country_within(view: RouteView, territory: str) -> str | None:
    """Some country of `territory` at the moment of `view`; None if it has no confirmed member."""
    for country in _countries(view):
        if is_in(view.snapshot.registry, country, territory, view.moment).known_true:
            return country
    return None


def _candidates(view: RouteView, tests: Sequence[Test]) -> Iterator[ClaimValue]:
    spec = ATTRIBUTES[tests[0].subject]
    names = dict.fromkeys(name for test in tests for name in test.names)
    match spec.kind:
        case AttributeKind.ORDERED:
            yield from spec.values
        case AttributeKind.NUMBER:
            yield from sorted({_number(test) for test in tests if test.bound is not None})
        case AttributeKind.COUNTRIES:
            areas = view.snapshot.registry.territories
            named = [n for n in names if n not in areas and not n.startswith(ADEQUATE)]
            for country in (*named, *_countries(view)):
                yield Members(frozenset({country}))
        case _:
            yield Members(frozenset())
            yield Members(frozenset(names))
            for name in names:
                yield Members(frozenset({name}))


def _number(test: Test) -> Decimal:
    bound = test.bound or Decimal(0)
    step = {Matcher.BELOW: -1, Matcher.ABOVE: 1}.get(test.matcher, 0)
    return max(bound + step, Decimal(0))


def _countries(view: RouteView) -> list[str]:
    territories = view.snapshot.registry.territories.values()
    return sorted({m.country for t in territories for m in t.members})
