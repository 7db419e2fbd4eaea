"""What a test on a fact, or a sign-off's reach, says of a value of that fact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from policy_router.compiler.tables import MemberStatement, ScalarStatement, SetStatement
from policy_router.domain.claim import Members, Moment
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Matcher, Test
from policy_router.domain.registry import Registry
from policy_router.domain.request import FactValue, SetFact
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
    SPECIAL_CATEGORIES,
    category_ancestors,
    effective_categories,
)
from policy_router.registry.territories import includes, is_in, within

_ALONE = "non_personal"

Meaning = Callable[[str, str], Truth]

_COMPARE: dict[Matcher, Callable[[Decimal, Decimal], bool]] = {
    Matcher.AT_MOST: Decimal.__le__,
    Matcher.AT_LEAST: Decimal.__ge__,
    Matcher.BELOW: Decimal.__lt__,
    Matcher.ABOVE: Decimal.__gt__,
}


def set_statement(test: Test, registry: Registry, moment: Moment) -> SetStatement:
    """A test on a set fact, as a function of its value."""
    if test.subject == "data":
        return lambda value: set_truth(test, _data(value), _category)
    if test.subject == "subject_location":
        inside = partial(_located, registry, moment)
        return lambda value: set_truth(test, _members(value), inside)
    return lambda value: set_truth(test, _members(value), _same)


def member_statement(test: Test, registry: Registry, moment: Moment) -> MemberStatement | None:
    """A test that some member is meant, as a function of a member; None if it is no such test.

    Not where members bear on each other: `non_personal` counts only beside nothing personal.
    """
    if test.matcher not in {Matcher.INCLUDES, Matcher.INCLUDES_ANY} or _ALONE in test.names:
        return None
    means: Meaning = _same
    if test.subject == "data":
        means = _category
    elif test.subject == "subject_location":
        means = partial(_located, registry, moment)
    return lambda member: disjunction(means(member, name) for name in test.names)


def scalar_statement(test: Test) -> ScalarStatement:
    """A test on a single-valued fact, as a function of its value."""
    return partial(_scalar, test)


def stated(value: FactValue | None) -> Truth:
    """That a single-valued fact is known."""
    return known(value is not None)


def above(threshold: int) -> ScalarStatement:
    """That a count exceeds `threshold`."""
    return lambda value: known(value > threshold) if isinstance(value, Decimal) else UNKNOWN


def compared(test: Test, value: Decimal) -> Truth:
    """A number matcher on a value."""
    compare = _COMPARE.get(test.matcher)
    return UNKNOWN if compare is None or test.bound is None else known(compare(value, test.bound))


def set_truth(test: Test, members: Members, means: Meaning) -> Truth:
    """A set matcher, where `means(member, name)` says whether a name of the test means a member."""
    names = test.names
    match test.matcher:
        case Matcher.WITHIN | Matcher.NOT_WITHIN:
            inside = within(members, lambda m: disjunction(means(m, name) for name in names))
            return inside if test.matcher is Matcher.WITHIN else negation(inside)
        case Matcher.INCLUDES | Matcher.INCLUDES_ANY | Matcher.INCLUDES_ALL | Matcher.EXCLUDES:
            found = [includes(members, partial(_means, means, name)) for name in names]
            if test.matcher is Matcher.INCLUDES_ALL:
                return conjunction(found)
            some = disjunction(found)
            return negation(some) if test.matcher is Matcher.EXCLUDES else some
        case _:
            return UNKNOWN


def _means(means: Meaning, name: str, member: str) -> Truth:
    return means(member, name)


def _members(value: SetFact) -> Members:
    return Members(value.members, open=not value.settled)


def _data(value: SetFact) -> Members:
    return Members(effective_categories(value.members), open=not value.settled)


def _same(member: str, name: str) -> Truth:
    return known(member == name)


def _located(registry: Registry, moment: Moment, country: str, place: str) -> Truth:
    return is_in(registry, country, place, moment)


def _category(category: str, meant: str) -> Truth:
    if meant in category_ancestors(category):
        return TRUE
    umbrella = category == "special_category" and meant in SPECIAL_CATEGORIES
    return UNKNOWN if umbrella else FALSE


def _scalar(test: Test, value: FactValue | None) -> Truth:
    if value is None:
        return UNKNOWN
    if isinstance(value, Decimal):
        return compared(test, value)
    text = str(value).lower() if isinstance(value, bool) else value
    return known(any_matches(test.names, text))
