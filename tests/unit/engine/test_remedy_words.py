"""Sets of steps in words: what is demanded, what is chosen, and what is left to choose."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import Claim
from policy_router.domain.policy import All, AnyOf, Matcher, PolicySet, Rule
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.engine.explanation import Change, ChangeKind
from tests.explained import (
    CLAUSES_2,
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
    NAMED,
    NOTHING_KEPT,
    PERSONAL,
    TIA,
    TRANSFER,
    UNTRAINED,
    WITH_ACME,
    WITHIN,
    exception_to,
    explained,
    firm,
    texts,
)
from tests.small import claim, facts, places, policy, provider, registry, route, rule
from tests.strategies.predicates import bound, names

OPEN = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
HEALTH = names("data", INCLUDES, "health")
HOPELESS = names("stage", IS, "preview")
USED, NO_DPA = claim("training", "used"), claim("dpa", "none")
AT_HOME = [claim(name, DE) for name in ("provider_jurisdiction", "support_location")]
ABROAD = names("inference_location", Matcher.EXCLUDES, "EEA")
BRITISH = names("inference_location", WITHIN, "UK")
SIGNED = "a sign-off `dpia` in force for this route and request"
ASSESSED = "a transfer impact assessment for `{}` in CH (sign-off `tia`)"
AWAY = "`inference_location` excluding EEA (here CH), standard contractual clauses"


def sets(known: Registry, *demanded: Rule, asked: RequestFacts = PERSONAL) -> list[list[str]]:
    """The remedies for all rules at once, in words."""
    numbered = (replace(r, id=f"r{n}") for n, r in enumerate(demanded))
    return texts(explained(PolicySet((policy(*numbered),)), known, asked))


def provided(*claims: Claim) -> Registry:
    return registry(provider("acme", *claims))


def test_what_a_rule_wants_that_will_not_apply_is_not_said() -> None:
    for_health = firm(when=HEALTH, require=All((UNTRAINED, HOPELESS)))
    assert sets(provided(USED, NO_DPA), firm(require=CONTRACTED), for_health, asked=OPEN) == [
        [
            f"{WITH_ACME} `dpa` in_force",
            "if the facts are otherwise, state them: `data` (`policy/r1` may then not apply)",
        ]
    ]


def test_what_a_waived_rule_wants_is_not_said() -> None:
    lenient = firm(require=names("training", IS, "prohibited", "off_by_default"))
    strict = rule(require=All((UNTRAINED, HOPELESS)))
    assert sets(provided(USED), lenient, strict) == [
        [f"{WITH_ACME} `training` one of prohibited, off_by_default", exception_to("r1")]
    ]


def test_of_countries_that_no_rule_names_it_is_said_which_is_assessed() -> None:
    assert sets(provided(NOTHING_KEPT, *AT_HOME), firm(require=TRANSFER), firm(require=ABROAD)) == [
        [f"{WITH_ACME} {AWAY} (module 2)", ASSESSED.format("acme")]
    ]


def test_what_is_assessed_at_one_hop_is_not_said_of_another() -> None:
    """The other's places are known, and need only the clauses and an assessment of the same."""
    away = claim("inference_location", places("CH", "US"))
    known = registry(
        provider("acme", NOTHING_KEPT, away, *AT_HOME),
        provider("sub", NOTHING_KEPT, *AT_HOME, operator="sub"),
        route(below=("sub",)),
    )
    ((_, other, *_),) = (
        chosen for chosen in sets(known, firm(require=TRANSFER), firm(require=ABROAD)) if chosen
    )
    assert other == f"an agreement with sub (`sub`) in force: {AWAY} (module 3)"


def test_a_country_that_a_rule_names_is_not_said_twice() -> None:
    named = firm(require=names("inference_location", WITHIN, "US"))
    assert sets(provided(NOTHING_KEPT, *AT_HOME), firm(require=TRANSFER), named) == [
        [
            f"{WITH_ACME} `inference_location` within US, standard contractual clauses (module 2)",
            TIA,
        ]
    ]


STORED = claim("storage_location", places("US")), claim("retention_days", Decimal(40))


def _days(matcher: Matcher, number: int) -> Rule:
    return firm(require=bound("retention_days", matcher, Decimal(number)))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((firm(require=TRANSFER), _days(Matcher.AT_MOST, 30)), "0"),
        ((_days(Matcher.AT_MOST, 30),), "at most 30"),
        ((_days(Matcher.AT_MOST, 0),), "at most 0"),
    ],
)
def test_how_long_data_may_be_kept(rules: tuple[Rule, ...], said: str) -> None:
    known = provided(*STORED, claim("inference_location", DE), *AT_HOME)
    assert sets(known, *rules) == [[f"{WITH_ACME} `retention_days` {said}"]]


def test_that_data_must_be_kept_for_some_time_is_said() -> None:
    found = sets(registry(), _days(Matcher.ABOVE, 7), _days(Matcher.BELOW, 30))
    assert found[0] == [f"{WITH_ACME} `retention_days` above 7 and below 30"]


def test_a_place_is_named_where_the_demand_for_another_is_met_otherwise() -> None:
    either = firm(require=AnyOf((BRITISH, DPIA)))
    found = sets(provided(NOTHING_KEPT, *AT_HOME), firm(require=TRANSFER), either)
    assert [f"{WITH_ACME} `inference_location` {NAMED}", SIGNED] in found


@pytest.mark.parametrize(
    ("doubtful", "said"),
    [
        (1, "`policy/r0`"),
        (2, "`policy/r0`, `policy/r1`"),
        (3, "`policy/r0`, `policy/r1` and 1 more"),
    ],
)
def test_two_rules_that_may_not_apply_are_named(doubtful: int, said: str) -> None:
    in_doubt = [firm(when=HEALTH, require=HOPELESS)] * doubtful
    stated = f"if the facts are otherwise, state them: `data` ({said} may then not apply)"
    assert sets(registry(), *in_doubt, asked=OPEN) == [[stated]]


def test_what_a_change_is_about() -> None:
    abroad = claim("inference_location", places("US"))
    known = provided(NOTHING_KEPT, abroad, *AT_HOME)
    contract, assessment = explained(firm(require=TRANSFER), known).remedies[0]
    assert (contract.kind, contract.about, contract.country) == (ChangeKind.AGREEMENT, "acme", "")
    assert assessment == Change(ChangeKind.ASSESSMENT, "acme", TIA, country="US")
    assert contract.text == CLAUSES_2
