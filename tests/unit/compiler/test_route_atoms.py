"""Tests on many routes at once: each route gets what it would get alone, alike ones together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import pytest

from policy_router.compiler.formula import Bits
from policy_router.compiler.plan import RouteAtom
from policy_router.compiler.route_atoms import RouteAtoms
from policy_router.domain.claim import NO_DEMAND, EvidenceDemand, Listing, Validity
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import Matcher
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.price import PriceTable, PriceTier, Rate
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.domain.territory import Scope
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN
from policy_router.domain.vocabulary import Regime
from policy_router.registry.standpoint import Asked
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOON,
    NOW,
    agreement,
    claim,
    evidence,
    facts,
    gateway,
    model,
    places,
    provider,
    registry,
    route,
    signoff,
    utc,
)
from tests.strategies.law import adequacy
from tests.strategies.predicates import bound, names

IS, ANY, ALL = Matcher.IS, Matcher.INCLUDES_ANY, Matcher.INCLUDES_ALL
OVER = Validity(None, NOON)


def price(amount: str, valid: Validity = ALWAYS_VALID, *tiers: PriceTier) -> PriceTable:
    amounts = (("input", Decimal(amount)), ("output", Decimal(amount)))
    return PriceTable("EUR", amounts, valid, evidence(), HERE, tiers)


def priced(name: str, *prices: PriceTable, of: str = "one") -> Route:
    return replace(route(name, of=of), prices=prices)


LONG = PriceTier(100, (("input", Decimal(9)),))
ROUTES = (
    priced("a", price("1")),
    priced("b", price("1"), price("7", OVER)),
    priced("c", price("1", ALWAYS_VALID, LONG)),
    priced("d", price("2"), of="two"),
    route("e", by="other"),
    route("f", at="relay"),
    route("g", at="relay", by="other", below=("acme",)),
    replace(route("h"), claims=(("acme", (claim("training", "used"),)),)),
    replace(route("i", by="other"), stage="preview"),
    replace(route("j"), lifecycle=(LifecycleEvent("retired", utc("2026-01-01"), evidence()),)),
    priced("k", price("2"), of="three"),
    route("l", of="four"),
    route("m", of="five"),
    route("n", of="five", by="other"),
    route("o", of="six"),
)
KNOWN = registry(
    model("one"),
    replace(model("two", claim("maker_jurisdiction", places("DE"))), context_window=None),
    replace(model("three", claim("maker_jurisdiction", places("US"))), context_window=None),
    *(model(name) for name in ("four", "five", "six")),
    gateway("hub"),
    gateway("relay", claim("support_location", places("IN")), adds_hop=True),
    provider(
        "acme",
        claim("training", "prohibited", covers=("one", "four")),
        claim("inference_location", places("US", "SE")),
        claim("storage_location", places("SE"), evidence(verified="2026-06-01")),
        claim("support_location", places("US")),
        claim("provider_jurisdiction", places("US")),
        claim("dpf", Listing("Acme Inc", "active", frozenset({"non_hr"}), frozenset())),
        claim("retention_days", Decimal(30)),
        covers=("one", "two", "three", "four", "six"),
    ),
    provider(
        "other",
        claim("training", "prohibited", recorded="2026-05-02"),
        claim("inference_location", places("US")),
        claim("support_location", places("SE")),
        covers=("one",),
        operator="else",
    ),
    *ROUTES,
    adequacy("entries", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US"),
    agreement(
        "held",
        Clause(Mechanism.SCC, "M2"),
        models=("one", "four", "five", "six"),
        routes=("d", "k"),
        dpa="in_force",
    ),
    agreement("named", models=(), routes=("a", "e", "n"), parties=("else",), training="opted_out"),
    signoff("dpia", routes=("a", "b")),
    signoff("lia", name="interest", routes=("b", "c"), data=("personal", "special_category")),
    signoff("tia", name="some", routes=("a", "d"), importers=("acme",), countries=("US",)),
    signoff("tia", name="all", routes=(), importers=("acme", "other"), countries=("IN",)),
    signoff("tia", name="whole", routes=("e",), tenants=("blue",)),
)
RATES = (Rate("EUR", Decimal(2), ALWAYS_VALID),)
FRESH = EvidenceDemand(max_age_days=30)
TESTS = (
    *(names(name, IS, "a", "one", "relay", "acme", "preview", "retired")
      for name in ("route", "model", "provider", "gateway", "maker", "stage")),
    names("training", IS, "prohibited", "opted_out"),
    names("dpa", IS, "in_force"),
    *(names("inference_location", matcher, "EEA", "US")
      for matcher in (Matcher.WITHIN, Matcher.NOT_WITHIN, ANY, ALL, Matcher.EXCLUDES)),
    names("storage_location", Matcher.WITHIN, "EEA"),
    names("support_location", Matcher.WITHIN, "EEA", "US"),
    names("maker_jurisdiction", Matcher.WITHIN, "EEA"),
    names("features", ANY, "streaming"),
    bound("retention_days", Matcher.AT_MOST, Decimal(30)),
    bound("context_window", Matcher.AT_LEAST, Decimal(500)),
    bound("price.input", Matcher.BELOW, Decimal(3)),
)  # fmt: skip
SIGNED = tuple(
    names("signoff", matcher, *kinds)
    for matcher in (ANY, ALL)
    for kinds in (("dpia",), ("lia",), ("tia",), ("dpia", "lia"))
)
HOME = "not_a_transfer"
RESTED = tuple(
    names("transfer_basis.eu_gdpr", IS, HOME, *bases)
    for bases in (("dpf",), ("scc_with_tia",), ("dpf", "scc_with_tia"))
)
ASKED = tuple(
    Asked(facts(None, data=data, tenant=tenant, **about), doubt)
    for data in (("personal",), ("health",))
    for tenant in ("blue", "red")
    for about in ({}, {"subjects": ("customers",)}, {"subjects": ("employees",)})
    for doubt in (UNKNOWN, TRUE, FALSE)
)
SIZES = tuple(
    facts(None, **{f"tokens__{meter}": Decimal(n) for meter, n in size.items()})  # type: ignore[arg-type]
    for size in ({}, {"input": 10}, {"input": 10, "output": 10}, {"input": 500, "output": 10})
)


def over(routes: Sequence[Route]) -> RouteAtoms:
    return RouteAtoms(KNOWN, routes, RATES, NOW)


Ask = Callable[[RouteAtoms], Bits]


class Both(NamedTuple):
    """All routes together, and each alone."""

    together: RouteAtoms
    alone: list[RouteAtoms]

    def said(self, ask: Ask) -> set[Bits]:
        """What is said of each route, which is the same as is said of it alone."""
        together = ask(self.together)
        found = [together.at(number) for number in range(len(ROUTES))]
        assert found == [ask(one) for one in self.alone]
        return set(found)


@pytest.fixture(scope="module")
def both() -> Both:
    """Bind the tests once for this module."""
    return Both(over(ROUTES), [over((each,)) for each in ROUTES])


@pytest.mark.parametrize("test", TESTS, ids=lambda test: f"{test.subject}-{test.matcher.value}")
def test_an_attribute_of_many_routes_is_that_of_each(both: Both, test: Comparison) -> None:
    atoms = (RouteAtom(test, demand) for demand in (NO_DEMAND, FRESH))
    found = set().union(*(both.said(partial(RouteAtoms.fixed, atom=atom)) for atom in atoms))
    assert len(found) > 1 or test.subject in {"storage_location", "features", "maker"}


@pytest.mark.parametrize("test", SIGNED, ids=lambda test: "-".join((test.matcher, *test.names)))
def test_a_judgement_about_many_routes_is_that_of_each(both: Both, test: Comparison) -> None:
    found = set().union(*(both.said(partial(RouteAtoms.signed, test=test, asked=a)) for a in ASKED))
    assert len(found) > 1


@pytest.mark.parametrize("test", RESTED, ids=lambda test: "-".join(test.names))
def test_a_transfer_on_many_routes_is_that_on_each(both: Both, test: Comparison) -> None:
    atom = RouteAtom(test, NO_DEMAND)
    found = set().union(*(both.said(partial(RouteAtoms.rested, atom=atom, asked=a)) for a in ASKED))
    assert len(found) > 1


@pytest.mark.parametrize("asked", SIZES, ids=("unknown", "half", "short", "long"))
def test_a_price_of_many_routes_is_that_of_each(both: Both, asked: RequestFacts) -> None:
    cheap = bound("price.input", Matcher.BELOW, Decimal(3))
    assert len(both.said(lambda at: at.priced(cheap, asked))) > 1
    cost = bound("cost", Matcher.BELOW, Decimal("0.00005"))
    for doubt in (UNKNOWN, TRUE, FALSE):
        both.said(partial(RouteAtoms.costing, test=cost, facts=asked, doubt=doubt))


def test_a_claim_that_many_routes_state_is_that_of_each(both: Both) -> None:
    atom = RouteAtom(names("training", IS, "prohibited", "opted_out"), NO_DEMAND)
    stated = both.together.stated(atom)
    alone = [one.stated(atom) for one in both.alone]
    assert [stated >> n & 1 for n in range(len(ROUTES))] == alone
    assert 0 < stated < (1 << len(ROUTES)) - 1


def named(groups: Iterable[Iterable[int]]) -> set[str]:
    return {"".join(ROUTES[n].id for n in sorted(numbers)) for numbers in groups}


def test_routes_of_which_the_same_is_claimed_are_looked_at_together() -> None:
    alike = named(each.numbers for each in over(ROUTES).alike)
    assert alike == {"abcjl", "m", "o", "d", "k", "e", "n", "f", "g", "h", "i"}


def test_routes_that_cost_the_same_now_are_looked_at_together() -> None:
    assert named(over(ROUTES).alike_in_price().values()) == {"ab", "c", "dk", "efghijlmno"}


def test_routes_that_the_same_judgements_are_about_are_looked_at_together() -> None:
    atoms = over(ROUTES)
    atoms.signed(names("signoff", ANY, "dpia", "lia"), ASKED[0])
    assert named(atoms._signed["dpia"].values()) == {"ab", "cdefghijklmno"}
    assert named(atoms._signed["lia"].values()) == {"bc", "adefghijklmno"}
    alike = named(atoms._alike_for_transfer().values())
    assert alike == {"a", "bcjl", "m", "o", "d", "k", "e", "n", "f", "g", "h", "i"}


def test_a_certificate_that_reads_like_a_country_lies_nowhere() -> None:
    known = registry(provider("acme", claim("certifications", places("DE"))))
    atoms = RouteAtoms(known, (route(),), RATES, NOW)
    asked = (RouteAtom(names("certifications", ANY, name), NO_DEMAND) for name in ("DE", "EEA"))
    assert [atoms.fixed(atom).true for atom in asked] == [1, 0]
