"""What a test on an attribute of a route means."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import NO_DEMAND, EvidenceDemand, Members, SourceKind
from policy_router.domain.policy import Matcher, Not, PolicySet
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.price import PriceTable, Rate
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import FALSE, MIXED, TRUE, UNKNOWN, Outcome, Truth
from policy_router.engine.matching import RouteView, holds
from tests.bound import BoundBeside
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    claim,
    evidence,
    facts,
    model,
    places,
    policy,
    provider,
    registry,
    route,
    signoff,
    snapshot,
)
from tests.strategies.predicates import bound, names

IS, INCLUDES, WITHIN = Matcher.IS, Matcher.INCLUDES, Matcher.WITHIN
ALL, EXCLUDES, NOT_WITHIN = Matcher.INCLUDES_ALL, Matcher.EXCLUDES, Matcher.NOT_WITHIN
AT_MOST, AT_LEAST, BELOW = Matcher.AT_MOST, Matcher.AT_LEAST, Matcher.BELOW
MAYBE_FALSE, MAYBE_TRUE = Truth(Outcome.FALSE, Outcome.MIXED), Truth(Outcome.MIXED, Outcome.TRUE)
ONE, TWO = Decimal(1), Decimal(2)


def view(
    known: Registry, asked: RequestFacts | None = None, demand: EvidenceDemand = NO_DEMAND
) -> RouteView:
    in_force = PolicySet((policy(),), rates=(Rate("EUR", Decimal("1.1"), ALWAYS_VALID),))
    asked = facts() if asked is None else asked
    return BoundBeside(snapshot(in_force, known), known.routes["r"], asked, NOW, demand)


def claimed(attribute: str, value: str | Decimal | Members | None) -> Registry:
    return registry(provider("acme", claim(attribute, value)))


@pytest.mark.parametrize(
    ("subject", "pattern", "expected"),
    [
        ("route", "r", TRUE),
        ("route", "*", TRUE),
        ("model", "o*", TRUE),
        ("model", "two", FALSE),
        ("maker", "acme", TRUE),
        ("provider", "acme", TRUE),
        ("gateway", "hub", TRUE),
        ("gateway", "relay", FALSE),
        ("stage", "ga", TRUE),
        ("stage", "preview", FALSE),
    ],
)
def test_names_of_a_route(subject: str, pattern: str, expected: Truth) -> None:
    assert view(registry()).test(names(subject, IS, pattern)) == expected


def test_a_maker_or_stage_that_is_not_known() -> None:
    known = registry(replace(model(), maker=None), replace(route(), stage=None))
    assert view(known).test(names("maker", IS, "*")) == UNKNOWN
    assert view(known).test(names("stage", IS, "ga")) == UNKNOWN


@pytest.mark.parametrize(
    ("value", "expected"),
    [("prohibited", TRUE), ("off_by_default", TRUE), ("used", FALSE), (None, UNKNOWN)],
)
def test_an_ordered_attribute(value: str | None, expected: Truth) -> None:
    test = names("training", IS, "prohibited", "off_by_default")
    assert view(claimed("training", value)).test(test) == expected


@pytest.mark.parametrize(
    ("value", "required", "forbidden_passes"),
    [
        (places("DE"), TRUE, TRUE),
        (places("SE", "CN"), MIXED, MIXED),
        (places("CN"), FALSE, FALSE),
        (places("US"), FALSE, TRUE),
        (places("GLOBAL"), MIXED, MIXED),
        (places("DE", opened=True), MAYBE_TRUE, MAYBE_TRUE),
        (places("CN", opened=True), MAYBE_FALSE, MAYBE_FALSE),
        (None, UNKNOWN, UNKNOWN),
    ],
)
def test_mixed_never_helps_on_either_side(
    value: Members | None, required: Truth, forbidden_passes: Truth
) -> None:
    """`require within EEA` and `forbid within [CN]` both stop a route of Sweden and China."""
    seen = view(claimed("inference_location", value))
    assert seen.test(names("inference_location", WITHIN, "EEA")) == required
    forbidden = Not(names("inference_location", WITHIN, "CN"))
    assert holds(forbidden, seen.test) == forbidden_passes


@pytest.mark.parametrize(
    ("matcher", "named", "expected"),
    [
        (WITHIN, ("EEA", "US"), TRUE),
        (NOT_WITHIN, ("EEA",), MIXED),
        (NOT_WITHIN, ("CN",), TRUE),
        (INCLUDES, ("US",), TRUE),
        (INCLUDES, ("EEA",), TRUE),
        (INCLUDES, ("CN",), FALSE),
        (ALL, ("EEA", "US"), TRUE),
        (EXCLUDES, ("CN", "IN"), TRUE),
        (EXCLUDES, ("US",), FALSE),
        (IS, ("US",), UNKNOWN),
    ],
)
def test_matchers_on_places(matcher: Matcher, named: tuple[str, ...], expected: Truth) -> None:
    known = claimed("inference_location", places("DE", "US"))
    assert view(known).test(names("inference_location", matcher, *named)) == expected


def test_storage_of_a_route_that_keeps_nothing_is_within_everything() -> None:
    known = claimed("retention_days", Decimal(0))
    assert view(known).test(names("storage_location", WITHIN, "CH")) == TRUE
    assert view(known).test(names("storage_location", INCLUDES, "CH")) == FALSE


@pytest.mark.parametrize(
    ("value", "matcher", "named", "expected"),
    [
        (places("hds", "iso_27001"), ALL, ("hds", "iso_27001"), TRUE),
        (places("hds"), ALL, ("hds", "iso_27001"), FALSE),
        (places("hds", opened=True), ALL, ("hds", "iso_27001"), UNKNOWN),
        (places(), INCLUDES, ("hds",), FALSE),
        (places("hds"), EXCLUDES, ("iso_27001",), TRUE),
        (None, INCLUDES, ("hds",), UNKNOWN),
    ],
)
def test_certifications(
    value: Members | None, matcher: Matcher, named: tuple[str, ...], expected: Truth
) -> None:
    known = claimed("certifications", value)
    assert view(known).test(names("certifications", matcher, *named)) == expected


@pytest.mark.parametrize("matcher", [INCLUDES, WITHIN])
def test_a_certificate_that_is_called_like_a_country_lies_nowhere(matcher: Matcher) -> None:
    known = claimed("certifications", places("DE"))
    assert view(known).test(names("certifications", matcher, "EEA")) == FALSE
    assert view(known).test(names("certifications", matcher, "DE")) == TRUE


@pytest.mark.parametrize(
    ("card", "expected"), [(frozenset({"streaming"}), TRUE), (frozenset(), FALSE), (None, UNKNOWN)]
)
@pytest.mark.parametrize("subject", ["features", "input_modalities", "output_modalities"])
def test_what_a_model_card_lists(
    subject: str, card: frozenset[str] | None, expected: Truth
) -> None:
    known = registry(replace(model(), **{subject: card}))  # type: ignore[arg-type]
    assert view(known).test(names(subject, INCLUDES, "streaming")) == expected


@pytest.mark.parametrize(
    ("subject", "card", "found"),
    [
        ("context_window", model(), Decimal(1000)),
        ("context_window", model(window=None), None),
        ("max_output_tokens", model(), Decimal(500)),
        ("throughput", replace(model(), throughput=Decimal("17.5")), Decimal("17.5")),
        ("throughput", model(), None),
        ("first_token_seconds", model(), None),
        ("benchmarks.general", replace(model(), benchmarks=(("general", ONE),)), ONE),
        ("benchmarks.other", replace(model(), benchmarks=(("general", ONE),)), None),
    ],
)
def test_numbers_of_a_model_card(subject: str, card: object, found: Decimal | None) -> None:
    seen = view(registry(card))  # type: ignore[arg-type]
    assert seen.number(subject) == found
    expected = UNKNOWN if found is None else TRUE
    assert seen.test(bound(subject, AT_LEAST, ONE)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Decimal(30), TRUE), (Decimal(31), FALSE), (None, UNKNOWN)],
)
def test_retention(value: Decimal | None, expected: Truth) -> None:
    assert view(claimed("retention_days", value)).test(
        bound("retention_days", AT_MOST, Decimal(30))
    ) == (expected)


def _priced(currency: str = "USD", **amounts: Decimal | None) -> Registry:
    table = PriceTable(currency, tuple(amounts.items()), ALWAYS_VALID, evidence(), HERE)
    return registry(replace(route(), prices=(table,)))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (_priced(input=TWO), TRUE),
        (_priced(input=Decimal("2.01")), FALSE),
        (_priced(input=Decimal(0)), TRUE),
        (_priced(input=None), UNKNOWN),
        (_priced(output=ONE), UNKNOWN),
        (_priced("EUR", input=TWO), FALSE),
        (_priced("EUR", input=ONE), TRUE),
        (_priced("GBP", input=ONE), UNKNOWN),
    ],
)
def test_prices_are_compared_in_dollars(known: Registry, expected: Truth) -> None:
    assert view(known).test(bound("price.input", AT_MOST, TWO)) == expected


SIZED = facts(tokens__input=Decimal(1000), tokens__output=Decimal(1000))


@pytest.mark.parametrize(
    ("known", "asked", "doubt", "expected"),
    [
        (_priced(input=ONE, output=ONE), SIZED, UNKNOWN, TRUE),
        (_priced(input=ONE, output=TWO), SIZED, UNKNOWN, FALSE),
        (_priced(input=ONE, output=None), SIZED, TRUE, UNKNOWN),
        (_priced(input=ONE, output=ONE), facts(tokens__input=ONE), UNKNOWN, UNKNOWN),
        (_priced(input=ONE, output=ONE), facts(tokens__input=ONE), TRUE, TRUE),
        (_priced(input=ONE, output=ONE), facts(), FALSE, FALSE),
    ],
)
def test_cost_of_the_request(
    known: Registry, asked: RequestFacts, doubt: Truth, expected: Truth
) -> None:
    seen = replace(view(known, asked), doubt=doubt)
    assert seen.test(bound("cost", BELOW, Decimal("0.0025"))) == expected


PERSONAL = facts(data=("personal",))
BOTH = (signoff("dpia"), signoff("vendor_review", name="review"))


@pytest.mark.parametrize(
    ("matcher", "kinds", "expected"),
    [
        (INCLUDES, ("dpia",), TRUE),
        (INCLUDES, ("lia",), FALSE),
        (Matcher.INCLUDES_ANY, ("lia", "dpia"), TRUE),
        (ALL, ("vendor_review", "dpia"), TRUE),
        (ALL, ("lia", "dpia"), FALSE),
    ],
)
def test_signoffs(matcher: Matcher, kinds: tuple[str, ...], expected: Truth) -> None:
    seen = view(registry(*BOTH), PERSONAL)
    assert seen.test(names("signoff", matcher, *kinds)) == expected


def test_a_transfer_basis() -> None:
    at_home = [
        claim(attribute, places("DE"))
        for attribute in ("provider_jurisdiction", "inference_location", "support_location")
    ]
    known = registry(provider("acme", claim("retention_days", Decimal(0)), *at_home))
    seen = view(known)
    assert seen.test(names("transfer_basis.eu_gdpr", IS, "not_a_transfer")) == TRUE
    assert seen.test(names("transfer_basis.eu_gdpr", IS, "adequacy")) == FALSE
    assert seen.test(names("transfer_basis.uk_gdpr", IS, "not_a_transfer")) == FALSE


def test_evidence_is_demanded_of_claims_and_of_nothing_else() -> None:
    demand = EvidenceDemand(max_age_days=1, at_least=SourceKind.SIGNED_CONTRACT, verified=True)
    known = registry(provider("acme", claim("training", "prohibited")), signoff("dpia"))
    seen = view(known, PERSONAL, demand)
    assert seen.test(names("training", IS, "prohibited")) == UNKNOWN
    assert seen.test(names("signoff", INCLUDES, "dpia")) == TRUE
    assert seen.test(names("stage", IS, "ga")) == TRUE
    assert seen.test(bound("context_window", AT_LEAST, ONE)) == TRUE
    priced = view(_priced(input=ONE), None, demand)
    assert priced.test(bound("price.input", AT_MOST, TWO)) == TRUE


@pytest.mark.parametrize("predicate", [names("colour", IS, "red"), names("benchmarks.", IS, "x")])
def test_what_is_no_attribute_is_unknown(predicate: Comparison) -> None:
    assert view(registry()).test(predicate) == UNKNOWN


@pytest.mark.parametrize(
    ("value", "accepted", "expected"),
    [
        ("available", ("available", "none"), True),
        ("in_force", ("available",), False),
        (None, ("available",), False),
    ],
)
def test_a_claim_that_an_exception_accepts(
    value: str | None, accepted: tuple[str, ...], expected: bool
) -> None:
    assert view(claimed("dpa", value)).claims_one_of("dpa", accepted) is expected


def test_an_accepted_number_of_days() -> None:
    assert view(claimed("retention_days", Decimal(30))).claims_one_of("retention_days", ("30",))
