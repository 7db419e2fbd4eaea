"""What a test on a fact of the request means."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.policy import ALWAYS, All, AnyOf, Matcher, Not, Predicate
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import FALSE, MIXED, TRUE, UNKNOWN, Outcome, Truth
from policy_router.engine import matching
from policy_router.engine.matching import FactView
from tests.bound import truth_of
from tests.small import NOW, facts, policy, snapshot
from tests.strategies.predicates import bound, names

IS, INCLUDES, ANY, ALL = (
    Matcher.IS,
    Matcher.INCLUDES,
    Matcher.INCLUDES_ANY,
    Matcher.INCLUDES_ALL,
)
EXCLUDES, WITHIN, NOT_WITHIN = Matcher.EXCLUDES, Matcher.WITHIN, Matcher.NOT_WITHIN
MAYBE_FALSE, MAYBE_TRUE = Truth(Outcome.FALSE, Outcome.MIXED), Truth(Outcome.MIXED, Outcome.TRUE)


def known(predicate: Predicate, asked: RequestFacts) -> Truth:
    return truth_of(predicate, FactView(snapshot(policy()), asked, NOW))


def data(*categories: str, opened: bool = False) -> RequestFacts:
    return facts(data=categories, opened=("data",) if opened else ())


@pytest.mark.parametrize(
    ("asked", "includes", "expected"),
    [
        (data("personal"), "personal", TRUE),
        (data("health"), "personal", TRUE),
        (data("health"), "special_category", TRUE),
        (data("health"), "health", TRUE),
        (data("health"), "genetic", FALSE),
        (data("criminal"), "personal", TRUE),
        (data("criminal"), "special_category", FALSE),
        (data("personal"), "special_category", FALSE),
        (data("personal"), "health", FALSE),
        (data("special_category"), "health", UNKNOWN),
        (data("special_category"), "special_category", TRUE),
        (data("special_category"), "criminal", FALSE),
        (data("non_personal"), "personal", FALSE),
        (data("non_personal"), "non_personal", TRUE),
        (data("non_personal", "personal"), "non_personal", FALSE),
        (data("non_personal", "source_code"), "non_personal", TRUE),
        (data("source_code"), "personal", FALSE),
        (data("personal", opened=True), "personal", TRUE),
        (data("personal", opened=True), "health", UNKNOWN),
        (data(opened=True), "personal", UNKNOWN),
        (data(), "personal", UNKNOWN),
        (facts(), "personal", UNKNOWN),
    ],
)
def test_data_includes(asked: RequestFacts, includes: str, expected: Truth) -> None:
    assert known(names("data", INCLUDES, includes), asked) == expected


@pytest.mark.parametrize(
    ("matcher", "named", "expected"),
    [
        (ANY, ("health", "criminal"), TRUE),
        (ANY, ("genetic", "criminal"), FALSE),
        (ALL, ("health", "source_code"), TRUE),
        (ALL, ("health", "criminal"), FALSE),
        (EXCLUDES, ("criminal",), TRUE),
        (EXCLUDES, ("personal",), FALSE),
        (WITHIN, ("personal", "source_code"), TRUE),
        (WITHIN, ("personal",), MIXED),
        (WITHIN, ("criminal",), FALSE),
        (NOT_WITHIN, ("personal",), MIXED),
        (NOT_WITHIN, ("criminal",), TRUE),
        (IS, ("health",), UNKNOWN),
    ],
)
def test_matchers_on_a_set(matcher: Matcher, named: tuple[str, ...], expected: Truth) -> None:
    assert known(names("data", matcher, *named), data("health", "source_code")) == expected


@pytest.mark.parametrize(
    ("matcher", "named", "expected"),
    [
        (ANY, ("health", "criminal"), TRUE),
        (ANY, ("criminal",), UNKNOWN),
        (ALL, ("health", "criminal"), UNKNOWN),
        (EXCLUDES, ("criminal",), UNKNOWN),
        (EXCLUDES, ("personal",), FALSE),
        (WITHIN, ("personal",), MAYBE_TRUE),
        (WITHIN, ("criminal",), MAYBE_FALSE),
        (NOT_WITHIN, ("criminal",), MAYBE_TRUE),
    ],
)
def test_matchers_on_an_open_set(matcher: Matcher, named: tuple[str, ...], expected: Truth) -> None:
    assert known(names("data", matcher, *named), data("health", opened=True)) == expected


@pytest.mark.parametrize(
    ("stated", "matcher", "named", "expected"),
    [
        (("DE", "SE"), WITHIN, ("EEA",), TRUE),
        (("DE", "US"), WITHIN, ("EEA",), MIXED),
        (("US",), WITHIN, ("EEA",), FALSE),
        (("DE", "US"), INCLUDES, ("EEA",), TRUE),
        (("US",), EXCLUDES, ("EEA",), TRUE),
        (("DE",), INCLUDES, ("DE",), TRUE),
        ((), WITHIN, ("EEA",), UNKNOWN),
    ],
)
def test_where_the_subjects_are(
    stated: tuple[str, ...], matcher: Matcher, named: tuple[str, ...], expected: Truth
) -> None:
    assert known(names("subject_location", matcher, *named), facts(subject_location=stated)) == (
        expected
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (facts(server_tools=("web_search",)), TRUE),
        (facts(server_tools=("files",)), FALSE),
        (facts(server_tools=()), FALSE),
        (facts(), UNKNOWN),
    ],
)
def test_tools_that_the_call_shows(asked: RequestFacts, expected: Truth) -> None:
    assert known(names("server_tools", ANY, "web_search", "mcp"), asked) == expected


@pytest.mark.parametrize(
    ("test", "asked", "expected"),
    [
        (names("purpose", IS, "support", "billing"), facts(purpose="billing"), TRUE),
        (names("purpose", IS, "supp*"), facts(purpose="support"), TRUE),
        (names("purpose", IS, "Support"), facts(purpose="support"), FALSE),
        (names("purpose", IS, "support"), facts(), UNKNOWN),
        (names("labels.team", IS, "one"), facts(labels__team="one"), TRUE),
        (names("labels.team", IS, "one"), facts(), UNKNOWN),
        (names("stateful", IS, "true"), facts(stateful=True), TRUE),
        (names("stateful", IS, "true"), facts(stateful=False), FALSE),
        (names("stateful", IS, "false"), facts(stateful=False), TRUE),
        (names("requested.model", IS, "openai/*"), facts("openai/o4-mini"), TRUE),
        (names("requested.model", IS, "openai/*"), facts("mistral/small"), FALSE),
        (names("requested.model", IS, "openai/*"), facts(None), UNKNOWN),
    ],
)
def test_names(test: Comparison, asked: RequestFacts, expected: Truth) -> None:
    assert known(test, asked) == expected


@pytest.mark.parametrize(
    ("matcher", "below", "on", "above"),
    [
        (Matcher.AT_MOST, TRUE, TRUE, FALSE),
        (Matcher.BELOW, TRUE, FALSE, FALSE),
        (Matcher.AT_LEAST, FALSE, TRUE, TRUE),
        (Matcher.ABOVE, FALSE, FALSE, TRUE),
        (Matcher.IS, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_numbers(matcher: Matcher, below: Truth, on: Truth, above: Truth) -> None:
    test = bound("tokens.input", matcher, Decimal(100))
    found = [known(test, facts(tokens__input=Decimal(n))) for n in (99, 100, 101)]
    assert found == [below, on, above]
    assert known(test, facts()) == UNKNOWN


def test_a_number_against_names_is_unknown() -> None:
    assert known(names("tokens.input", IS, "100"), facts(tokens__input=Decimal(100))) == UNKNOWN


YES, NO, OPEN = (
    names("purpose", IS, "support"),
    names("purpose", IS, "billing"),
    names("tenant", IS, "blue"),
)


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (ALWAYS, TRUE),
        (AnyOf(()), FALSE),
        (Not(YES), FALSE),
        (Not(OPEN), UNKNOWN),
        (All((YES, OPEN)), UNKNOWN),
        (All((NO, OPEN)), FALSE),
        (AnyOf((YES, OPEN)), TRUE),
        (AnyOf((NO, OPEN)), UNKNOWN),
        (AnyOf((OPEN, Not(OPEN))), UNKNOWN),
        (Not(All((YES, Not(NO)))), FALSE),
    ],
)
def test_combinations(predicate: Predicate, expected: Truth) -> None:
    assert known(predicate, facts(purpose="support")) == expected


def test_the_tests_of_a_predicate_in_the_order_written() -> None:
    written = All((Not(YES), AnyOf((OPEN, NO)), ALWAYS))
    assert list(matching.tests_in(written)) == [YES, OPEN, NO]
