"""How remedies are searched: every smallest set, within its bounds, and no words too many."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import Claim, EvidenceDemand
from policy_router.domain.policy import All, AnyOf, Matcher, Mode, Not, PolicySet, Predicate
from policy_router.engine import remedies, setwise
from policy_router.engine.explanation import ChangeKind, Term
from tests.explained import (
    ANOTHER,
    CLAUSES_2,
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
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
from tests.small import (
    NOW,
    agreement,
    claim,
    evidence,
    exception,
    facts,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    utc,
)
from tests.strategies.predicates import bound, names


def test_one_step_that_replaces_many_comes_first() -> None:
    either = tuple(
        AnyOf((names("signoff", INCLUDES, kind), CONTRACTED))
        for kind in ("dpia", "lia", "tia", "vendor_review", "art9_condition", "art10_authority")
    )
    known = registry(provider("acme", claim("dpa", "available")))
    found = explained(firm(require=All(either)), known)
    kinds = [[c.kind for c in chosen] for chosen in found.remedies]
    assert kinds == [[ChangeKind.AGREEMENT], [ChangeKind.SIGNOFF] * 6]


def test_every_remedy_is_needed() -> None:
    two = PolicySet(
        (
            policy(
                replace(rule("a", require=DPIA), waivable=False),
                replace(rule("b", require=UNTRAINED), waivable=False),
            ),
        )
    )
    known = registry(provider("acme", claim("training", "used")), signoff("tia"))
    only = explained(two, known, PERSONAL)
    assert texts(only) == [
        [
            f"{WITH_ACME} `training` prohibited",
            "a sign-off `dpia` in force for this route and request",
        ]
    ]


OTHERWISE = "if the facts are otherwise, state them:"
EITHER = AnyOf((DPIA, names("signoff", INCLUDES, "lia")))
BOTH = All(
    tuple(
        AnyOf((names("signoff", INCLUDES, a), names("signoff", INCLUDES, b)))
        for a, b in (("dpia", "lia"), ("vendor_review", "art9_condition"))
    )
)


@pytest.mark.parametrize(
    ("bound", "at", "demanded", "left"),
    [
        ("MOST_CONFIRMED", 1, EITHER, 1),
        ("MOST_FOUND", 1, EITHER, 1),
        ("MOST_KEPT", 1, EITHER, 1),
        ("LARGEST_SET", 1, BOTH, 0),
        ("MOST_CONFIRMED", 0, EITHER, 0),
    ],
)
def test_a_search_that_meets_its_bound_says_so(
    bound: str, at: int, demanded: Predicate, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remedies, bound, at)
    found = explained(firm(require=demanded), registry())
    assert (len(found.remedies), found.complete) == (left, False)


def test_steps_that_bear_on_one_test_are_not_combined_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(setwise, "MOST_TRIED", 2)
    found = explained(
        firm(require=names("signoff", Matcher.INCLUDES_ANY, "dpia", "lia")), registry()
    )
    said = [change.about for chosen in found.remedies for change in chosen]
    assert (said, found.complete) == (["dpia"], False)


def test_every_smallest_set_is_found_the_shortest_first() -> None:
    found = texts(explained(firm(require=BOTH), registry()))
    assert [len(chosen) for chosen in found] == [2] * 4
    assert found == sorted(found)


KEPT = rule("b", require=names("training", IS, "opted_out"))
OPTED_OUT = registry(provider("acme", claim("training", "opted_out")))
MENDED = [f"{WITH_ACME} `training` prohibited", exception_to("b")]


@pytest.mark.parametrize(("waivable", "left"), [(False, []), (True, [MENDED])])
def test_a_step_that_undoes_what_another_rule_has(waivable: bool, left: list[list[str]]) -> None:
    kept = replace(KEPT, waivable=waivable)
    in_force = PolicySet((policy(firm(name="a", require=UNTRAINED), kept),))
    assert texts(explained(in_force, OPTED_OUT)) == left


def test_a_set_that_needs_more_is_not_mended_with_what_is_enough_alone() -> None:
    for_health = firm(name="a", when=names("data", INCLUDES, "health"), require=UNTRAINED)
    asked = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
    only = explained(PolicySet((policy(for_health, KEPT),)), OPTED_OUT, asked)
    assert texts(only) == [[f"{OTHERWISE} `data` (`policy/a` may then not apply)"], MENDED]


def test_a_set_as_large_as_the_bound_is_not_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    in_force = PolicySet((policy(firm(name="a", require=UNTRAINED), KEPT),))
    assert texts(explained(in_force, OPTED_OUT)) == [MENDED]
    monkeypatch.setattr(remedies, "LARGEST_SET", 1)
    found = explained(in_force, OPTED_OUT)
    assert (found.remedies, found.complete) == ((), False)


def test_what_becomes_known_may_ask_for_more() -> None:
    at_home = [claim(attribute, DE) for attribute in ("provider_jurisdiction", "support_location")]
    known = registry(provider("acme", NOTHING_KEPT, *at_home))
    abroad = firm(name="a", require=names("inference_location", WITHIN, "US"))
    transfer = firm(name="b", require=TRANSFER)
    in_force = PolicySet((policy(abroad, transfer),))
    only = explained(in_force, known, PERSONAL)
    assert texts(only) == [
        [
            f"{WITH_ACME} `inference_location` within US, standard contractual clauses (module 2)",
            TIA,
        ]
    ]


def test_a_contract_says_no_more_than_the_set_needs() -> None:
    known = registry(provider("acme", claim("dpa", "available"), claim("training", "used")))
    either = firm(require=AnyOf((CONTRACTED, UNTRAINED)))
    assert texts(explained(either, known)) == [[f"{WITH_ACME} `training` prohibited"]]
    waivable = rule("b", require=UNTRAINED)
    in_force = PolicySet((policy(firm(name="a", require=All((CONTRACTED, DPIA))), waivable),))
    only = explained(in_force, known, PERSONAL)
    assert texts(only) == [
        [
            f"{WITH_ACME} `dpa` in_force, `training` prohibited",
            "a sign-off `dpia` in force for this route and request",
        ]
    ]


def test_a_contract_states_what_evidence_of_the_same_party_could_show() -> None:
    known = registry(provider("acme", claim("dpa", "none")))
    here = names("provider_jurisdiction", WITHIN, "EEA")
    found = explained(firm(require=All((CONTRACTED, UNTRAINED, here))), known)
    stated = "`dpa` in_force, `training` prohibited, `provider_jurisdiction` within EEA"
    assert texts(found) == [[f"{WITH_ACME} {stated}"]]
    assert found.remedies[0][0].terms == (
        Term("dpa", "in_force"),
        Term("training", "prohibited"),
        Term("provider_jurisdiction", "within EEA"),
    )


def test_a_contract_that_a_waiver_spares_something_says_less() -> None:
    known = registry(provider("acme", claim("dpa", "none"), claim("training", "used")))
    first = firm(name="a", require=CONTRACTED)
    second = rule("b", require=All((UNTRAINED, names("stage", IS, "preview"))))
    in_force = PolicySet((policy(first, second),))
    only = explained(in_force, known, PERSONAL)
    assert texts(only) == [[f"{WITH_ACME} `dpa` in_force", exception_to("b")]]


def test_an_exception_in_force_may_come_to_match() -> None:
    known = registry(provider("acme", claim("retention_days", Decimal(90))))
    short = firm(require=bound("retention_days", Matcher.AT_MOST, Decimal(30)))
    asked = facts(data=("personal",), opened=("data",))
    ordinary = Not(names("data", INCLUDES, "health"))
    waivers = (
        exception("accepted", when=ordinary, retention_days=("90",)),
        exception("elsewhere", when=ordinary, routes=("s",)),
        exception("another", of="policy/other"),
    )
    in_force = PolicySet((policy(short),), exceptions=waivers)
    only = explained(in_force, known, asked)
    assert texts(only) == [
        [f"{WITH_ACME} `retention_days` at most 30"],
        ["all of `data` stated: there may be more than is stated now"],
    ]


def test_stating_all_of_what_is_open_may_be_enough() -> None:
    asked = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
    found = explained(firm(require=DPIA), registry(signoff("dpia")), asked)
    assert texts(found) == [["all of `data` stated: there may be more than is stated now"]]
    assert found.remedies[0][0].kind is ChangeKind.FACT


def test_one_fact_may_put_many_rules_in_doubt() -> None:
    health = names("data", INCLUDES, "health")
    rules = [firm(name=n, when=health, require=CONTRACTED) for n in ("a", "b", "c")]
    both = AnyOf((health, names("regime", INCLUDES, "eu_gdpr")))
    rules.append(firm(name="d", when=both, require=CONTRACTED))
    in_force = PolicySet((policy(*rules),))
    known = registry(provider("acme", claim("provider_jurisdiction", DE)))
    only = explained(in_force, known, facts())
    assert texts(only) == [
        [f"{WITH_ACME} `dpa` in_force"],
        [
            f"{OTHERWISE} `data` (`policy/a`, `policy/b` and 2 more may then not apply)",
            f"{OTHERWISE} `regime` (`policy/d` may then not apply)",
        ],
    ]
    assert only.remedies[1][1].rules == ("policy/d",)


def test_the_maker_can_show_where_it_is() -> None:
    here = names("maker_jurisdiction", WITHIN, "EEA")
    assert texts(explained(firm(require=here), registry())) == [
        ["evidence for `maker`: `maker_jurisdiction` within EEA"]
    ]


def test_a_contract_with_one_party_leaves_the_others_as_they_were() -> None:
    shared = agreement("shared", parties=("acme", "sub"), dpa="none", training="prohibited")
    known = registry(
        provider("acme"), provider("sub", operator="sub"), route(below=("sub",)), shared
    )
    found = explained(firm(require=All((CONTRACTED, UNTRAINED))), known)
    assert texts(found) == [
        [
            "agreement `shared` with acme (`acme`) amended: `dpa` in_force",
            "agreement `shared` with sub (`sub`) amended: `dpa` in_force",
        ]
    ]


def test_a_contract_takes_the_place_of_one_with_the_operator() -> None:
    held = agreement("held", parties=("group",), training="used")
    known = registry(provider("acme", operator="group"), held)
    assert texts(explained(firm(require=UNTRAINED), known)) == [
        ["agreement `held` with acme (`acme`) amended: `training` prohibited"]
    ]


@pytest.mark.parametrize("known_at", [None, "2026-06-15T12:00"])
def test_a_judgement_after_a_rejection(known_at: str | None) -> None:
    rejected = signoff("dpia", approved=False, recorded="2026-06-15T12:00")
    in_force, known = PolicySet((policy(firm(require=DPIA)),)), registry(rejected)
    moment = replace(NOW, known_at=None if known_at is None else utc(known_at))
    only = explained(in_force, known, PERSONAL, moment)
    assert bool(only.remedies) is (known_at is None)


def test_a_rule_that_monitors_asks_for_nothing() -> None:
    watching = rule("watched", require=UNTRAINED, mode=Mode.MONITOR)
    in_force = PolicySet((policy(firm(require=DPIA), watching),))
    only = explained(in_force, registry(), PERSONAL)
    assert texts(only) == [["a sign-off `dpia` in force for this route and request"]]


@pytest.mark.parametrize("claimed", [(), (claim("training", "opted_out"),)])
def test_what_cannot_be_met_is_not_proposed(claimed: tuple[Claim, ...]) -> None:
    either = names("training", IS, "used")
    both = firm(require=either, forbid=(either,))
    assert texts(explained(both, registry(provider("acme", *claimed)))) == []


def test_a_way_of_two_steps_is_shown_beside_one_of_a_single_step() -> None:
    at_home = [claim(attribute, DE) for attribute in ("provider_jurisdiction", "support_location")]
    abroad = claim("inference_location", places("US"))
    known = registry(provider("acme", NOTHING_KEPT, abroad, *at_home))
    assert texts(explained(rule(require=TRANSFER), known)) == [
        [CLAUSES_2, TIA],
        [f"{WITH_ACME} `inference_location` {ANOTHER}"],
        [exception_to("rule")],
    ]


def test_what_says_that_a_contract_is_in_force_may_be_verified_again() -> None:
    known = registry(provider("acme", claim("dpa", "in_force", evidence(read="2024-06-15"))))
    young = firm(require=CONTRACTED, demand=EvidenceDemand(max_age_days=365))
    assert texts(explained(young, known)) == [
        [f"{WITH_ACME} `dpa` in_force"],
        ["verified again for `acme`: `dpa` in_force (read 730 days ago, verified by nobody)"],
    ]
