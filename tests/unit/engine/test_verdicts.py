"""What a rule says of a route: applies or not, pass, fail or unknown; what obligations set."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.decision import (
    AppliedObligation,
    Determination,
    Reason,
    RuleVerdict,
    Verdict,
)
from policy_router.domain.policy import All, AnyOf, Matcher, Mode, Not, PolicySet, Predicate
from policy_router.domain.request import RequestFacts
from tests.small import (
    claim,
    decided,
    evidence,
    facts,
    obligation,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
)
from tests.strategies.predicates import bound, names

NOT_APPLICABLE, PASS, FAIL, UNKNOWN = (
    Verdict.NOT_APPLICABLE,
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.UNKNOWN,
)
IF_PERSONAL = names("data", Matcher.INCLUDES, "personal")
KNOWN = registry(
    provider(
        "acme",
        claim("training", "prohibited"),
        claim("dpa", "available"),
        claim("inference_location", places("SE", "CN")),
        claim("support_location", places("GLOBAL")),
        claim("logging", "none", evidence(read="2020-01-01")),
    )
)
TRUE_, FALSE_, OPEN = (
    names("training", Matcher.IS, "prohibited"),
    names("dpa", Matcher.IS, "in_force"),
    names("caching", Matcher.IS, "none"),
)
MIXED_ = names("inference_location", Matcher.WITHIN, "EEA")


def verdict(found: Determination) -> Verdict:
    """Tell the only verdict of a decision."""
    ((only,),) = (c.verdicts for c in found.candidates)
    return only.verdict


@pytest.mark.parametrize(
    ("require", "forbid", "expected"),
    [
        (TRUE_, (), PASS),
        (FALSE_, (), FAIL),
        (OPEN, (), UNKNOWN),
        (MIXED_, (), FAIL),
        (None, (FALSE_,), PASS),
        (None, (TRUE_,), FAIL),
        (None, (OPEN,), UNKNOWN),
        (None, (MIXED_,), FAIL),
        (None, (names("inference_location", Matcher.WITHIN, "CN"),), FAIL),
        (None, (names("support_location", Matcher.INCLUDES, "CN"),), FAIL),
        (None, (), PASS),
        (TRUE_, (FALSE_,), PASS),
        (TRUE_, (TRUE_,), FAIL),
        (FALSE_, (FALSE_,), FAIL),
        (OPEN, (TRUE_,), FAIL),
        (FALSE_, (OPEN,), FAIL),
        (OPEN, (FALSE_,), UNKNOWN),
        (TRUE_, (OPEN,), UNKNOWN),
        (None, (FALSE_, OPEN), UNKNOWN),
        (None, (FALSE_, TRUE_, OPEN), FAIL),
        (None, (All((TRUE_, FALSE_)),), PASS),
        (None, (All((TRUE_, OPEN)),), UNKNOWN),
        (Not(OPEN), (), UNKNOWN),
        (AnyOf((FALSE_, TRUE_)), (), PASS),
        (AnyOf((OPEN, Not(OPEN))), (), UNKNOWN),
    ],
)
def test_what_a_rule_that_applies_says(
    require: Predicate | None, forbid: tuple[Predicate, ...], expected: Verdict
) -> None:
    found = decided(policy(rule(require=require, forbid=forbid)), KNOWN)
    assert verdict(found) is expected
    assert found.permitted is (expected is PASS)


@pytest.mark.parametrize(
    ("asked", "if_met", "if_not"),
    [
        (facts(data=("personal",)), PASS, FAIL),
        (facts(data=("health",)), PASS, FAIL),
        (facts(data=("non_personal",)), NOT_APPLICABLE, NOT_APPLICABLE),
        (facts(data=("non_personal",), opened=("data",)), PASS, UNKNOWN),
        (facts(), PASS, UNKNOWN),
    ],
    ids=("applies", "applies to what lies below", "does not", "may, data open", "may"),
)
def test_a_rule_applies_unless_its_condition_is_known_false(
    asked: RequestFacts, if_met: Verdict, if_not: Verdict
) -> None:
    assert verdict(decided(policy(rule(when=IF_PERSONAL, require=TRUE_)), KNOWN, asked)) is if_met
    assert verdict(decided(policy(rule(when=IF_PERSONAL, require=FALSE_)), KNOWN, asked)) is if_not


def test_evidence_short_of_the_rules_demand_is_unknown() -> None:
    unlogged = names("logging", Matcher.IS, "none")
    lax = policy(rule(require=unlogged))
    strict = policy(rule(require=unlogged, demand=EvidenceDemand(max_age_days=365)))
    assert verdict(decided(lax, KNOWN)) is PASS
    assert verdict(decided(strict, KNOWN)) is UNKNOWN


def test_every_enforced_rule_of_every_policy_counts() -> None:
    first = policy(rule("a", require=TRUE_), rule("b", require=TRUE_), name="first")
    second = policy(rule("c", require=FALSE_), name="second")
    assert decided(PolicySet((first,)), KNOWN).permitted
    found = decided(PolicySet((first, second)), KNOWN)
    assert found.candidates[0].verdicts == (
        RuleVerdict("first", "a", Mode.ENFORCE, PASS),
        RuleVerdict("first", "b", Mode.ENFORCE, PASS),
        RuleVerdict("second", "c", Mode.ENFORCE, FAIL),
    )
    assert found.reason is Reason.NO_COMPLIANT_ROUTE


def test_a_policy_whose_scope_is_known_false_says_nothing() -> None:
    for_red = policy(
        rule("c", require=FALSE_), name="red", scope=names("tenant", Matcher.IS, "red")
    )
    found = decided(PolicySet((policy(), for_red)), KNOWN, facts(tenant="blue"))
    assert [v.policy for v in found.candidates[0].verdicts] == ["policy"]


WATCH_FALSE, WATCH_TRUE = (
    rule("watch-false", require=FALSE_, mode=Mode.MONITOR),
    rule("watch-true", require=TRUE_, mode=Mode.MONITOR),
)


def test_a_rule_that_monitors_is_recorded_and_never_enforced() -> None:
    found = decided(policy(rule(require=TRUE_), WATCH_FALSE, WATCH_TRUE), KNOWN)
    watched = RuleVerdict("policy", "watch-false", Mode.MONITOR, FAIL)
    assert found.permitted
    assert found.monitor == (watched,)
    assert watched in found.candidates[0].verdicts


def test_a_policy_that_only_monitors_is_recorded_beside_one_that_enforces() -> None:
    watching = policy(WATCH_FALSE, name="watching", obligations=(obligation(store=False),))
    found = decided(PolicySet((policy(), watching)), KNOWN)
    assert [(v.policy, v.verdict) for v in found.monitor] == [("watching", FAIL)]
    assert [o.policy for o in found.obligations] == ["watching"]


def test_what_monitors_is_reported_of_the_chosen_route() -> None:
    known = registry(
        provider("acme", claim("dpa", "in_force")), provider("b"), route(), route("s", by="b")
    )
    found = decided(policy(rule(), WATCH_FALSE), known)
    assert (found.route, found.monitor) == ("r", ())
    assert [c.verdicts[1].verdict for c in found.candidates] == [PASS, UNKNOWN]
    other = decided(policy(rule(require=names("route", Matcher.IS, "s")), WATCH_FALSE), known)
    assert [(other.route, v.verdict) for v in other.monitor] == [("s", UNKNOWN)]


@pytest.mark.parametrize(
    ("asked", "applied"),
    [
        (facts(data=("personal",)), True),
        (facts(), True),
        (facts(data=("non_personal",)), False),
    ],
    ids=("applies", "may apply", "does not"),
)
def test_obligations_apply_unless_their_condition_is_known_false(
    asked: RequestFacts, applied: bool
) -> None:
    duty = obligation("duty", when=IF_PERSONAL, store=False, tier=Decimal("1.5"))
    found = decided(policy(obligations=(duty,)), asked=asked)
    settings = (("store", False), ("tier", Decimal("1.5")))
    expected = (AppliedObligation("policy", "duty", settings),)
    assert found.obligations == (expected if applied else ())


def test_a_denial_obliges_to_nothing() -> None:
    found = decided(
        policy(rule(require=FALSE_), WATCH_FALSE, obligations=(obligation(store=False),)), KNOWN
    )
    assert (found.obligations, found.monitor, found.chain) == ((), (), ())


HEALTH = facts(data=("health",))
PERSONAL = facts(data=("personal",))
FOR_HEALTH = names("data", Matcher.INCLUDES, "health")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (replace(HEALTH, base=PERSONAL), FAIL),
        (replace(PERSONAL, base=HEALTH), FAIL),
        (replace(PERSONAL, base=facts()), UNKNOWN),
        (replace(PERSONAL, base=PERSONAL), NOT_APPLICABLE),
    ],
    ids=("with declarations", "without them", "perhaps without them", "neither"),
)
def test_a_rule_applies_with_or_without_mere_declarations(
    asked: RequestFacts, expected: Verdict
) -> None:
    in_force = policy(rule(when=FOR_HEALTH, require=FALSE_))
    assert verdict(decided(in_force, KNOWN, asked)) is expected


def test_a_demand_holds_with_and_without_mere_declarations() -> None:
    cheap = policy(rule(require=bound("cost", Matcher.BELOW, Decimal(1))))
    sized = facts(tokens__input=Decimal(0), tokens__output=Decimal(0))
    assert verdict(decided(cheap, KNOWN, sized)) is PASS
    assert verdict(decided(cheap, KNOWN, replace(sized, base=facts()))) is UNKNOWN


def test_which_facts_rest_on_declaration_is_in_the_record() -> None:
    asked = replace(HEALTH, base=PERSONAL, declared=("data",))
    assert decided(policy(), asked=asked).declared == ("data",)
    assert decided(PolicySet(()), asked=asked).declared == ("data",)
