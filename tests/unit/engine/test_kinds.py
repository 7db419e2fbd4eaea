"""Routes that are looked at together: those which the rules cannot tell apart, and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from policy_router.compiler.bitset import members
from policy_router.domain.claim import Basis, ClaimValue, Listing, SourceKind, Validity
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import PolicyException, PolicySet, Rule
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import Kinds, by_claims, by_outcome, by_steps
from tests.explained import (
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
    NOTHING_KEPT,
    PERSONAL,
    TRANSFER,
    UNTRAINED,
)
from tests.small import (
    HERE,
    NOON,
    NOW,
    agreement,
    claim,
    exception,
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
from tests.strategies.predicates import names

Sorting = Callable[[Circumstances, RequestFacts, int], Kinds]

BOTH_WAYS = pytest.mark.parametrize("sort", [by_claims, by_outcome])
ROUTES = tuple(map(route, "abc"))
HEALTH = names("data", INCLUDES, "health")


def kinds(
    sort: Sorting,
    demanded: Rule,
    known: Registry,
    asked: RequestFacts = PERSONAL,
    exceptions: tuple[PolicyException, ...] = (),
) -> list[str]:
    """The routes of each kind, as one word; every route says of which it is."""
    in_force = PolicySet((policy(demanded),), exceptions=exceptions)
    ruling = Engine(snapshot(in_force, known)).decide(asked, NOW)
    found = sort(ruling.circumstances, asked, ruling.epoch.suitability.of(asked))
    bound = ruling.epoch.bound
    sets = [list(members(bits)) for bits in found.sets]
    assert [[found.of(n) for n in numbers] for numbers in sets] == [
        [kind] * len(numbers) for kind, numbers in enumerate(sets)
    ]
    return sorted("".join(sorted(bound.routes[n].id for n in numbers)) for numbers in sets)


@BOTH_WAYS
def test_routes_that_differ_in_name_alone_are_of_one_kind(sort: Sorting) -> None:
    assert kinds(sort, rule(require=CONTRACTED), registry(*ROUTES)) == ["abc"]


def test_claims_tell_routes_apart_even_where_the_outcome_does_not() -> None:
    used, dark = claim("training", "used"), claim("training", "opted_out")
    known = registry(route("a", acme=(used,)), route("b", acme=(dark,)), route("c"))
    assert kinds(by_claims, rule(require=UNTRAINED), known) == ["a", "b", "c"]
    assert kinds(by_outcome, rule(require=UNTRAINED), known) == ["ab", "c"]


@BOTH_WAYS
def test_a_test_of_names_tells_routes_apart(sort: Sorting) -> None:
    either = rule(require=names("route", IS, "a", "b"))
    assert kinds(sort, either, registry(*ROUTES)) == ["ab", "c"]
    elsewhere = replace(either, when=HEALTH)
    assert kinds(sort, elsewhere, registry(*ROUTES)) == ["abc"]


@BOTH_WAYS
def test_routes_that_cannot_be_used_are_apart(sort: Sorting) -> None:
    known = registry(
        gateway(),
        model(),
        model("deaf", gives="image"),
        provider(covers=("one", "deaf")),
        route("a"),
        replace(route("b"), stage="retired"),
        route("c", of="deaf"),
    )
    asked = facts(None, data=("personal",), output_modalities=("text",))
    assert kinds(sort, rule(require=CONTRACTED), known, asked) == ["a", "b", "c"]


@BOTH_WAYS
def test_an_exception_in_force_tells_apart_the_routes_it_names(sort: Sorting) -> None:
    waived = (exception(routes=("a", "b")),)
    known = registry(*ROUTES)
    assert kinds(sort, rule(require=CONTRACTED), known, exceptions=waived) == ["ab", "c"]


def test_an_exception_that_may_come_into_force_matters_to_what_would_help() -> None:
    over = (exception(routes=("a",), valid=Validity(None, NOON)),)
    known, contracted = registry(*ROUTES), rule(require=CONTRACTED)
    assert kinds(by_claims, contracted, known, exceptions=over) == ["a", "bc"]
    assert kinds(by_outcome, contracted, known, exceptions=over) == ["abc"]


def test_a_judgement_of_other_data_matters_to_what_would_help() -> None:
    known = registry(*ROUTES, signoff(routes=("a",), data=("health",)))
    assert kinds(by_claims, rule(require=DPIA), known) == ["a", "bc"]
    assert kinds(by_outcome, rule(require=DPIA), known) == ["abc"]


@BOTH_WAYS
def test_routes_that_a_judgement_covers_once_all_of_the_data_is_stated_are_apart(
    sort: Sorting,
) -> None:
    known = registry(*ROUTES, signoff(routes=("a",)))
    asked = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
    assert kinds(sort, rule(require=DPIA), known, asked) == ["a", "bc"]


@BOTH_WAYS
def test_a_transfer_that_may_have_a_basis_once_all_is_stated_is_apart_from_an_unknown_one(
    sort: Sorting,
) -> None:
    """It is known of neither whether it has one: of the first, facts would tell."""
    assessed = signoff("tia", importers=("acme",), countries=("US",))
    at_home = [claim(name, DE) for name in ("provider_jurisdiction", "support_location")]
    known = registry(
        provider("acme", NOTHING_KEPT, *at_home),
        route("a", acme=(claim("inference_location", places("US")),)),
        route("b", acme=(claim("inference_location", None),)),
        agreement("scc", Clause(Mechanism.SCC, "M2")),
        assessed,
    )
    asked = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
    assert kinds(sort, rule(require=TRANSFER), known, asked) == ["a", "b"]


def steps(c: Circumstances, asked: RequestFacts, suitable: int) -> Kinds:
    """Sort by what a search for steps reads; whether a route can be used does not matter."""
    del suitable
    return by_steps(c, asked)


def test_where_and_from_what_a_claim_was_read_does_not_matter_to_steps() -> None:
    read, elsewhere = claim("training", "used"), replace(HERE, line=HERE.line + 1)
    noted = replace(read, span=elsewhere, note="as they say")
    of_page = replace(read, evidence=replace(read.evidence, reference="another page"))
    known = registry(
        *(route(n, acme=(c,)) for n, c in zip("abc", (read, noted, of_page), strict=True))
    )
    assert kinds(steps, rule(require=UNTRAINED), known) == ["abc"]
    assert kinds(by_claims, rule(require=UNTRAINED), known) == ["a", "b", "c"]


def test_how_old_and_how_good_a_claim_is_matters_to_steps() -> None:
    read = claim("training", "used")
    others = (
        replace(read, value="opted_out"),
        replace(read, evidence=replace(read.evidence, read_on=date(2026, 1, 1))),
        replace(read, evidence=replace(read.evidence, kind=SourceKind.INFERRED)),
        replace(read, evidence=replace(read.evidence, verified_on=date(2026, 6, 1))),
        replace(read, evidence=replace(read.evidence, basis=Basis.OUR_CONTRACT)),
        replace(read, recorded=read.recorded + timedelta(days=1)),
        replace(read, validity=Validity(None, NOON)),
    )
    known = registry(
        route("a", acme=(read,)), *(route(f"b{n}", acme=(c,)) for n, c in enumerate(others))
    )
    assert len(kinds(steps, rule(require=UNTRAINED), known)) == 1 + len(others)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("inference_location", DE),
        ("storage_location", DE),
        ("support_location", DE),
        ("provider_jurisdiction", DE),
        ("retention_days", Decimal(3)),
        ("dpf", Listing("Acme Inc", "active", frozenset({"hr"}), frozenset())),
        ("adequacy_conditions", places("commercial")),
    ],
)
def test_all_that_transfers_rest_on_matters_to_steps(attribute: str, value: ClaimValue) -> None:
    known = registry(route("a", acme=(claim(attribute, value),)), route("b"))
    assert kinds(steps, rule(require=TRANSFER), known) == ["a", "b"]
    assert kinds(steps, rule(require=UNTRAINED), known) == ["ab"]


def test_a_claim_that_an_exception_accepts_matters_to_steps() -> None:
    known = registry(route("a", acme=(claim("logging", "metadata"),)), route("b"))
    assert kinds(steps, rule(require=CONTRACTED), known) == ["ab"]
    over = (exception(routes=("a", "b"), logging=("metadata",)),)
    assert kinds(steps, rule(require=CONTRACTED), known, exceptions=over) == ["a", "b"]


def test_where_there_are_no_routes_there_are_no_kinds() -> None:
    none = replace(registry(), routes={})
    assert kinds(by_outcome, rule(require=CONTRACTED), none) == []
