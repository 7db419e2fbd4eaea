"""What the steps of a remedy say: of all values, those that no other could stand in for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import AnyOf, Matcher, Not, PolicySet, Predicate, Rule
from policy_router.engine import proposals
from tests.explained import (
    ANOTHER,
    CLAUSES_2,
    CONTRACTED,
    DE,
    INCLUDES,
    IS,
    NAMED,
    NOTHING_KEPT,
    OF_ITS_OWN,
    TIA,
    TRANSFER,
    WITH_ACME,
    WITHIN,
    explained,
    firm,
    texts,
)
from tests.small import claim, facts, places, policy, provider, registry, route, signoff
from tests.strategies.predicates import bound, names

ABROAD = names("inference_location", Matcher.EXCLUDES, "EEA")
AT_HOME = [claim(name, DE) for name in ("provider_jurisdiction", "support_location")]


def rules(*demanded: Rule) -> PolicySet:
    return PolicySet((policy(*(replace(r, id=f"r{n}") for n, r in enumerate(demanded))),))


def test_several_places_that_are_needed_together() -> None:
    both = names("inference_location", Matcher.INCLUDES_ALL, "DE", "SE")
    known = registry(provider("acme", claim("inference_location", places("US"))))
    assert texts(explained(firm(require=both), known)) == [
        [f"{WITH_ACME} `inference_location` including all of DE, SE (now US){OF_ITS_OWN}"]
    ]


HARMLESS = names("training", IS, "prohibited", "off_by_default")
RULED_OUT = names("training", IS, "prohibited")
A_MONTH, A_WEEK = (bound("retention_days", Matcher.AT_MOST, Decimal(n)) for n in (30, 7))
FIGURES = names("logging", IS, "none", "metadata")
ABUSE_ONLY = names("logging", IS, "none", "abuse_monitoring")


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (HARMLESS, RULED_OUT, "`training` prohibited"),
        (RULED_OUT, HARMLESS, "`training` prohibited"),
        (A_MONTH, A_WEEK, "`retention_days` at most 7"),
        (A_WEEK, A_MONTH, "`retention_days` at most 7"),
        (
            FIGURES,
            ABUSE_ONLY,
            "`logging` one of none, metadata and one of none, abuse_monitoring",
        ),
    ],
)
def test_a_demand_that_follows_from_another_is_not_said_beside_it(
    one: Predicate, other: Predicate, said: str
) -> None:
    found = explained(rules(firm(require=one), firm(require=other)), registry())
    assert [f"{WITH_ACME} {said}"] in texts(found)


def test_a_place_that_meets_one_rule_leaves_the_other_its_second_way() -> None:
    either = AnyOf((names("inference_location", WITHIN, "EEA"), CONTRACTED))
    british = names("inference_location", WITHIN, "UK")
    known = registry(provider("acme", claim("inference_location", places("US"))))
    found = explained(rules(firm(require=either), firm(require=british)), known)
    assert texts(found) == [
        [f"{WITH_ACME} `inference_location` within UK (now US), `dpa` in_force{OF_ITS_OWN}"]
    ]


def test_a_country_that_has_been_assessed_needs_the_clauses_only() -> None:
    judged = signoff("tia", importers=("acme",), countries=("US",))
    known = registry(provider("acme", NOTHING_KEPT, *AT_HOME), judged)
    found = explained(rules(firm(require=TRANSFER), firm(require=ABROAD)), known)
    assert texts(found) == [
        [f"{WITH_ACME} `inference_location` excluding EEA, standard contractual clauses (module 2)"]
    ]


def test_a_country_that_is_assessed_once_all_of_the_data_is_stated() -> None:
    judged = signoff("tia", importers=("acme",), countries=("US",))
    known = registry(provider("acme", NOTHING_KEPT, *AT_HOME), judged)
    asked = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
    found = explained(rules(firm(require=TRANSFER), firm(require=ABROAD)), known, asked)
    assert [len(chosen) for chosen in found.remedies] == [2]


@pytest.mark.parametrize(
    ("others", "sets"),
    [
        (
            (),
            [[CLAUSES_2, TIA], [f"{WITH_ACME} `inference_location` {ANOTHER}"]],
        ),
        (
            (names("inference_location", WITHIN, "EEA", "US"),),
            [[f"{WITH_ACME} `inference_location` {NAMED}"]],
        ),
    ],
)
def test_to_change_a_known_place_is_a_step_more_unless_a_rule_asks_for_it(
    others: tuple[Predicate, ...], sets: list[list[str]]
) -> None:
    abroad = claim("inference_location", places("US"))
    known = registry(provider("acme", NOTHING_KEPT, abroad, *AT_HOME))
    demanded = [firm(require=TRANSFER), *(firm(require=other) for other in others)]
    assert texts(explained(rules(*demanded), known)) == sets


@pytest.mark.parametrize("named", [("GLOBAL",), ("DE", "GLOBAL")])
def test_a_contract_may_name_places_where_a_page_says_anywhere(named: tuple[str, ...]) -> None:
    anywhere = claim("inference_location", places(*named))
    known = registry(provider("acme", NOTHING_KEPT, anywhere, *AT_HOME))
    found = explained(firm(require=TRANSFER), known)
    assert texts(found) == [[f"{WITH_ACME} `inference_location` {NAMED}"]]
    assert found.complete


def test_a_contract_may_name_places_where_a_page_names_many_and_perhaps_others() -> None:
    listed = claim("inference_location", places("IN", "US", opened=True))
    known = registry(provider("acme", NOTHING_KEPT, listed, *AT_HOME))
    found = texts(explained(firm(require=TRANSFER), known))
    assert [f"{WITH_ACME} `inference_location` {NAMED}"] in found
    assert all(len(chosen) == 1 for chosen in found)


def test_where_nothing_is_kept_a_known_place_of_storage_does_not_matter() -> None:
    """The clauses and an assessment, another place, or nothing kept: none makes another idle."""
    stored = claim("storage_location", places("US")), claim("retention_days", Decimal(14))
    known = registry(provider("acme", claim("inference_location", DE), *stored, *AT_HOME))
    assert texts(explained(firm(require=TRANSFER), known)) == [
        [CLAUSES_2, TIA],
        [f"{WITH_ACME} `retention_days` 0"],
        [f"{WITH_ACME} `storage_location` {ANOTHER}"],
    ]


def test_no_place_is_changed_to_a_transfer_that_the_seat_of_the_company_needs_anyway() -> None:
    seat = claim("provider_jurisdiction", places("US"))
    abroad = claim("inference_location", places("US"))
    at_home = claim("support_location", DE)
    known = registry(provider("acme", NOTHING_KEPT, seat, abroad, at_home))
    assert texts(explained(firm(require=TRANSFER), known)) == [[CLAUSES_2, TIA]]


def test_a_place_in_doubt_may_be_shown() -> None:
    """It is not known whether anything is kept; if not, nothing is stored anywhere."""
    known = registry(
        provider(
            "acme",
            *AT_HOME,
            claim("inference_location", DE),
            claim("storage_location", places("US")),
        )
    )
    found = texts(explained(firm(require=TRANSFER), known))
    assert all(len(chosen) == 1 for chosen in found)
    assert any("evidence for `acme`" in chosen[0] for chosen in found)


def test_steps_for_the_sake_of_no_basis_are_not_looked_for() -> None:
    """And it is said that there may be more."""
    none = Not(names("transfer_basis.eu_gdpr", IS, "not_a_transfer"))
    known = registry(provider("acme", NOTHING_KEPT, claim("inference_location", DE), *AT_HOME))
    found = explained(firm(require=none), known)
    assert (found.remedies, found.complete) == ((), False)


def test_more_ways_to_choose_what_is_said_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_CONTENTS", 1)
    areas = (names("inference_location", WITHIN, area) for area in ("EEA", "UK"))
    signed = (names("signoff", INCLUDES, kind) for kind in ("dpia", "lia"))
    demanded = [firm(require=AnyOf(pair)) for pair in zip(areas, signed, strict=True)]
    known = registry(provider("acme"), route(below=()))
    assert not explained(rules(*demanded), known).complete
