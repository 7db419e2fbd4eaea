"""Demands and claims in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import ClaimValue, Listing, Members
from policy_router.domain.policy import Matcher
from policy_router.engine import words
from tests.small import places
from tests.strategies.predicates import bound, names


@pytest.mark.parametrize(
    ("matcher", "wanted", "forbidden"),
    [
        (Matcher.INCLUDES, "including US, CN", "excluding US, CN"),
        (Matcher.INCLUDES_ANY, "including any of US, CN", "excluding US, CN"),
        (Matcher.INCLUDES_ALL, "including all of US, CN", "not including all of US, CN"),
        (Matcher.EXCLUDES, "excluding US, CN", "including any of US, CN"),
        (Matcher.WITHIN, "within US, CN", "not within US, CN"),
        (Matcher.NOT_WITHIN, "not within US, CN", "within US, CN"),
        (Matcher.IS, "one of US, CN", "not one of US, CN"),
    ],
)
def test_what_a_list_demands(matcher: Matcher, wanted: str, forbidden: str) -> None:
    test = names("inference_location", matcher, "US", "CN")
    assert words.demanded(test, wanted=True) == wanted
    assert words.demanded(test, wanted=False) == forbidden


def test_one_name_is_said_as_it_is() -> None:
    test = names("dpa", Matcher.IS, "in_force")
    assert words.demanded(test, wanted=True) == "in_force"
    assert words.demanded(test, wanted=False) == "not in_force"


@pytest.mark.parametrize(
    ("matcher", "wanted", "forbidden"),
    [
        (Matcher.AT_MOST, "at most 30", "above 30"),
        (Matcher.AT_LEAST, "at least 30", "below 30"),
        (Matcher.BELOW, "below 30", "at least 30"),
        (Matcher.ABOVE, "above 30", "at most 30"),
    ],
)
def test_what_a_bound_demands(matcher: Matcher, wanted: str, forbidden: str) -> None:
    test = bound("retention_days", matcher, Decimal("30.0"))
    assert words.demanded(test, wanted=True) == wanted
    assert words.demanded(test, wanted=False) == forbidden


@pytest.mark.parametrize(
    ("value", "subject", "said"),
    [
        (None, "training", "not known"),
        ("prohibited", "training", "prohibited"),
        (Decimal("1.10"), "price.input", "1.1"),
        (Decimal(200000), "context_window", "200000"),
        (Decimal("2E+3"), "context_window", "2000"),
        (places("US", "DE"), "inference_location", "DE, US"),
        (places(), "certifications", "none"),
        (places(), "storage_location", "nowhere: nothing is kept"),
        (places("DE", opened=True), "storage_location", "DE and perhaps others"),
        (places(opened=True), "storage_location", "perhaps others"),
        (
            Members(frozenset({"DE"}), frozenset({"US", "IN"})),
            "storage_location",
            "DE and possibly IN, US",
        ),
        (
            Listing("Acme Inc", "active", frozenset({"non_hr", "hr"}), frozenset()),
            "dpf",
            "Acme Inc: active, covers hr, non_hr",
        ),
    ],
)
def test_what_is_claimed(value: ClaimValue | None, subject: str, said: str) -> None:
    assert words.claimed(value, subject) == said
