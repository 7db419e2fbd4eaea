"""The values that are worth stating where rules want something of an attribute."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from policy_router.domain.claim import NO_DEMAND, ClaimValue
from policy_router.domain.policy import Matcher, Predicate, Rule
from policy_router.domain.registry import Registry
from policy_router.domain.vocabulary import ATTRIBUTES
from policy_router.engine import fronts
from policy_router.engine.fronts import MemberMark, RuleKey, covered, marks_met
from policy_router.engine.marks import Marks
from policy_router.engine.question import Question
from policy_router.engine.remedies import LARGEST_SET, MOST_KEPT
from policy_router.engine.setwise import Bounds
from tests.explained import PERSONAL, firm
from tests.small import NOW, claim, places, policy, provider, registry, route, signoff, snapshot
from tests.strategies.predicates import bound, names

IS, INCLUDES, ALL_OF = Matcher.IS, Matcher.INCLUDES, Matcher.INCLUDES_ALL
WITHIN, NOT_WITHIN = Matcher.WITHIN, Matcher.NOT_WITHIN
KEY = ("policy", "0")
AREAS = ("US", "DE", "GB")


def wanted(demanded: Predicate) -> Rule:
    return firm(require=demanded)


def banned(unwanted: Predicate) -> Rule:
    return firm(forbid=(unwanted,))


def front(attribute: str, *rules: Rule, known: Registry | None = None) -> tuple[object, ...]:
    """The values worth stating of the provider; the search for them must have come to its end."""
    found, bounds = bounded(attribute, *rules, known=known)
    assert not bounds.cut
    return found


def bounded(
    attribute: str, *rules: Rule, known: Registry | None = None
) -> tuple[tuple[object, ...], Bounds]:
    wishes, bounds = marks(*rules, known=known), Bounds(LARGEST_SET, MOST_KEPT)
    return wishes.front(attribute, wishes.of("acme", attribute), bounds), bounds


def marks(
    *rules: Rule,
    known: Registry | None = None,
    accepted: Sequence[tuple[RuleKey, str, tuple[str, ...]]] = (),
) -> Marks:
    asked = Question(snapshot(policy(), known or registry()), PERSONAL, NOW)
    named = {("policy", str(n)): rule for n, rule in enumerate(rules)}
    return Marks(asked, named, accepted)


def values(found: Marks, attribute: str) -> tuple[object, ...]:
    wanted_there = found.of("acme", attribute)
    return found.front(attribute, wanted_there, Bounds(LARGEST_SET, MOST_KEPT))


def days(matcher: Matcher, number: float) -> Predicate:
    return bound("retention_days", matcher, Decimal(number))


@pytest.mark.parametrize(
    ("attribute", "rules", "values"),
    [
        ("training", (wanted(names("training", IS, "used", "opted_out")),), ("opted_out",)),
        ("training", (banned(names("training", IS, "prohibited")),), ("off_by_default",)),
        (
            "training",
            (wanted(names("training", IS, "used")), wanted(names("training", IS, "prohibited"))),
            ("prohibited", "used"),
        ),
        ("retention_days", (wanted(days(Matcher.AT_MOST, 30)),), (Decimal(30),)),
        ("retention_days", (wanted(days(Matcher.BELOW, 30)),), (Decimal(15),)),
        ("retention_days", (wanted(days(Matcher.ABOVE, 30)),), (Decimal(31),)),
        (
            "retention_days",
            (wanted(days(Matcher.ABOVE, 7)), wanted(days(Matcher.BELOW, 30))),
            (Decimal("18.5"),),
        ),
        (
            "retention_days",
            (wanted(days(Matcher.AT_MOST, 7)), wanted(days(Matcher.AT_LEAST, 30))),
            (Decimal(7), Decimal(30)),
        ),
        ("retention_days", (wanted(days(Matcher.AT_MOST, 0.5)),), (Decimal("0.5"),)),
        ("retention_days", (wanted(days(Matcher.AT_MOST, -5)),), (Decimal(1),)),
        (
            "certifications",
            (wanted(names("certifications", ALL_OF, "a", "b")),),
            (places("a", "b"),),
        ),
        ("certifications", (banned(names("certifications", INCLUDES, "a")),), (places(),)),
        (
            "inference_location",
            (wanted(names("inference_location", WITHIN, "UK")),),
            (places("GB"),),
        ),
        (
            "inference_location",
            (wanted(names("inference_location", ALL_OF, "DE", "SE")),),
            (places("DE", "SE"),),
        ),
        (
            "inference_location",
            (
                wanted(names("inference_location", WITHIN, "EEA")),
                wanted(names("inference_location", WITHIN, "UK")),
            ),
            (places("DE"), places("GB")),
        ),
        (
            "inference_location",
            (
                wanted(names("inference_location", WITHIN, "EEA")),
                wanted(names("inference_location", ALL_OF, "GB", "DE")),
            ),
            (places("GB", "DE"), places("DE")),
        ),
        (
            "inference_location",
            (wanted(names("inference_location", NOT_WITHIN, "EEA")),),
            (places("CH"),),
        ),
        (
            "inference_location",
            (
                wanted(names("inference_location", WITHIN, "EEA")),
                wanted(names("inference_location", INCLUDES, "US")),
            ),
            (places("DE"), places("US")),
        ),
        (
            "inference_location",
            (
                wanted(names("inference_location", WITHIN, "EEA", "IN")),
                wanted(names("inference_location", INCLUDES, "US")),
                wanted(names("inference_location", NOT_WITHIN, "EEA")),
                wanted(names("inference_location", WITHIN, "EEA")),
            ),
            (places("DE"), places("IN"), places("US")),
        ),
        (
            "inference_location",
            (
                wanted(names("inference_location", WITHIN, "EEA", "IN")),
                wanted(names("inference_location", NOT_WITHIN, "EEA")),
                wanted(names("inference_location", INCLUDES, "US")),
                wanted(names("inference_location", WITHIN, "EEA")),
            ),
            (places("DE"), places("IN"), places("IN", "US")),
        ),
        (
            "inference_location",
            (
                wanted(names("inference_location", WITHIN, "EEA", "GLOBAL")),
                wanted(names("inference_location", WITHIN, "ADEQUATE.eu_gdpr")),
            ),
            (places("DE"),),
        ),
        ("certifications", (wanted(names("certifications", WITHIN, "a", "b")),), (places(),)),
        (
            "certifications",
            (
                wanted(names("certifications", WITHIN, "a", "b")),
                wanted(names("certifications", INCLUDES, "c")),
            ),
            (places("a"), places("c")),
        ),
        (
            "certifications",
            (banned(names("certifications", WITHIN, "a", "b")),),
            (places("another"),),
        ),
        ("zdr_exceptions", (wanted(names("zdr_exceptions", WITHIN, "a", "b")),), (places(),)),
        (
            "zdr_exceptions",
            (wanted(names("zdr_exceptions", NOT_WITHIN, "a", "b")),),
            (places("another"),),
        ),
        (
            "zdr_exceptions",
            (
                wanted(names("zdr_exceptions", WITHIN, "b")),
                wanted(names("zdr_exceptions", NOT_WITHIN, "a", "b")),
            ),
            (places(), places("b"), places("another")),
        ),
        (
            "retention_days",
            (wanted(names("storage_location", WITHIN, "EEA")),),
            (Decimal(0),),
        ),
        (
            "retention_days",
            (wanted(names("storage_location", INCLUDES, "DE")), wanted(days(Matcher.AT_MOST, 0))),
            (Decimal(0), Decimal(1)),
        ),
    ],
)
def test_no_other_value_meets_more(
    attribute: str, rules: tuple[Rule, ...], values: tuple[ClaimValue, ...]
) -> None:
    assert set(front(attribute, *rules)) == set(values)


def test_what_is_no_set_has_nothing_that_is_wanted_of_one() -> None:
    of_each, of_some = (MemberMark(KEY, NO_DEMAND, bool, every=every) for every in (True, False))
    assert marks_met("DE", [of_each, of_some]) == 0
    assert marks_met(places("DE"), [of_each, of_some]) == 0b11


def test_what_one_hop_states_counts_only_where_the_others_are_no_worse() -> None:
    two = registry(provider("acme"), provider("sub"), route(below=("sub",)))
    of_others = marks(wanted(names("training", IS, "prohibited")), known=two).of("acme", "training")
    met = [marks_met(value, of_others).bit_count() for value in ATTRIBUTES["training"].values]
    assert met == [1, 0, 0, 0]


def test_what_an_exception_accepts_is_worth_stating() -> None:
    accepted = [(KEY, "retention_days", ("90", "120")), (KEY, "training", ("opted_out",))]
    found = marks(wanted(days(Matcher.AT_MOST, 30)), accepted=accepted)
    assert set(values(found, "retention_days")) == {Decimal(30), Decimal(90)}
    assert values(found, "training") == ("opted_out",)
    assert found.of("acme", "dpa") == []


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ((), None),
        ((wanted(names("storage_location", WITHIN, "EEA")),), None),
        ((wanted(days(Matcher.AT_MOST, 30)),), 30),
        ((wanted(days(Matcher.AT_MOST, 30)), wanted(days(Matcher.AT_MOST, 7))), 7),
        ((wanted(days(Matcher.AT_MOST, 0)),), 0),
        ((wanted(days(Matcher.AT_MOST, 30)), wanted(days(Matcher.BELOW, 5))), Decimal("2.5")),
    ],
)
def test_how_long_data_may_be_kept_where_nothing_need_be(
    rules: tuple[Rule, ...], kept: int | Decimal | None
) -> None:
    assert marks(*rules).instead_of_nothing() == kept


def test_what_is_worse_at_one_hop_may_be_needed_where_another_is_worse_still() -> None:
    ends = wanted(names("training", IS, "prohibited", "used"))
    rules = (ends, wanted(names("training", IS, "off_by_default")))
    assert front("training", *rules) == ("prohibited", "off_by_default")
    two = registry(provider("acme"), provider("sub"), route(below=("sub",)))
    assert front("training", *rules, known=two) == ("prohibited", "off_by_default", "used")


def test_countries_that_need_different_steps_are_kept_apart() -> None:
    """Switzerland needs clauses and an assessment; the United States have been assessed."""
    transfer = wanted(names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "scc_with_tia"))
    abroad = wanted(names("inference_location", Matcher.EXCLUDES, "EEA"))
    rules = (transfer, abroad)
    assert set(front("inference_location", *rules)) == {places("DE"), places("CH")}
    judged = registry(signoff("tia", importers=("acme",), countries=("US",)))
    found = front("inference_location", *rules, known=judged)
    assert set(found) == {places("DE"), places("CH"), places("US")}


def test_of_two_countries_that_are_each_a_step_more_one_may_do() -> None:
    transfer = wanted(names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "scc_with_tia"))
    either = wanted(names("inference_location", Matcher.INCLUDES_ANY, "IN", "US"))
    found = front("inference_location", transfer, either)
    assert set(found) == {places("DE"), places("IN"), places("US"), places("IN", "US")}


def test_what_all_hops_must_have_in_common_may_be_what_one_has_already() -> None:
    held = registry(provider("acme", claim("certifications", places("mine"))))
    other = wanted(names("certifications", NOT_WITHIN, "a"))
    assert front("certifications", other, known=held) == (places("another", "mine"),)


def test_bits_are_covered_by_one_that_has_them_all() -> None:
    assert covered(0b01, [0b10, 0b11])
    assert not covered(0b11, [0b10, 0b01])
    assert not covered(0b01, [])


@pytest.mark.parametrize(
    ("most", "countries", "cut"), [(1, ("US", "DE"), True), (4, AREAS, True), (5, AREAS, False)]
)
def test_more_values_than_the_bound_are_not_looked_at(
    most: int, countries: tuple[str, ...], cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fronts, "MOST_VALUES", most)
    listed = [wanted(names("inference_location", WITHIN, area)) for area in ("EEA", "UK", "US")]
    found, bounds = bounded("inference_location", *listed)
    assert (found, bounds.cut) == (tuple(map(places, countries)), cut)
