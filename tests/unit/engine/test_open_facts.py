"""When nothing but unknown facts of the request stands between it and a route."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.decision import Reason
from policy_router.domain.policy import All, AnyOf, Matcher, Mode, Not, Predicate
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from tests.small import (
    ALWAYS_VALID,
    HERE,
    claim,
    decided,
    evidence,
    facts,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
)
from tests.strategies.predicates import bound, names

IS, INCLUDES = Matcher.IS, Matcher.INCLUDES
IF_PERSONAL = names("data", INCLUDES, "personal")
IF_SUPPORT = names("purpose", IS, "support")
IF_ONE = names("requested.model", IS, "one")
CONTRACTED = names("dpa", IS, "in_force")
TABLE = PriceTable(
    "USD", (("input", Decimal(1)), ("output", Decimal(1))), ALWAYS_VALID, evidence(), HERE
)
KNOWN = registry(
    provider("acme", claim("dpa", "none"), claim("training", "prohibited")),
    replace(route(), prices=(TABLE,)),
    signoff("dpia", data=("personal",), tenants=("blue",)),
)


@pytest.mark.parametrize(
    ("when", "asked", "missing"),
    [
        (IF_PERSONAL, facts(), ("data",)),
        (IF_PERSONAL, facts(data=("non_personal",), opened=("data",)), ("data",)),
        (IF_PERSONAL, facts(data=("personal",)), ()),
        (All((IF_PERSONAL, IF_SUPPORT)), facts(), ("data", "purpose")),
        (All((IF_PERSONAL, IF_SUPPORT)), facts(purpose="support"), ("data",)),
        (All((IF_PERSONAL, IF_ONE)), facts(), ("data",)),
        (All((IF_PERSONAL, IF_ONE)), facts(None), ("data", "requested.model")),
        (AnyOf((IF_PERSONAL, IF_SUPPORT)), facts(purpose="support"), ()),
        (Not(IF_PERSONAL), facts(), ("data",)),
        (names("data", INCLUDES, "health"), facts(data=("special_category",)), ()),
    ],
    ids=(
        "not stated",
        "may be more",
        "known to apply",
        "two facts",
        "one of two",
        "beside the name asked for",
        "and no name asked for",
        "applies anyway",
        "of an opposite",
        "known, but as an umbrella",
    ),
)
def test_whether_a_rule_applies_is_open(
    when: Predicate, asked: RequestFacts, missing: tuple[str, ...]
) -> None:
    found = decided(policy(rule(when=when, require=CONTRACTED)), KNOWN, asked)
    assert found.missing == missing
    assert found.reason is (Reason.FACTS_MISSING if missing else Reason.NO_COMPLIANT_ROUTE)
    assert [d.message for d in found.details] == [f"`{name}` is not known" for name in missing]


DPIA = names("signoff", INCLUDES, "dpia")
CHEAP = bound("cost", Matcher.BELOW, Decimal(1))
DEAR = bound("cost", Matcher.ABOVE, Decimal(1))


@pytest.mark.parametrize(
    ("require", "forbid", "asked", "missing"),
    [
        (DPIA, (), facts(), ("data", "purpose", "tenant")),
        (DPIA, (), facts(data=("personal",), purpose="support"), ("tenant",)),
        (DPIA, (), facts(data=("personal",), purpose="support", tenant="red"), ()),
        (DPIA, (), facts(data=("health",)), ()),
        (names("signoff", INCLUDES, "lia"), (), facts(), ()),
        (CHEAP, (), facts(), ("tokens.input", "tokens.output")),
        (CHEAP, (), facts(tokens__input=Decimal(1)), ("tokens.output",)),
        (None, (DEAR,), facts(), ("tokens.input", "tokens.output")),
        (Not(DEAR), (), facts(), ("tokens.input", "tokens.output")),
        (All((CHEAP, CONTRACTED)), (), facts(), ()),
        (CHEAP, (CONTRACTED,), facts(), ("tokens.input", "tokens.output")),
        (names("caching", IS, "none"), (), facts(), ()),
    ],
    ids=(
        "a sign-off for a request not known",
        "a sign-off for a tenant not known",
        "a sign-off for another tenant",
        "a sign-off for other data, whatever else",
        "no sign-off at all",
        "a cost not known",
        "a cost half known",
        "a cost forbidden",
        "a cost negated",
        "a cost, and something that fails",
        "a cost, and something that passes",
        "nothing of the request",
    ),
)
def test_whether_a_route_meets_a_rule_is_open(
    require: Predicate | None,
    forbid: tuple[Predicate, ...],
    asked: RequestFacts,
    missing: tuple[str, ...],
) -> None:
    found = decided(policy(rule(require=require, forbid=forbid)), KNOWN, asked)
    assert found.missing == missing
    assert found.reason is (Reason.FACTS_MISSING if missing else Reason.NO_COMPLIANT_ROUTE)


def test_facts_are_missing_only_if_nothing_else_blocks_the_route() -> None:
    open_rule = rule("open", when=IF_PERSONAL, require=CONTRACTED)
    failing = rule("failing", require=CONTRACTED)
    watching = rule("watching", require=CONTRACTED, mode=Mode.MONITOR)
    assert decided(policy(open_rule, failing), KNOWN).reason is Reason.NO_COMPLIANT_ROUTE
    assert decided(policy(open_rule, watching), KNOWN).missing == ("data",)


def test_of_several_routes_the_one_that_needs_fewest_facts_is_meant() -> None:
    known = registry(
        provider("acme", claim("dpa", "none"), claim("training", "used")),
        provider("better", claim("dpa", "none"), claim("training", "prohibited")),
        route("a"),
        route("b", by="better"),
    )
    in_force = policy(
        rule("contract", when=IF_PERSONAL, require=CONTRACTED),
        rule("training", when=IF_SUPPORT, require=names("training", IS, "prohibited")),
    )
    found = decided(in_force, known)
    assert (found.reason, found.missing) == (Reason.FACTS_MISSING, ("data",))


def test_a_route_that_is_not_suitable_does_not_count() -> None:
    tiny = replace(KNOWN.models["one"], id="tiny", context_window=1)
    known = replace(
        KNOWN,
        models={**KNOWN.models, "tiny": tiny},
        routes={"r": KNOWN.routes["r"], "t": route("t", of="tiny")},
    )
    asked = replace(facts(tokens__input=Decimal(100)), model=None)
    found = decided(policy(rule(require=CONTRACTED)), known, asked)
    assert found.reason is Reason.NO_COMPLIANT_ROUTE
    assert [bool(c.unsuitable) for c in found.candidates] == [False, True]


@pytest.mark.parametrize(
    "asked",
    [facts(None, data=("health",)), facts(None, data=("special_category",))],
    ids=("a rule that applies", "a rule that may apply"),
)
def test_what_no_fact_would_change_is_not_waited_for(asked: RequestFacts) -> None:
    known = registry(
        provider("acme", claim("training", "used"), claim("dpa", "in_force")),
        provider("other", claim("training", "prohibited"), claim("dpa", "none")),
        *(route("a"), route("b", by="other")),
    )
    if_health = names("data", INCLUDES, "health")
    never = rule("never", when=if_health, require=names("training", IS, "prohibited"))
    found = decided(policy(never, rule("open", when=IF_SUPPORT, require=CONTRACTED)), known, asked)
    assert (found.reason, found.missing) == (Reason.FACTS_MISSING, ("purpose",))


def test_a_demand_that_no_fact_would_meet_closes_the_others() -> None:
    signed = names("signoff", INCLUDES, "dpia")
    asked = facts(purpose="support", tenant="blue")
    open_still = decided(policy(rule(require=signed)), KNOWN, asked)
    assert (open_still.reason, open_still.missing) == (Reason.FACTS_MISSING, ("data",))
    closed = rule(require=signed, forbid=(names("dpa", IS, "none"),))
    assert decided(policy(closed), KNOWN, asked).reason is Reason.NO_COMPLIANT_ROUTE
