"""Contracts and evidence say what a set of steps needs, and no more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import All, AnyOf, Matcher, Not, PolicySet, Predicate, Rule
from policy_router.domain.registry import Registry
from tests.explained import (
    ANOTHER,
    CLAUSES_2,
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
    NOTHING_KEPT,
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
from tests.small import claim, exception, facts, places, policy, provider, registry, rule
from tests.strategies.predicates import bound, names

USED, NO_DPA = claim("training", "used"), claim("dpa", "none")
TRAINS, UNSIGNED = names("training", IS, "used"), names("dpa", IS, "none")
LOGS = names("logging", IS, "content")
NEITHER = registry(provider("acme", USED, NO_DPA))
SIGNED = "a sign-off `dpia` in force for this route and request"
IN_EEA = names("storage_location", WITHIN, "EEA")
A_MONTH = bound("retention_days", Matcher.AT_MOST, Decimal(30))
STORED = claim("storage_location", places("US")), claim("retention_days", Decimal(90))
ABROAD = registry(
    provider(
        "acme",
        NOTHING_KEPT,
        USED,
        NO_DPA,
        claim("inference_location", places("US")),
        *(claim(name, DE) for name in ("provider_jurisdiction", "support_location")),
    )
)


def sets(known: Registry, *demanded: Rule) -> list[list[str]]:
    """The remedies for all rules at once, in words."""
    numbered = (replace(r, id=f"r{n}") for n, r in enumerate(demanded))
    return texts(explained(PolicySet((policy(*numbered),)), known))


@pytest.mark.parametrize(
    "demanded",
    [
        firm(require=AnyOf((Not(TRAINS), Not(UNSIGNED)))),
        firm(require=Not(All((TRAINS, UNSIGNED)))),
        firm(forbid=(All((TRAINS, UNSIGNED)),)),
        firm(forbid=(Not(Not(All((TRAINS, UNSIGNED)))),)),
        firm(forbid=(Not(AnyOf((Not(TRAINS), Not(UNSIGNED)))),)),
        firm(require=All((AnyOf((Not(TRAINS), Not(UNSIGNED))),))),
    ],
    ids=("any", "not all", "never both", "twice turned", "turned", "within"),
)
def test_where_one_of_two_will_do_a_contract_says_one(demanded: Rule) -> None:
    assert sets(NEITHER, demanded) == [[f"{WITH_ACME} `dpa` not none"]]


@pytest.mark.parametrize(
    "demanded",
    [
        firm(require=All((AnyOf((Not(TRAINS), Not(UNSIGNED))), Not(LOGS)))),
        firm(require=Not(LOGS), forbid=(All((TRAINS, UNSIGNED)),)),
        firm(forbid=(LOGS, All((TRAINS, UNSIGNED)))),
    ],
)
def test_a_choice_is_made_beside_what_the_same_rule_leaves_no_choice_of(demanded: Rule) -> None:
    known = registry(provider("acme", USED, NO_DPA, claim("logging", "content")))
    (((said,),)) = sets(known, demanded)
    assert sorted(said.removeprefix(f"{WITH_ACME} ").split(", ")) == [
        "`dpa` not none",
        "`logging` not content",
    ]


@pytest.mark.parametrize(
    "demanded",
    [
        firm(require=All((Not(TRAINS), Not(UNSIGNED)))),
        firm(require=Not(AnyOf((TRAINS, UNSIGNED)))),
        firm(forbid=(AnyOf((TRAINS, UNSIGNED)),)),
        firm(forbid=(TRAINS, UNSIGNED)),
    ],
)
def test_where_both_are_needed_a_contract_says_both(demanded: Rule) -> None:
    assert sets(NEITHER, demanded) == [[f"{WITH_ACME} `training` not used, `dpa` not none"]]


EITHER = AnyOf((UNTRAINED, CONTRACTED))


@pytest.mark.parametrize("others", [(), (firm(require=names("logging", IS, "none")),)])
def test_a_choice_is_made_beside_what_leaves_none(others: tuple[Rule, ...]) -> None:
    besides = ", `logging` none" if others else ""
    said = f"{WITH_ACME} `dpa` in_force{besides}"
    assert sets(NEITHER, firm(require=EITHER), firm(require=DPIA), *others) == [[said, SIGNED]]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((), "`storage_location` within EEA (now US)"),
        ((A_MONTH,), "`retention_days` at most 30, `storage_location` within EEA (now US)"),
        (
            (A_MONTH, UNTRAINED),
            (
                "`retention_days` at most 30, `training` prohibited, "
                "`storage_location` within EEA (now US)"
            ),
        ),
        (
            (bound("retention_days", Matcher.AT_MOST, Decimal(0)),),
            "`retention_days` at most 0",
        ),
    ],
)
def test_that_nothing_is_kept_is_said_only_if_a_rule_asks_for_it(
    others: tuple[Predicate, ...], said: str
) -> None:
    known = registry(provider("acme", *STORED, USED))
    demanded = [firm(require=part) for part in (*others, IN_EEA)]
    assert sets(known, *demanded) == [[f"{WITH_ACME} {said}"]]


def test_clauses_are_said_where_no_other_place_is_named() -> None:
    assert sets(ABROAD, firm(require=TRANSFER), firm(require=UNTRAINED)) == [
        [f"{WITH_ACME} `training` prohibited, standard contractual clauses (module 2)", TIA],
        [f"{WITH_ACME} `inference_location` {ANOTHER}, `training` prohibited"],
    ]


def test_clauses_that_only_a_waived_rule_wants_are_not_said() -> None:
    hopeless = rule(require=All((TRANSFER, names("stage", IS, "preview"))))
    assert sets(ABROAD, firm(require=CONTRACTED), hopeless) == [
        [f"{WITH_ACME} `dpa` in_force", exception_to("r1")]
    ]


def test_a_place_is_named_without_the_clauses_that_would_do_for_another() -> None:
    assert sets(ABROAD, firm(require=TRANSFER), firm(require=DPIA)) == [
        [CLAUSES_2, TIA, SIGNED],
        [f"{WITH_ACME} `inference_location` {ANOTHER}", SIGNED],
    ]


def test_what_an_exception_would_accept_is_not_said_where_the_rule_is_waived_anyway() -> None:
    asked = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
    rules = firm(name="a", require=CONTRACTED), rule("b", require=names("stage", IS, "preview"))
    ordinary = Not(names("data", INCLUDES, "health"))
    waiver = exception(of="policy/b", when=ordinary, training=("prohibited",))
    in_force = PolicySet((policy(*rules),), exceptions=(waiver,))
    found = texts(explained(in_force, NEITHER, asked))
    assert [f"{WITH_ACME} `dpa` in_force", exception_to("b")] in found
    assert len(found) == 2
    assert any("`training` prohibited" in chosen[0] for chosen in found)
