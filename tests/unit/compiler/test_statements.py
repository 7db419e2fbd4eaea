"""Tests on facts as functions of a value: which are settled member by member, and how."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.compiler.statements import member_statement, set_statement, set_truth
from policy_router.domain.claim import Members
from policy_router.domain.policy import Matcher
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.request import SetFact
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Truth, known
from tests.small import NOW, registry
from tests.strategies.predicates import bound, names

ANY, INCLUDES = Matcher.INCLUDES_ANY, Matcher.INCLUDES
KNOWN = registry()


@pytest.mark.parametrize(
    ("test", "members"),
    [
        (names("data", ANY, "personal"), {"health": TRUE, "personal": TRUE, "source_code": FALSE}),
        (
            names("data", INCLUDES, "health"),
            {"health": TRUE, "special_category": UNKNOWN, "genetic": FALSE},
        ),
        (names("subject_location", ANY, "EEA", "US"), {"DE": TRUE, "US": TRUE, "IN": FALSE}),
        (names("regime", ANY, "eu_gdpr", "uk_gdpr"), {"eu_gdpr": TRUE, "ch_fadp": FALSE}),
    ],
    ids=lambda value: value.subject if isinstance(value, Comparison) else "",
)
def test_that_some_member_is_meant_is_settled_by_each(
    test: Comparison, members: dict[str, Truth]
) -> None:
    holds = member_statement(test, KNOWN, NOW)
    assert holds is not None
    assert {member: holds(member) for member in members} == members


@pytest.mark.parametrize("matcher", sorted(set(Matcher) - {ANY, INCLUDES}))
def test_what_asks_for_the_whole_set_is_not(matcher: Matcher) -> None:
    assert member_statement(names("data", matcher, "personal"), KNOWN, NOW) is None


def test_nothing_personal_counts_only_beside_nothing_personal() -> None:
    test = names("data", ANY, "non_personal", "health")
    assert member_statement(test, KNOWN, NOW) is None
    holds = set_statement(names("data", ANY, "non_personal"), KNOWN, NOW)
    for members, truth in (
        ({"non_personal"}, TRUE),
        ({"non_personal", "source_code"}, TRUE),
        ({"non_personal", "personal"}, FALSE),
        ({"non_personal", "health"}, FALSE),
    ):
        assert holds(SetFact(frozenset(members), settled=True)) == truth


@pytest.mark.parametrize("matcher", [Matcher.IS, Matcher.AT_MOST])
def test_what_compares_no_sets_says_nothing_of_one(matcher: Matcher) -> None:
    for test in (names("data", matcher, "a"), bound("data", matcher, Decimal(1))):
        truth = set_truth(test, Members(frozenset({"a"})), lambda m, name: known(m == name))
        assert truth == UNKNOWN
