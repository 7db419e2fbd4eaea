"""What an exception turns, and when it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import EvidenceDemand, Moment, Validity
from policy_router.domain.decision import Verdict
from policy_router.domain.policy import Matcher, Mode, Not, PolicyException, PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from tests.small import (
    NOON,
    NOW,
    claim,
    decided,
    evidence,
    exception,
    facts,
    policy,
    provider,
    registry,
    rule,
    utc,
)
from tests.strategies.predicates import names

PERSONAL = facts(data=("personal",))
IF_PERSONAL = names("data", Matcher.INCLUDES, "personal")
CONTRACTED = rule(require=names("dpa", Matcher.IS, "in_force"))
AVAILABLE = registry(provider("acme", claim("dpa", "available")))
FAIL, UNKNOWN, EXCEPTED, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXCEPTED, Verdict.PASS


def outcome(
    waiver: PolicyException,
    known: Registry = AVAILABLE,
    asked: RequestFacts = PERSONAL,
    moment: Moment = NOW,
) -> tuple[Verdict, str | None]:
    """Tell the verdict of the contract rule, and the exception that turned it."""
    in_force = PolicySet((policy(CONTRACTED),), exceptions=(waiver,))
    found = decided(in_force, known, asked, moment)
    verdict = found.candidates[0].verdicts[0]
    assert found.permitted is verdict.verdict.allows
    return verdict.verdict, verdict.exception


@pytest.mark.parametrize(
    ("waiver", "turned"),
    [
        (exception(), True),
        (exception(of="policy/other"), False),
        (exception(of="other/rule"), False),
        (exception(routes=("r",)), True),
        (exception(routes=("s", "r*")), True),
        (exception(routes=("s",)), False),
        (exception(routes=("R",)), False),
        (exception(when=IF_PERSONAL), True),
        (exception(when=Not(IF_PERSONAL)), False),
        (exception(when=names("purpose", Matcher.IS, "support")), False),
        (exception(valid=Validity(NOON, None)), True),
        (exception(valid=Validity(None, NOON)), False),
        (exception(dpa=("available",)), True),
        (exception(dpa=("none", "available")), True),
        (exception(dpa=("none",)), False),
        (exception(dpa=("available",), training=("used",)), False),
    ],
    ids=(
        "of this rule",
        "of another rule",
        "of another policy",
        "for this route",
        "for routes so named",
        "for another route",
        "for a route otherwise spelt",
        "for such requests",
        "for other requests",
        "for requests of which it is not known",
        "from now on",
        "until now",
        "while the claim is this",
        "while the claim is one of these",
        "while the claim is something else",
        "while another claim is something, which is not known",
    ),
)
def test_what_an_exception_is_about(waiver: PolicyException, turned: bool) -> None:
    assert outcome(waiver) == ((EXCEPTED, "waiver") if turned else (FAIL, None))


@pytest.mark.parametrize(("known_at", "turned"), [("2026-06-01", True), ("2026-05-31", False)])
def test_an_exception_counts_once_it_is_recorded(known_at: str, turned: bool) -> None:
    waiver = exception(recorded="2026-06-01")
    assert (outcome(waiver, moment=Moment(NOON, utc(known_at)))[0] is EXCEPTED) is turned


def test_unknown_is_turned_like_fail_but_a_pass_is_not() -> None:
    assert outcome(exception(), registry()) == (EXCEPTED, "waiver")
    in_force = registry(provider("acme", claim("dpa", "in_force")))
    assert outcome(exception(), in_force) == (PASS, None)


def test_what_is_accepted_must_be_known_on_the_evidence_that_the_rule_demands() -> None:
    strict = replace(CONTRACTED, demand=EvidenceDemand(max_age_days=30))
    old = registry(provider("acme", claim("dpa", "available", evidence(read="2020-01-01"))))
    waiver = exception(dpa=("available",))
    found = decided(PolicySet((policy(strict),), exceptions=(waiver,)), old)
    assert found.candidates[0].verdicts[0].verdict is UNKNOWN
    assert outcome(waiver, old)[0] is EXCEPTED


def test_an_exception_reads_no_mere_declarations() -> None:
    waiver = exception(when=names("purpose", Matcher.IS, "support"))
    declared = replace(facts(purpose="support"), base=facts())
    assert outcome(waiver, asked=facts(purpose="support"))[0] is EXCEPTED
    assert outcome(waiver, asked=declared)[0] is FAIL
    assert outcome(waiver, asked=replace(facts(), base=facts(purpose="support")))[0] is FAIL


def test_an_exception_reads_no_open_set() -> None:
    only = exception(when=names("data", Matcher.WITHIN, "personal"))
    opened = facts(data=("personal",), opened=("data",))
    assert outcome(only, asked=PERSONAL)[0] is EXCEPTED
    assert outcome(only, asked=opened)[0] is FAIL


def test_an_exception_to_one_rule_leaves_the_others() -> None:
    other = rule("other", require=names("training", Matcher.IS, "prohibited"))
    in_force = PolicySet((policy(CONTRACTED, other),), exceptions=(exception(),))
    found = decided(in_force, AVAILABLE)
    assert [v.verdict for v in found.candidates[0].verdicts] == [EXCEPTED, UNKNOWN]
    assert not found.permitted


def test_of_several_exceptions_the_first_by_name_is_recorded() -> None:
    several = (exception("b"), exception("a"), exception("0", routes=("s",)))
    found = decided(PolicySet((policy(CONTRACTED),), exceptions=several), AVAILABLE)
    assert found.candidates[0].verdicts[0].exception == "a"


def test_an_exception_to_a_rule_that_monitors_changes_its_record_only() -> None:
    watching = replace(CONTRACTED, mode=Mode.MONITOR)
    in_force = PolicySet((policy(rule("any"), watching),), exceptions=(exception(),))
    found = decided(in_force, AVAILABLE)
    assert (found.permitted, found.monitor) == (True, ())
