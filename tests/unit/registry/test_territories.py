"""Where a country lies, as law stood at an instant, and what lies within what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Members, Moment, Validity
from policy_router.domain.registry import Registry
from policy_router.domain.territory import Adequacy, Confirmation, Scope
from policy_router.domain.truth import FALSE, MIXED, TRUE, UNKNOWN, Outcome, Truth
from policy_router.domain.vocabulary import Regime
from policy_router.registry.territories import adequacy_about, includes, is_in, is_in_any, within
from tests.small import NOON, NOW, places, registry, utc
from tests.strategies.law import TERRITORIES, adequacy, territory

UNIONS_LAST_DAY = Moment(utc("2020-01-31T23:59"))
THE_DAY_AFTER = Moment(utc("2020-02-01"))
JOINED = Validity(utc("2026-06-15"), None)
WHOLE = adequacy("eu-jp", Regime.EU_GDPR, Scope.WHOLE, "JP")
DEPENDS = adequacy("eu-ca", Regime.EU_GDPR, Scope.CONDITIONS, "CA", conditions=("commercial",))
LISTED = adequacy("eu-us", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US")
OFFICE = adequacy("eu-epo", Regime.EU_GDPR, Scope.ORGANISATION, "CH")
BY_TERRITORY = adequacy("uk-eea", Regime.UK_GDPR, Scope.WHOLE, within="EEA")
LAPSED = Validity(None, NOON)
OPTIONAL_SE = Members(frozenset(), frozenset({"SE"}))
MAYBE_FALSE, MAYBE_TRUE = Truth(Outcome.FALSE, Outcome.MIXED), Truth(Outcome.MIXED, Outcome.TRUE)


def _known(*entries: Adequacy, doubted: str | None = None) -> Registry:
    territories = {
        name: replace(t, confirmation=Confirmation.NEEDS_REVIEW) if name == doubted else t
        for name, t in TERRITORIES.items()
    }
    return replace(registry(*entries), territories=territories)


@pytest.mark.parametrize(
    ("country", "place", "moment", "expected"),
    [
        ("DE", "EU", NOW, TRUE),
        ("DE", "EEA", NOW, TRUE),
        ("NO", "EEA", NOW, TRUE),
        ("NO", "EU", NOW, FALSE),
        ("US", "EEA", NOW, FALSE),
        ("GB", "EU", UNIONS_LAST_DAY, TRUE),
        ("GB", "EEA", UNIONS_LAST_DAY, TRUE),
        ("GB", "EU", THE_DAY_AFTER, FALSE),
        ("GB", "EEA", THE_DAY_AFTER, FALSE),
        ("GB", "UK", NOW, TRUE),
        ("DE", "DE", NOW, TRUE),
        ("DE", "SE", NOW, FALSE),
        ("GLOBAL", "EEA", NOW, MIXED),
        ("GLOBAL", "DE", NOW, MIXED),
        ("GLOBAL", "ADEQUATE.eu_gdpr", NOW, MIXED),
    ],
)
def test_where_a_country_lies(country: str, place: str, moment: Moment, expected: Truth) -> None:
    assert is_in(_known(), country, place, moment) == expected


def test_membership_begins_and_ends() -> None:
    known = replace(_known(), territories={"T": territory("T", dated={"NO": JOINED})})
    assert is_in(known, "NO", "T", NOW) == TRUE
    assert is_in(known, "NO", "T", Moment(utc("2026-06-14T23:59"))) == FALSE


@pytest.mark.parametrize(("country", "place"), [("DE", "EU"), ("DE", "EEA"), ("US", "EU")])
def test_membership_nobody_confirmed_is_unknown(country: str, place: str) -> None:
    assert is_in(_known(doubted="EU"), country, place, NOW) == UNKNOWN


def test_what_else_a_territory_holds_is_known_all_the_same() -> None:
    assert is_in(_known(doubted="EU"), "NO", "EEA", NOW) == TRUE


@pytest.mark.parametrize(
    ("country", "places_named", "expected"),
    [
        ("DE", ("US", "EEA"), TRUE),
        ("IN", ("US", "EEA"), FALSE),
        ("GLOBAL", ("US", "EEA"), MIXED),
        ("GLOBAL", (), MIXED),
    ],
)
def test_a_list_of_places_is_their_union(
    country: str, places_named: tuple[str, ...], expected: Truth
) -> None:
    assert is_in_any(_known(), country, places_named, NOW) == expected


@pytest.mark.parametrize(
    ("entry", "country", "expected"),
    [
        (WHOLE, "JP", TRUE),
        (WHOLE, "US", FALSE),
        (DEPENDS, "CA", UNKNOWN),
        (LISTED, "US", UNKNOWN),
        (OFFICE, "CH", FALSE),
        (replace(WHOLE, confirmation=Confirmation.UNCONFIRMED), "JP", UNKNOWN),
        (replace(WHOLE, validity=LAPSED), "JP", FALSE),
        (replace(WHOLE, recorded=utc("2026-06-15T12:01")), "JP", FALSE),
        (adequacy("uk-jp", Regime.UK_GDPR, Scope.WHOLE, "JP"), "JP", FALSE),
    ],
    ids=(
        "whole",
        "about another country",
        "with conditions",
        "certified recipients",
        "one organisation",
        "not confirmed",
        "ended",
        "not yet known",
        "of another regime",
    ),
)
def test_adequate_as_a_country(entry: Adequacy, country: str, expected: Truth) -> None:
    moment = Moment(NOON, NOON)
    assert is_in(_known(entry), country, "ADEQUATE.eu_gdpr", moment) == expected


@pytest.mark.parametrize(
    ("doubted", "confirmation"), [(None, True), ("EU", False)], ids=("confirmed", "not confirmed")
)
def test_a_decision_about_a_territory_is_as_sure_as_its_membership(
    doubted: str | None, confirmation: bool
) -> None:
    (entry,) = adequacy_about(_known(BY_TERRITORY, doubted=doubted), "DE", Regime.UK_GDPR, NOW)
    assert entry.id == "uk-eea"
    assert entry.confirmation.usable is confirmation


def test_a_decision_about_a_territory_is_not_about_its_neighbours() -> None:
    assert adequacy_about(_known(BY_TERRITORY), "US", Regime.UK_GDPR, NOW) == ()


@pytest.mark.parametrize(
    ("members", "inside"),
    [
        (places("DE"), TRUE),
        (places("DE", "SE"), TRUE),
        (places("US"), FALSE),
        (places("US", "IN"), FALSE),
        (places("DE", "US"), MIXED),
        (places("GLOBAL"), MIXED),
        (places("GLOBAL", "DE"), MIXED),
        (places("GLOBAL", "US"), MIXED),
        (places(), TRUE),
        (places(opened=True), UNKNOWN),
        (places("DE", opened=True), MAYBE_TRUE),
        (places("US", opened=True), MAYBE_FALSE),
        (places("DE", "US", opened=True), MIXED),
        (OPTIONAL_SE, TRUE),
        (Members(frozenset(), frozenset({"US"})), UNKNOWN),
        (Members(frozenset({"DE"}), frozenset({"SE"})), TRUE),
        (Members(frozenset({"DE"}), frozenset({"US"})), MAYBE_TRUE),
        (Members(frozenset({"US"}), frozenset({"DE"})), MAYBE_FALSE),
        (Members(frozenset({"US"}), frozenset({"IN"})), FALSE),
        (Members(frozenset({"DE"}), frozenset({"GLOBAL"})), MAYBE_TRUE),
        (Members(frozenset(), frozenset({"GLOBAL"})), MAYBE_TRUE),
    ],
)
def test_within(members: Members, inside: Truth) -> None:
    known = _known()
    assert within(members, lambda country: is_in(known, country, "EEA", NOW)) == inside


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (places("DE"), UNKNOWN),
        (places("DE", "US"), UNKNOWN),
        (places("DE", "NO"), MAYBE_TRUE),
        (places("NO"), TRUE),
    ],
)
def test_within_a_territory_that_is_partly_unknown(members: Members, expected: Truth) -> None:
    known = _known(doubted="EU")
    assert within(members, lambda country: is_in(known, country, "EEA", NOW)) == expected


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (places("DE", "US"), TRUE),
        (places("US"), FALSE),
        (places(), FALSE),
        (places("GLOBAL"), MIXED),
        (places("US", opened=True), UNKNOWN),
        (places("DE", opened=True), TRUE),
        (OPTIONAL_SE, UNKNOWN),
        (Members(frozenset(), frozenset({"US"})), FALSE),
        (Members(frozenset({"GLOBAL"}), frozenset({"SE"})), MAYBE_TRUE),
    ],
)
def test_includes(members: Members, found: Truth) -> None:
    known = _known()
    assert includes(members, lambda country: is_in(known, country, "EEA", NOW)) == found
