"""The shipped territories and adequacy decisions, and what they do not say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from policy_router.domain.territory import Scope
from policy_router.domain.vocabulary import Regime
from policy_router.language.grammar.law import AdequacyBody, TerritoryBody
from tests.data.shipped import shipped

TERRITORIES = {t.id: t for t in shipped(TerritoryBody)}
ADEQUACY = {a.id: a for a in shipped(AdequacyBody)}


def usable_about(regime: Regime, country: str) -> list[AdequacyBody]:
    return [
        entry
        for entry in ADEQUACY.values()
        if entry.regime is regime and country in entry.countries and entry.confirmation.usable
    ]


def test_territories() -> None:
    assert set(TERRITORIES) == {"EU", "EEA", "UK", "SWITZERLAND"}
    assert len(set(TERRITORIES["EU"].members)) == 27
    assert set(TERRITORIES["EEA"].members) == {"IS", "LI", "NO"}
    assert TERRITORIES["EEA"].includes == ("EU",)
    assert TERRITORIES["UK"].members == ("GB",)
    assert TERRITORIES["SWITZERLAND"].members == ("CH",)


def test_the_united_kingdom_left_the_union() -> None:
    (change,) = TERRITORIES["EU"].changes
    assert (change.country, change.start) == ("GB", None)
    assert change.end == datetime(2020, 2, 1, tzinfo=UTC)


def test_the_eus_decisions_are_all_there() -> None:
    countries = {c for a in ADEQUACY.values() if a.regime is Regime.EU_GDPR for c in a.countries}
    assert countries == set("AD AR BR CA CH FO GB GG IL IM JE JP KR NZ US UY".split())


@pytest.mark.parametrize(
    ("regime", "country", "scopes"),
    [
        (Regime.EU_GDPR, "JP", {Scope.CONDITIONS}),
        (Regime.UK_GDPR, "JP", {Scope.CONDITIONS}),
        (Regime.CH_FADP, "JP", set()),
        (Regime.EU_GDPR, "BR", {Scope.WHOLE}),
        (Regime.UK_GDPR, "BR", set()),
        (Regime.CH_FADP, "BR", set()),
        (Regime.EU_GDPR, "GB", {Scope.WHOLE}),
        (Regime.CH_FADP, "GB", set()),
        (Regime.EU_GDPR, "FO", {Scope.WHOLE}),
        (Regime.UK_GDPR, "FO", set()),
        (Regime.CH_FADP, "FO", {Scope.WHOLE}),
        (Regime.UK_GDPR, "GI", {Scope.WHOLE}),
        (Regime.EU_GDPR, "GI", set()),
        (Regime.EU_GDPR, "US", {Scope.CERTIFIED_RECIPIENT}),
        (Regime.UK_GDPR, "US", {Scope.CERTIFIED_RECIPIENT}),
        (Regime.CH_FADP, "US", {Scope.CERTIFIED_RECIPIENT}),
    ],
)
def test_three_regimes_give_three_answers(regime: Regime, country: str, scopes: set[Scope]) -> None:
    assert {entry.scope for entry in usable_about(regime, country)} == scopes


def test_an_organisation_is_no_country() -> None:
    organisations = [a for a in ADEQUACY.values() if a.scope is Scope.ORGANISATION]
    assert {a.id for a in organisations} == {"eu-epo", "uk-eu-institutions"}
    assert all(not a.countries and a.territory is None for a in organisations)


def test_the_decision_on_the_united_kingdom_ends() -> None:
    entry = ADEQUACY["eu-gb"]
    assert entry.start == datetime(2021, 6, 28, tzinfo=UTC)
    assert entry.end == datetime(2031, 12, 28, tzinfo=UTC)


def test_what_is_at_risk_says_why() -> None:
    at_risk = {a.id for a in ADEQUACY.values() if a.at_risk}
    assert at_risk == {"eu-us-dpf", "uk-us-bridge", "ch-us-dpf", "eu-br"}


@pytest.mark.parametrize("entry", ADEQUACY.values(), ids=ADEQUACY)
def test_every_entry_is_dated_and_sourced(entry: AdequacyBody) -> None:
    assert entry.start is not None
    assert entry.start.date() <= date(2026, 11, 22)
    assert entry.read_on == date(2026, 11, 22)
    assert entry.sources
    assert entry.instrument


@pytest.mark.parametrize("territory", TERRITORIES.values(), ids=TERRITORIES)
def test_every_territory_is_sourced(territory: TerritoryBody) -> None:
    assert territory.sources
    assert territory.confirmation.usable
