"""A value that would meet what is demanded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import NO_DEMAND, ClaimValue
from policy_router.domain.policy import Matcher
from policy_router.engine.favourable import best_value, country_within
from policy_router.engine.matching import RouteView
from policy_router.engine.shortfalls import Unmet
from tests.small import NOW, facts, places, policy, registry, snapshot
from tests.strategies.predicates import bound, names

KNOWN = registry()
VIEW = RouteView(snapshot(policy(), KNOWN), KNOWN.routes["r"], facts(), NOW, NO_DEMAND)


def wanted(subject: str, matcher: Matcher, *listed: str) -> Unmet:
    return Unmet(names(subject, matcher, *listed), wanted=True)


def banned(subject: str, matcher: Matcher, *listed: str) -> Unmet:
    return Unmet(names(subject, matcher, *listed), wanted=False)


def days(matcher: Matcher, number: int, *, is_wanted: bool = True) -> Unmet:
    return Unmet(bound("retention_days", matcher, Decimal(number)), is_wanted)


@pytest.mark.parametrize(
    ("lacks", "value"),
    [
        ((wanted("training", Matcher.IS, "used", "opted_out"),), "opted_out"),
        ((banned("training", Matcher.IS, "prohibited"),), "off_by_default"),
        (
            (
                wanted("training", Matcher.IS, "used", "opted_out"),
                banned("training", Matcher.IS, "opted_out"),
            ),
            "used",
        ),
        (
            (
                wanted("training", Matcher.IS, "used"),
                banned("training", Matcher.IS, "used"),
            ),
            None,
        ),
        ((days(Matcher.AT_MOST, 30),), Decimal(30)),
        ((days(Matcher.BELOW, 30),), Decimal(29)),
        ((days(Matcher.BELOW, 0),), None),
        ((days(Matcher.ABOVE, 30),), Decimal(31)),
        ((days(Matcher.AT_LEAST, 30),), Decimal(30)),
        ((days(Matcher.AT_MOST, 30), days(Matcher.AT_MOST, 7)), Decimal(7)),
        ((wanted("inference_location", Matcher.WITHIN, "US"),), places("US")),
        ((wanted("inference_location", Matcher.WITHIN, "EEA"),), places("DE")),
        ((wanted("inference_location", Matcher.NOT_WITHIN, "EEA"),), places("CH")),
        ((banned("inference_location", Matcher.INCLUDES, "US"),), places("CH")),
        ((wanted("certifications", Matcher.INCLUDES, "hds"),), places("hds")),
        ((wanted("certifications", Matcher.INCLUDES_ALL, "a", "b"),), places("a", "b")),
        ((banned("certifications", Matcher.INCLUDES, "hds"),), places()),
        (
            (
                wanted("certifications", Matcher.INCLUDES, "a"),
                banned("certifications", Matcher.INCLUDES, "b"),
            ),
            places("a"),
        ),
        (
            (
                wanted("certifications", Matcher.INCLUDES, "a"),
                banned("certifications", Matcher.INCLUDES, "a"),
            ),
            None,
        ),
    ],
)
def test_the_first_value_that_meets_everything(
    lacks: tuple[Unmet, ...], value: ClaimValue | None
) -> None:
    assert best_value(VIEW, lacks) == value


def test_a_country_of_a_territory() -> None:
    assert country_within(VIEW, "UK") == "GB"
    assert country_within(VIEW, "SWITZERLAND") == "CH"
    assert country_within(VIEW, "ATLANTIS") is None
