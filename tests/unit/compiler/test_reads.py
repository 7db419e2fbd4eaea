"""What is read of a request: enough to tell apart what matters, and little else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from policy_router.compiler.bind import Bound
from policy_router.compiler.formula import Atom
from policy_router.compiler.lower import lower
from policy_router.compiler.reads import Reads
from policy_router.compiler.tables import NameTable, NumberTable
from policy_router.domain.claim import Claim, Listing
from policy_router.domain.contract import Agreement
from policy_router.domain.policy import All, Matcher, Predicate
from policy_router.domain.price import PriceTable, PriceTier
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Gateway, Model, Provider, Route
from policy_router.domain.territory import Scope
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN
from policy_router.domain.vocabulary import Regime
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    agreement,
    claim,
    evidence,
    facts,
    gateway,
    model,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
)
from tests.strategies.law import adequacy
from tests.strategies.predicates import bound, names

IS, INCLUDES = Matcher.IS, Matcher.INCLUDES
HR, OTHERS = frozenset({"hr"}), frozenset({"non_hr"})
CONTRACT = names("dpa", IS, "in_force")
SIGNED = names("signoff", INCLUDES, "dpia")
RESTED = names("transfer_basis.eu_gdpr", IS, "dpf", "scc_with_tia")
COST = bound("cost", Matcher.BELOW, Decimal(1))
PRICE = bound("price.input", Matcher.BELOW, Decimal(2))


def entry(covers: frozenset[str]) -> Listing:
    """Make an entry on the list of certified recipients."""
    return Listing("Acme Inc", "active", covers, frozenset())


def listed(*more: Claim) -> tuple[Claim, ...]:
    """Make the claims of a provider that keeps nothing outside one country."""
    where = ("inference_location", "support_location", "provider_jurisdiction")
    return (
        *(claim(attribute, places("US")) for attribute in where),
        claim("retention_days", Decimal(0)),
        *more,
    )


TIERS = tuple(PriceTier(n, (("input", Decimal(n)),)) for n in (100, 1))
TABLE = PriceTable(
    "USD", (("input", Decimal(0)), ("output", Decimal(1))), ALWAYS_VALID, evidence(), HERE, TIERS
)
KNOWN = registry(
    provider("acme", *listed(claim("dpf", entry(OTHERS)))),
    provider("staff", *listed(claim("dpf", entry(HR)))),
    provider("plain", *listed()),
    replace(route("a"), prices=(TABLE,)),
    route("b", by="staff"),
    route("c", by="plain"),
    adequacy("entries", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US"),
    signoff("dpia", name="narrow", routes=("a",), data=("personal",), purposes=("support",)),
    signoff("dpia", name="tenants", routes=("b",), data=("health",), tenants=("blue-*", "red")),
    signoff("dpia", name="wide", routes=("c",), data=("personal", "special_category")),
    signoff(
        "dpia",
        name="rejected",
        approved=False,
        routes=("c",),
        data=("health",),
        purposes=("sales",),
        recorded="2026-02-01",
    ),
)


DATA = ((), ("personal",), ("health",), ("health", "personal"), ("source_code", "personal"))
WHO = ((), ("customers",), ("employees",), ("employees", "customers"), ("strangers",))
OPENED: tuple[tuple[str, ...], ...] = ((), ("data", "subjects"))


def judged() -> Iterator[RequestFacts]:
    """Ask with every mixture of what sign-offs are limited to."""
    purposes = (None, "support", "sales")
    tenants = (None, "red", "blue-1", "green")
    for data, opened, purpose, tenant in product(DATA, OPENED, purposes, tenants):
        stated = {"purpose": purpose, "tenant": tenant}
        known = {name: value for name, value in stated.items() if value is not None}
        yield replace(facts(None, opened=opened, data=data), scalars=known)


def sent() -> Iterator[RequestFacts]:
    """Ask with every mixture of what entries on a list cover."""
    for data, opened, who in product(DATA[:2], OPENED, WHO):
        yield facts(None, opened=opened, data=data, subjects=who)


def sized() -> Iterator[RequestFacts]:
    """Ask on every side of every price tier."""
    yield facts(None)
    for tokens in (1, 2, 100, 101):
        yield facts(None, tokens__input=Decimal(tokens))


def bound_to(*demands: Predicate, known: Registry = KNOWN) -> Bound:
    rules = (rule(str(n), require=demand) for n, demand in enumerate(demands))
    in_force = snapshot(policy(*rules), known)
    return Bound(lower(in_force.policies), in_force, NOW)


@pytest.mark.parametrize(
    ("demand", "asked"),
    [(SIGNED, judged), (RESTED, sent), (PRICE, sized)],
    ids=("signed", "rested", "priced"),
)
@pytest.mark.parametrize("more", [(), (CONTRACT, SIGNED)], ids=("alone", "among others"))
def test_requests_that_read_alike_are_answered_alike(
    demand: Predicate, asked: Callable[[], Iterator[RequestFacts]], more: tuple[Predicate, ...]
) -> None:
    here = bound_to(demand, *more)
    atom = here.plan.route_atoms[0]
    answers = set()
    for each, doubt in product(asked(), (UNKNOWN, TRUE, FALSE)):
        remembered = here.demand(Atom(0), each, here.reads.bits(each), doubt=doubt)
        assert remembered == here._ask(atom, each, doubt), each
        answers.add(remembered)
    assert len(answers) > 1


def read(*demands: Predicate, known: Registry = KNOWN) -> int:
    """Count the statements that are read of a request because of these demands."""
    return bound_to(*demands, known=known).reads.packing.width


def test_no_more_is_read_than_demands_depend_on() -> None:
    judgements, entries, tiers = 4 * 3, 2, 2
    assert read(CONTRACT) == tiers
    assert read(CONTRACT, COST, PRICE) == tiers
    assert read(CONTRACT, SIGNED) == tiers + judgements
    assert read(CONTRACT, RESTED) == tiers + judgements + entries
    here = bound_to(CONTRACT, SIGNED, RESTED, COST, PRICE)
    by = here.reads.read_by
    signed, rested, priced = by("signoff"), by("transfer_basis.eu_gdpr"), by("price.output")
    assert [n and n.bit_count() for n in (signed, rested, priced)] == [24, 28, 4]
    assert (by("dpa"), by("cost"), by("route")) == (None, 0, None)
    assert bound_to(PRICE, known=registry()).reads.read_by("price.input") is None


@pytest.mark.parametrize(
    "where",
    [
        gateway("hub", claim("dpf", entry(HR))),
        provider("acme", claim("dpf", entry(HR))),
        model("one", claim("dpf", entry(HR))),
        route(acme=(claim("dpf", entry(HR)),)),
        agreement(dpf=entry(HR)),
    ],
    ids=lambda where: type(where).__name__.lower(),
)
def test_what_entries_cover_is_read_where_anything_speaks_of_one(
    where: Gateway | Provider | Model | Route | Agreement,
) -> None:
    assert read(RESTED, known=registry(where)) == 2
    assert read(RESTED, known=registry()) == 0


def test_numbers_are_told_apart_by_bounds_and_names_one_by_one() -> None:
    scope = All((bound("tokens.output", Matcher.ABOVE, Decimal(5)), names("tenant", IS, "a-*")))
    in_force = snapshot(policy(scope=scope), registry())
    here = Reads(lower(in_force.policies), in_force, NOW, ())
    tables = {name: type(table) for name, table in here._by_scalar}
    assert tables == {"tokens.output": NumberTable, "tenant": NameTable}
