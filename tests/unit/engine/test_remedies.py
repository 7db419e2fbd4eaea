"""What would make a blocked route pass: the smallest sets of steps, and no fewer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import All, AnyOf, Matcher, Not, Predicate
from policy_router.domain.registry import Registry
from policy_router.domain.territory import Scope
from policy_router.domain.vocabulary import Regime
from policy_router.engine.explanation import ChangeKind
from tests.explained import (
    ANOTHER,
    CLAUSES_2,
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
    NAMED,
    NOTHING_KEPT,
    OF_ITS_OWN,
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
from tests.small import (
    agreement,
    claim,
    evidence,
    facts,
    gateway,
    model,
    places,
    provider,
    registry,
    route,
    rule,
)
from tests.strategies.law import adequacy
from tests.strategies.predicates import bound, names

EEA = names("inference_location", WITHIN, "EEA")
ELSEWHERE = f"{WITH_ACME} `inference_location` {ANOTHER}"
AGAIN = "verified again for `acme`: `training` prohibited"


@pytest.mark.parametrize(
    ("require", "known", "changes"),
    [
        (
            CONTRACTED,
            registry(provider("acme", claim("dpa", "available"))),
            [[f"{WITH_ACME} `dpa` in_force"]],
        ),
        (
            CONTRACTED,
            registry(),
            [[f"{WITH_ACME} `dpa` in_force"]],
        ),
        (
            UNTRAINED,
            registry(),
            [
                [f"{WITH_ACME} `training` prohibited"],
                ["evidence for `acme`: `training` prohibited"],
            ],
        ),
        (
            EEA,
            registry(provider("acme", claim("inference_location", places("DE", opened=True)))),
            [
                [f"{WITH_ACME} `inference_location` within EEA"],
                ["evidence for `acme`: `inference_location` within EEA"],
            ],
        ),
        (
            bound("retention_days", Matcher.BELOW, Decimal(1)),
            registry(provider("acme", claim("retention_days", Decimal(30)))),
            [[f"{WITH_ACME} `retention_days` below 1"]],
        ),
        (
            names("certifications", Matcher.INCLUDES_ALL, "hds", "iso_27001"),
            registry(provider("acme", claim("certifications", places("hds")))),
            [[f"{WITH_ACME} `certifications` including all of hds, iso_27001"]],
        ),
        (
            names("provider_jurisdiction", WITHIN, "EEA"),
            registry(provider("acme", claim("provider_jurisdiction", places("US")))),
            [],
        ),
        (
            names("provider_jurisdiction", WITHIN, "EEA"),
            registry(),
            [
                [f"{WITH_ACME} `provider_jurisdiction` within EEA"],
                ["evidence for `acme`: `provider_jurisdiction` within EEA"],
            ],
        ),
        (
            Not(names("training", IS, "used", "opted_out")),
            registry(provider("acme", claim("training", "used"))),
            [[f"{WITH_ACME} `training` not one of used, opted_out"]],
        ),
        (
            All((CONTRACTED, UNTRAINED)),
            registry(provider("acme", claim("dpa", "none"), claim("training", "used"))),
            [[f"{WITH_ACME} `dpa` in_force, `training` prohibited"]],
        ),
        (
            names("stage", IS, "preview"),
            registry(),
            [],
        ),
        (
            DPIA,
            registry(),
            [["a sign-off `dpia` in force for this route and request"]],
        ),
        (
            AnyOf((DPIA, names("signoff", INCLUDES, "lia"))),
            registry(),
            [
                ["a sign-off `dpia` in force for this route and request"],
                ["a sign-off `lia` in force for this route and request"],
            ],
        ),
    ],
    ids=(
        "available is not in force",
        "a contract that nobody offers",
        "nothing is known",
        "perhaps elsewhere too",
        "a bound",
        "a list",
        "a fact of life",
        "a fact of life that nobody stated",
        "negated",
        "two terms of one contract",
        "nothing that can be done",
        "a judgement",
        "either judgement",
    ),
)
def test_what_would_change_it(
    require: Predicate, known: Registry, changes: list[list[str]]
) -> None:
    assert texts(explained(firm(require=require), known)) == changes


def test_what_is_forbidden() -> None:
    known = registry(provider("acme", claim("inference_location", places("CN"))))
    ban = names("inference_location", INCLUDES, "CN")
    assert texts(explained(firm(forbid=(ban,)), known)) == [
        [f"{WITH_ACME} `inference_location` excluding CN (now CN){OF_ITS_OWN}"]
    ]


def test_evidence_that_is_short_of_the_demand_may_be_read_again() -> None:
    known = registry(provider("acme", claim("training", "prohibited", evidence(read="2024-06-15"))))
    young = firm(require=UNTRAINED, demand=EvidenceDemand(max_age_days=365))
    found = explained(young, known)
    assert texts(found) == [
        [f"{WITH_ACME} `training` prohibited"],
        [f"{AGAIN} (read 730 days ago, verified by nobody)"],
    ]
    assert found.remedies[1][0].kind is ChangeKind.VERIFICATION


def test_an_old_claim_that_falls_short_anyway_wants_new_evidence() -> None:
    old = evidence(read="2020-01-01", verified="2026-06-14")
    known = registry(provider("acme", claim("training", "used", old)))
    strict = firm(require=UNTRAINED, demand=EvidenceDemand(max_age_days=0))
    assert texts(explained(strict, known))[1] == ["evidence for `acme`: `training` prohibited"]
    lenient = registry(provider("acme", claim("training", "prohibited", old)))
    assert texts(explained(strict, lenient))[1] == [f"{AGAIN} (last verified 1 day ago)"]


def test_each_hop_that_falls_short_is_named() -> None:
    known = registry(
        gateway("relay", claim("dpa", "none"), adds_hop=True),
        provider("acme", claim("dpa", "in_force")),
        provider("sub", claim("dpa", "available")),
        route(at="relay", below=("sub",)),
    )
    assert texts(explained(firm(require=CONTRACTED), known)) == [
        [
            "an agreement with relay (`relay`) in force: `dpa` in_force",
            "an agreement with sub (`sub`) in force: `dpa` in_force",
        ]
    ]


def test_a_blanket_contract_is_too_wide_until_somebody_shows_more() -> None:
    known = registry(
        model("one", claim("training", "used")), agreement(training="prohibited"), route()
    )
    assert texts(explained(firm(require=UNTRAINED), known)) == [
        ["agreement `contract` with acme (`acme`) amended: `training` prohibited"],
        ["evidence for `acme`: `training` prohibited"],
    ]


def _in_the_us(*more: object, at: str = "hub") -> Registry:
    elsewhere = [
        claim(attribute, DE) for attribute in ("provider_jurisdiction", "support_location")
    ]
    abroad = claim("inference_location", places("US"))
    return registry(
        provider("acme", NOTHING_KEPT, abroad, *elsewhere),
        route(at=at),
        *more,  # type: ignore[arg-type]
    )


def test_a_transfer_needs_clauses_and_an_assessment() -> None:
    assert texts(explained(firm(require=TRANSFER), _in_the_us())) == [[CLAUSES_2, TIA], [ELSEWHERE]]


def test_clauses_in_force_need_the_assessment_only() -> None:
    held = agreement("scc", Clause(Mechanism.SCC, "M2"))
    assert texts(explained(firm(require=TRANSFER), _in_the_us(held))) == [
        [TIA],
        [ELSEWHERE.replace(WITH_ACME, "agreement `scc` with acme (`acme`) amended:")],
    ]


def test_behind_a_processor_the_clauses_are_module_three() -> None:
    at_home = [
        claim(attribute, DE)
        for attribute in ("provider_jurisdiction", "inference_location", "support_location")
    ]
    relay = gateway("relay", NOTHING_KEPT, *at_home, adds_hop=True)
    found, _ = texts(explained(firm(require=TRANSFER), _in_the_us(relay, at="relay")))
    assert found == [CLAUSES_2.replace("module 2", "module 3"), TIA]


@pytest.mark.parametrize(
    ("regime", "wanted", "said"),
    [
        ("uk_gdpr", "idta_with_tra", "the UK international data transfer agreement"),
        (
            "uk_gdpr",
            "addendum_with_tra",
            "the UK addendum, standard contractual clauses (module 2)",
        ),
        ("eu_gdpr", "bcr_with_tia", "binding corporate rules"),
        (
            "ch_fadp",
            "scc_swiss_with_tia",
            "standard contractual clauses with the Swiss adaptations (module 2)",
        ),
    ],
)
def test_the_clauses_of_each_regime(regime: str, wanted: str, said: str) -> None:
    home = {"uk_gdpr": "GB", "eu_gdpr": "DE", "ch_fadp": "CH"}[regime]
    at_home = [
        claim(attribute, places(home))
        for attribute in ("provider_jurisdiction", "support_location")
    ]
    abroad = claim("inference_location", places("US"))
    known = registry(provider("acme", NOTHING_KEPT, abroad, *at_home))
    demanded = names(f"transfer_basis.{regime}", IS, "not_a_transfer", wanted)
    found, _ = texts(explained(firm(require=demanded), known))
    assert found == [f"{WITH_ACME} {said}", TIA]


def test_a_place_not_known_must_be_named() -> None:
    known = registry(
        provider(
            "acme",
            NOTHING_KEPT,
            claim("inference_location", DE),
            claim("support_location", DE),
        )
    )
    assert texts(explained(firm(require=TRANSFER), known)) == [
        [f"{WITH_ACME} `provider_jurisdiction` {NAMED}"],
        [f"evidence for `acme`: `provider_jurisdiction` {NAMED}"],
    ]


def test_a_certificate_that_only_a_list_can_show_is_not_proposed() -> None:
    demanded = names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "dpf")
    listed = adequacy("dpf", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US")
    assert texts(explained(firm(require=demanded), _in_the_us(listed))) == [[ELSEWHERE]]


def test_facts_may_settle_it() -> None:
    asked = facts(data=("personal",), opened=("data",))
    for_health = firm(when=names("data", INCLUDES, "health"), require=CONTRACTED)
    known = registry(provider("acme", claim("dpa", "none")))
    found = explained(for_health, known, asked)
    assert texts(found) == [
        [f"{WITH_ACME} `dpa` in_force"],
        ["if the facts are otherwise, state them: `data` (`policy/rule` may then not apply)"],
    ]
    assert [chosen[0].kind for chosen in found.remedies] == [ChangeKind.AGREEMENT, ChangeKind.FACT]


def test_an_exception_is_a_way_only_where_the_rule_may_be_waived() -> None:
    known = registry(provider("acme", claim("provider_jurisdiction", places("US"))))
    abroad = rule(require=names("provider_jurisdiction", WITHIN, "EEA"))
    assert texts(explained(abroad, known)) == [[exception_to("rule")]]


def test_a_new_contract_takes_the_place_of_an_older_one() -> None:
    known = registry(agreement(training="used"))
    assert texts(explained(firm(require=UNTRAINED), known)) == [
        ["agreement `contract` with acme (`acme`) amended: `training` prohibited"]
    ]


def test_a_mere_declaration_adds_what_must_be_met_too() -> None:
    asked = replace(facts(data=("personal", "health")), base=facts(data=("personal",)))
    for_health = firm(when=names("data", INCLUDES, "health"), require=DPIA)
    assert texts(explained(for_health, registry(), asked)) == [
        [
            (
                "a sign-off `dpia` in force for this route and request, for all of its data: "
                "health, personal (ordinary personal data)"
            )
        ]
    ]
