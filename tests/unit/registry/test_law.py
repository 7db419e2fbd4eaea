"""What is remembered of law is what the law at hand says, however much of it was asked before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Moment
from policy_router.domain.registry import Registry
from policy_router.domain.territory import Scope
from policy_router.domain.truth import FALSE, TRUE
from policy_router.domain.vocabulary import Regime
from policy_router.registry import law
from policy_router.registry.law import MOST_LAWS, law_of
from tests.small import NOW, registry, route, utc
from tests.strategies.law import adequacy

EU, UK = Regime.EU_GDPR, Regime.UK_GDPR
DECISION = adequacy("d", EU, Scope.WHOLE, "JP")


def with_law() -> Registry:
    return replace(registry(route()), adequacy=(DECISION,))


def test_one_law_is_looked_at_once_whatever_else_changes() -> None:
    before = with_law()
    after = replace(before, routes={}, agreements=(), digest="other")
    assert law_of(before, EU, NOW) is law_of(after, EU, NOW)


def test_other_law_another_regime_and_another_moment_are_another() -> None:
    here = with_law()
    looked_at = {
        id(found)
        for found in (
            law_of(here, EU, NOW),
            law_of(here, UK, NOW),
            law_of(here, EU, Moment(utc("2019-01-01"))),
            law_of(replace(here, adequacy=(replace(DECISION, id="e"),)), EU, NOW),
            law_of(replace(here, territories={}), EU, NOW),
        )
    }
    assert len(looked_at) == 5


def test_a_decision_that_is_gone_is_forgotten() -> None:
    here = with_law()
    assert law_of(here, EU, NOW).about("JP") == (FALSE, (DECISION,))
    assert law_of(here, EU, NOW).about("DE") == (TRUE, ())
    assert law_of(replace(here, adequacy=()), EU, NOW).about("JP") == (FALSE, ())
    assert law_of(here, EU, NOW).about("JP") == (FALSE, (DECISION,))


@pytest.mark.parametrize("most", [0, 1])
def test_what_is_remembered_is_bounded(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law, "MOST_COUNTRIES", most)
    found = law_of(with_law(), EU, NOW)
    for _ in range(2):
        assert [found.about(c) for c in ("JP", "DE", "US")] == [
            (FALSE, (DECISION,)),
            (TRUE, ()),
            (FALSE, ()),
        ]
    assert len(found._about) == most
    for _ in range(MOST_LAWS + 1):
        law_of(with_law(), EU, NOW)
    assert law._law.cache_info().currsize == MOST_LAWS
