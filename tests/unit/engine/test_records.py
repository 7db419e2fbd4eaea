"""What somebody recorded and is no help to a rule that is not met: named, with every reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Moment, Validity
from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from policy_router.domain.policy import Mode, PolicySet, Predicate
from policy_router.domain.request import RequestFacts
from policy_router.engine.explanation import NoHelp, RecordKind
from tests.explained import CONTRACTED, DPIA, INCLUDES, IS, NOTHING_KEPT, TRANSFER, told
from tests.small import (
    NOW,
    agreement,
    claim,
    exception,
    facts,
    gateway,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    utc,
)
from tests.strategies.predicates import names

EVERYWHERE = ("provider_jurisdiction", "inference_location", "support_location")
ABROAD = provider("acme", NOTHING_KEPT, *(claim(name, places("US")) for name in EVERYWHERE))
ASKED = facts(data=("personal",), regime=("eu_gdpr",), purpose="support", tenant="blue")
LAPSED = Validity(utc("2025-01-01"), utc("2026-02-01"))
LATER = Validity(utc("2026-12-01"))
UNTRAINED = names("training", IS, "prohibited")


def _no_help(
    demanded: Predicate,
    *recorded: Agreement | Signoff,
    asked: RequestFacts = ASKED,
    moment: Moment = NOW,
    relayed: bool = False,
) -> list[tuple[str, str]]:
    """List what is no help to the only rule on the only route, which is refused."""
    hub = gateway(adds_hop=relayed)
    found = told(policy(rule(require=demanded)), registry(ABROAD, hub, *recorded), asked, moment)
    (only,) = found.routes
    assert not only.permitted
    assert {each.rule for each in only.no_help} <= {"policy/rule"}
    return [(each.id, each.why) for each in only.no_help]


# ---- judgements ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        (signoff(valid=LAPSED), "lapsed: its last day was 2026-01-31"),
        (signoff(valid=LATER), "begins only on 2026-12-01"),
        (signoff(routes=("s", "t")), "covers only the routes `s`, `t`"),
        (
            signoff(data=("health",)),
            "covers only the data health, not personal (ordinary personal data)",
        ),
        (signoff(purposes=("care",)), "covers only the purpose `care`, not `support`"),
        (signoff(tenants=("red", "green")), "covers only the tenants `red`, `green`, not `blue`"),
        (signoff(routes=()), "names neither routes nor importers, so it covers nothing"),
        (
            signoff(countries=("US",)),
            "is about transfers to US only, not about the route as a whole",
        ),
        (
            signoff(routes=tuple("stuvw")),
            "covers only the routes `s`, `t`, `u` and 2 more",
        ),
        (
            signoff(valid=LAPSED, data=("health",), purposes=("care",)),
            (
                "lapsed: its last day was 2026-01-31; covers only the data health, not personal "
                "(ordinary personal data); covers only the purpose `care`, not `support`"
            ),
        ),
        (signoff(approved=False), "rejected on 2026-01-20, until a later approval"),
    ],
)
def test_a_sign_off_that_does_not_count_says_why(judged: Signoff, why: str) -> None:
    assert _no_help(DPIA, judged) == [("judgement", why)]


def test_a_sign_off_for_one_company_on_the_way_says_which_other_it_leaves_out() -> None:
    judged = signoff(routes=(), importers=("acme",))
    why = "covers only the importer `acme`, and the call also passes `hub`"
    assert _no_help(DPIA, judged, relayed=True) == [("judgement", why)]


def test_ordinary_personal_data_are_not_all_personal_data() -> None:
    health = replace(ASKED, sets={**ASKED.sets, **facts(data=("health",)).sets})
    why = "covers only the data personal (ordinary personal data), not health"
    assert _no_help(DPIA, signoff(), asked=health) == [("judgement", why)]


@pytest.mark.parametrize(
    ("asked", "judged", "why"),
    [
        (
            facts(data=("personal",), opened=("data",), purpose="support", tenant="blue"),
            signoff(),
            (
                "covers only the data personal (ordinary personal data), and the request may be "
                "about more data than it states"
            ),
        ),
        (
            facts(data=("personal",), tenant="blue"),
            signoff(purposes=("care",)),
            "covers only the purpose `care`, and the request states no purpose",
        ),
    ],
)
def test_what_a_request_leaves_open_is_said(asked: RequestFacts, judged: Signoff, why: str) -> None:
    assert _no_help(DPIA, judged, asked=asked) == [("judgement", why)]


def test_a_rejection_and_what_it_ended_are_both_named() -> None:
    rejected = signoff(name="no", approved=False, routes=(), recorded="2026-03-01")
    assert _no_help(DPIA, signoff(name="yes"), rejected) == [
        ("no", "rejected on 2026-03-01, until a later approval"),
        ("yes", "ended by the rejection `no`, recorded on 2026-03-01"),
    ]


@pytest.mark.parametrize(
    "rejected",
    [
        signoff(name="no", approved=False, valid=LAPSED),
        signoff(name="no", approved=False, data=("trade_secret",)),
        signoff(name="no", approved=False, purposes=("care",)),
        signoff(name="no", approved=False, routes=("other",)),
        signoff("tia", name="no", approved=False),
    ],
    ids=("lapsed", "other data", "another purpose", "another route", "another kind"),
)
def test_a_rejection_of_something_else_is_not_named(rejected: Signoff) -> None:
    assert _no_help(DPIA, rejected) == []


def test_what_was_recorded_later_is_no_help_to_an_earlier_state_of_knowledge() -> None:
    then = replace(NOW, known_at=utc("2026-01-10"))
    assert _no_help(DPIA, signoff(), moment=then) == [("judgement", "recorded only on 2026-01-20")]


def test_sign_offs_for_other_routes_are_named_only_where_none_is_about_this_one() -> None:
    other = signoff(name="other", routes=("s",))
    assert [name for name, _ in _no_help(DPIA, other)] == ["other"]
    assert [name for name, _ in _no_help(DPIA, other, signoff(valid=LAPSED))] == ["judgement"]
    assert _no_help(DPIA, signoff("vendor_review")) == []


# ---- transfers ----------------------------------------------------------------------------------


def _tia(
    importers: tuple[str, ...] = ("acme",), countries: tuple[str, ...] = ("US",), **more: object
) -> Signoff:
    return signoff(
        "tia",
        name="tia",
        importers=importers,
        countries=countries,
        **{"routes": (), **more},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        (_tia(countries=("IN", "SG")), "US is no country it covers (IN, SG)"),
        (_tia(countries=()), "US is no country it covers (none)"),
        (_tia(("other",)), "`acme` is no importer it covers (the importer `other`)"),
        (_tia(valid=LAPSED), "lapsed: its last day was 2026-01-31"),
        (_tia(routes=("s",)), "covers only the route `s`"),
        (
            _tia(data=("health",)),
            "covers only the data health, not personal (ordinary personal data)",
        ),
        (_tia(approved=False), "rejected on 2026-01-20, until a later approval"),
        (
            _tia((), (), routes=("r",)),
            "`acme` is no importer it covers (none); US is no country it covers (none)",
        ),
    ],
)
def test_an_assessment_that_does_not_count_says_why(judged: Signoff, why: str) -> None:
    clauses = agreement("clauses", Clause(Mechanism.SCC, "M2"))
    assert _no_help(TRANSFER, clauses, judged) == [("tia", why)]


def test_an_assessment_that_counts_is_not_named_where_clauses_are_missing() -> None:
    assert _no_help(TRANSFER, _tia()) == []


def test_clauses_of_the_wrong_module_are_told() -> None:
    wrong = agreement("clauses", Clause(Mechanism.SCC, "M3"))
    why = "its clauses are of module 3, and the first party on the way needs module 2"
    assert _no_help(TRANSFER, wrong, _tia()) == [("clauses", why)]


def test_no_assessment_is_asked_for_where_no_clauses_would_do() -> None:
    at_home = names("transfer_basis.eu_gdpr", IS, "not_a_transfer")
    assert _no_help(at_home, _tia(valid=LAPSED)) == []


# ---- contracts and exceptions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (agreement(dpa="in_force", valid=LAPSED), "lapsed: its last day was 2026-01-31"),
        (agreement(dpa="in_force", models=("two",)), "covers only `two`"),
        (agreement(dpa="in_force", models=(), routes=("s",)), "covers only `s`"),
    ],
)
def test_a_contract_that_does_not_count_says_why(held: Agreement, why: str) -> None:
    assert _no_help(CONTRACTED, held) == [("contract", why)]


def test_a_contract_that_says_nothing_of_what_is_wanted_is_not_named() -> None:
    assert _no_help(CONTRACTED, agreement(training="prohibited", valid=LAPSED)) == []
    assert _no_help(CONTRACTED, agreement(parties=("other",), dpa="in_force", valid=LAPSED)) == []
    assert _no_help(UNTRAINED, agreement(training="used")) == []


def _waived(**said: object) -> list[NoHelp]:
    waivers = exception(**said), exception("of another", of="policy/other")  # type: ignore[arg-type]
    in_force = PolicySet((policy(rule(require=UNTRAINED)),), exceptions=waivers)
    (only,) = told(in_force, registry(provider("acme", claim("training", "used"))), ASKED).routes
    return list(only.no_help)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"valid": LAPSED}, "lapsed: its last day was 2026-01-31"),
        ({"routes": ("s", "t")}, "names only the routes `s`, `t`"),
        ({"when": names("purpose", IS, "care")}, "for other requests (`when`)"),
        ({"when": names("lawful_basis", IS, "A6-1-b")}, "not known to be for this one (`when`)"),
        ({"training": ("opted_out",)}, "accepts only `training`: opted_out"),
    ],
)
def test_an_exception_that_does_not_count_says_why(said: dict[str, object], why: str) -> None:
    assert _waived(**said) == [NoHelp("policy/rule", RecordKind.EXCEPTION, "waiver", why)]


def test_what_a_watched_rule_wants_is_told_of_a_permission_too() -> None:
    in_force = policy(rule(require=DPIA, mode=Mode.MONITOR), rule("always"))
    found = told(in_force, registry(signoff(approved=False)), ASKED)
    (only,) = found.routes
    assert only.permitted
    assert [each.id for each in only.no_help] == ["judgement"]


def test_nothing_is_said_of_rules_that_are_met() -> None:
    found = told(
        policy(rule(require=DPIA)), registry(signoff(), signoff(name="b", valid=LAPSED)), ASKED
    )
    assert found.determination.permitted
    assert found.routes[0].no_help == ()


def test_each_of_several_kinds_that_would_do_is_looked_at() -> None:
    either = names("signoff", INCLUDES, "dpia", "lia")
    found = _no_help(either, signoff(valid=LAPSED), signoff("lia", name="lia", valid=LATER))
    assert [name for name, _ in found] == ["judgement", "lia"]


def test_a_hop_that_meets_the_rule_needs_no_contract() -> None:
    """What the gateway promises is enough there; only the provider's contract is told."""
    hub = gateway("hub", claim("training", "prohibited"), adds_hop=True)
    held = (
        agreement("with hub", parties=("hub",), training="prohibited", valid=LAPSED),
        agreement("with acme", training="prohibited", valid=LAPSED),
    )
    found = told(policy(rule(require=UNTRAINED)), registry(hub, *held), ASKED)
    assert [each.id for each in found.routes[0].no_help] == ["with acme"]


def test_no_record_bears_on_the_name_of_a_model() -> None:
    assert _no_help(names("model", IS, "two"), signoff(), agreement(valid=LAPSED)) == []


def test_routes_of_one_kind_are_told_the_same() -> None:
    known = registry(route("a"), route("b"), signoff(valid=LAPSED))
    first, second = told(policy(rule(require=DPIA)), known, ASKED).routes
    assert first.no_help == second.no_help != ()


def test_nothing_is_said_of_a_route_that_does_not_suit_the_call() -> None:
    calls_tools = facts(features=("function_calling",), data=("personal",))
    known = registry(signoff(approved=False))
    (only,) = told(policy(rule(require=DPIA)), known, calls_tools).routes
    assert only.unsuitable
    assert only.no_help == ()
