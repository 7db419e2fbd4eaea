"""What stands behind a decision: law, agreements, sign-offs and exceptions, by their ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Claim, Listing
from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from policy_router.domain.decision import Used
from policy_router.domain.policy import Mode, PolicySet, Predicate
from policy_router.domain.territory import Scope
from policy_router.domain.vocabulary import Regime
from policy_router.engine.used import together
from tests.explained import CONTRACTED, DE, DPIA, IS, NOTHING_KEPT, TRANSFER, told
from tests.small import (
    NOW,
    agreement,
    claim,
    exception,
    facts,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
)
from tests.strategies.law import adequacy
from tests.strategies.predicates import names

US = places("US")
ASKED = facts(None, data=("personal",), regime=("eu_gdpr",), subjects=("customers",))
EVERYWHERE = ("provider_jurisdiction", "inference_location", "support_location")
WHOLE = adequacy("whole", Regime.EU_GDPR, Scope.WHOLE, "CH")
LISTED = adequacy("listed", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US")
REFUSED = policy(rule(require=names("stage", IS, "preview")))
CERTIFIED = claim("dpf", Listing("Acme Inc", "active", frozenset({"hr", "non_hr"}), frozenset()))
UNTRAINED = names("training", IS, "prohibited")
IN_FORCE = agreement("contract", dpa="in_force")
AT_HOME = [claim(name, DE) for name in EVERYWHERE]
ABROAD = provider("acme", NOTHING_KEPT, *(claim(name, US) for name in EVERYWHERE))
CLAUSES = agreement("clauses", Clause(Mechanism.SCC, "M2"))
IN_THE_EU = facts(data=("personal",), regime=("eu_gdpr",), purpose="support", tenant="blue")


def _assessment(name: str = "tia", recorded: str = "2026-01-20") -> Signoff:
    return signoff(
        "tia", name=name, routes=(), importers=("acme",), countries=("US",), recorded=recorded
    )


# ---- a refusal ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "law"),
    [
        (AT_HOME, ("EEA",)),
        ([claim(name, places("CH")) for name in EVERYWHERE], ("whole",)),
        ([*(claim(name, US) for name in EVERYWHERE), CERTIFIED], ("listed",)),
        ([claim(name, US) for name in EVERYWHERE], ()),
        ([claim(EVERYWHERE[0], DE), claim(EVERYWHERE[1], places("CH"))], ("EEA", "whole")),
        ([], ()),
    ],
    ids=("at home", "adequate", "certified", "abroad", "here and there", "nowhere known"),
)
def test_the_law_that_places_rest_on(claims: list[Claim], law: tuple[str, ...]) -> None:
    known = registry(provider("acme", NOTHING_KEPT, *claims), WHOLE, LISTED)
    assert told(REFUSED, known, ASKED).used.law == law
    assert told(REFUSED, known, facts(None, data=("personal",))).used.law == ()


@pytest.mark.parametrize(
    ("judged", "counts"),
    [
        (signoff(routes=("a",)), True),
        (signoff(routes=("b", "c")), True),
        (signoff(routes=("c",)), False),
        (signoff(routes=(), importers=("acme",)), True),
        (signoff(routes=(), importers=("other",)), False),
        (signoff(approved=False), True),
        (signoff(recorded="2027-01-01"), True),
    ],
)
def test_judgements_about_one_of_the_routes_refused_count(judged: Signoff, counts: bool) -> None:
    found = told(REFUSED, registry(route("a"), route("b"), judged), ASKED)
    assert found.used.signoffs == (("judgement",) if counts else ())


def test_what_is_not_yet_known_of_a_refused_route_does_not_count() -> None:
    known = registry(signoff(recorded="2026-06-16"), signoff(name="then"))
    moment = replace(NOW, known_at=NOW.at)
    assert told(REFUSED, known, ASKED, moment).used.signoffs == ("then",)


def test_agreements_count_for_the_routes_refused() -> None:
    held = agreement("own", models=(), routes=("b",)), agreement("other", parties=("other",))
    known = registry(route("a"), route("b"), *held)
    assert told(REFUSED, known, ASKED).used.agreements == ("own",)


def test_an_exception_to_one_of_two_rules_counts_for_a_refusal() -> None:
    in_force = PolicySet((policy(rule(require=UNTRAINED), rule("other", require=UNTRAINED)),))
    waived = replace(in_force, exceptions=(exception("waiver"),))
    assert told(waived).used == Used(exceptions=("waiver",))


# ---- a permission -------------------------------------------------------------------------------


def _rests(demanded: Predicate, *recorded: Agreement | Signoff, mode: Mode = Mode.ENFORCE) -> Used:
    in_force = policy(rule(require=demanded, mode=mode), rule("always"))
    found = told(in_force, registry(ABROAD, *recorded), IN_THE_EU)
    assert found.determination.permitted
    return found.used


def test_a_permission_rests_on_what_its_verdicts_would_change_without() -> None:
    needed, idle = signoff(), signoff("vendor_review", name="idle")
    assert _rests(DPIA, needed, idle, IN_FORCE) == Used(signoffs=("judgement",))
    assert _rests(CONTRACTED, needed, idle, IN_FORCE) == Used(agreements=("contract",))


def test_what_a_rule_only_watches_is_nothing_to_rest_on() -> None:
    assert _rests(DPIA, signoff(), mode=Mode.MONITOR) == Used()
    watched = policy(rule(require=UNTRAINED, mode=Mode.MONITOR), rule("always"))
    waived = PolicySet((watched,), exceptions=(exception("waiver"),))
    assert told(waived).used == Used()


def test_of_two_sign_offs_that_are_each_enough_the_last_recorded_is_named() -> None:
    old = signoff(name="a", recorded="2025-01-20")
    new = signoff(name="b", recorded="2026-01-20")
    assert _rests(DPIA, old, new).signoffs == ("b",)
    assert _rests(DPIA, new, old).signoffs == ("b",)
    again = signoff(name="c", recorded="2026-01-20")
    assert _rests(DPIA, new, again).signoffs == ("b",)


def test_a_sign_off_that_a_rejection_ended_is_not_named_nor_is_the_rejection() -> None:
    old = signoff(name="old", recorded="2025-01-20")
    rejected = signoff(name="no", approved=False, recorded="2025-06-20")
    assert _rests(DPIA, old, rejected, signoff(name="new")).signoffs == ("new",)


def test_of_two_agreements_that_are_each_enough_the_first_id_is_named() -> None:
    held = agreement("b", dpa="in_force"), agreement("a", dpa="in_force")
    assert _rests(CONTRACTED, *held).agreements == ("a",)


def test_an_agreement_that_is_enough_for_all_spares_one_that_is_for_some() -> None:
    both = agreement("b", dpa="in_force", training="prohibited")
    rules = policy(rule(require=CONTRACTED), rule("untrained", require=UNTRAINED))
    known = registry(agreement("a", dpa="in_force"), both)
    assert told(rules, known).used.agreements == ("b",)


def test_clauses_and_the_assessment_stand_behind_a_transfer_together() -> None:
    assert _rests(TRANSFER, CLAUSES, _assessment(), IN_FORCE) == Used(
        agreements=("clauses",), signoffs=("tia",)
    )


def test_a_decision_of_law_comes_before_clauses() -> None:
    known = registry(
        provider("acme", NOTHING_KEPT, *(claim(name, places("CH")) for name in EVERYWHERE)),
        WHOLE,
        CLAUSES,
        signoff("tia", name="tia", routes=(), importers=("acme",), countries=("CH",)),
    )
    found = told(policy(rule(require=TRANSFER)), known, IN_THE_EU)
    assert found.determination.permitted
    assert found.used == Used(law=("whole",))


def test_law_of_transfers_is_nothing_to_rest_on_where_no_rule_asks_for_a_basis() -> None:
    known = registry(provider("acme", NOTHING_KEPT, *AT_HOME))
    assert told(policy(), known, IN_THE_EU).used == Used()
    assert told(policy(rule(require=TRANSFER)), known, IN_THE_EU).used == Used(law=("EEA",))


def test_a_permission_under_an_exception_names_it_and_what_it_accepts() -> None:
    kept = names("training", IS, "prohibited")
    in_force = policy(rule(require=kept))
    known = registry(agreement("held", training="used"), IN_FORCE)
    waived = PolicySet((in_force,), exceptions=(exception("waiver", training=("used",)),))
    assert told(waived, known).used == Used(exceptions=("waiver",), agreements=("held",))


def test_of_two_exceptions_the_one_of_the_verdict_is_named() -> None:
    waivers = exception("b"), exception("a")
    in_force = PolicySet((policy(rule(require=UNTRAINED)),), exceptions=waivers)
    assert told(in_force).used.exceptions == ("a",)


def test_a_permission_rests_on_what_the_chosen_route_rests_on() -> None:
    known = registry(
        *(
            provider("acme"),
            provider("other", operator="other"),
            route("a"),
            route("b", by="other"),
        ),
        agreement("with acme", dpa="in_force"),
        agreement("with other", parties=("other",), dpa="in_force"),
    )
    found = told(policy(rule(require=CONTRACTED)), known)
    assert found.determination.chain == ("a", "b")
    assert found.used.agreements == ("with acme",)


def test_what_several_permissions_rest_on_is_named_once() -> None:
    one = Used(law=("EEA",), agreements=("b", "a"), signoffs=("s",))
    other = Used(law=("EEA",), exceptions=("e",), agreements=("a",))
    assert together([one, other]) == Used(
        law=("EEA",), exceptions=("e",), agreements=("a", "b"), signoffs=("s",)
    )
    assert together([]) == Used()
