"""What permissions rest on, asked of one engine again and again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.decision import Used
from policy_router.domain.policy import AnyOf, Matcher, PolicySet
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine import rests
from policy_router.engine.decide import Engine
from policy_router.service.decision import Decision
from tests.explained import CONTRACTED, DPIA
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    agreement,
    evidence,
    exception,
    facts,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
)
from tests.strategies.predicates import bound

IN_FORCE = agreement("contract", dpa="in_force")
UNDER_CONTRACT = Used(agreements=("contract",))
CHEAP = bound("cost", Matcher.BELOW, Decimal("0.0002"))
OF_ANYBODY = facts(data=("personal",), purpose="support", tenant="blue")


def decided(engine: Engine, asked: RequestFacts) -> Decision:
    return Decision(engine, engine.decide(asked, NOW), asked)


def said(engine: Engine, asked: RequestFacts) -> Used:
    decision = decided(engine, asked)
    return decision.rests_on(decision.chain[:1])


def priced(name: str) -> Route:
    amounts = (("input", Decimal(1)), ("output", Decimal(1)))
    table = PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name), prices=(table,))


def sized(tokens: int) -> RequestFacts:
    return facts(tokens__input=Decimal(tokens), tokens__output=Decimal(1))


def test_it_is_found_once_for_calls_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(snapshot(policy(rule(require=CONTRACTED)), registry(IN_FORCE)))
    assert said(engine, sized(1)) == UNDER_CONTRACT
    monkeypatch.delattr(rests, "rested_on")
    assert said(engine, sized(2)) == UNDER_CONTRACT


def test_it_is_found_anew_once_too_much_was_remembered() -> None:
    forgetful = rests.Rests(1)
    known = registry(
        provider("acme"),
        provider("other", operator="other"),
        route("a"),
        route("b", by="other"),
        IN_FORCE,
        agreement("another", parties=("other",), dpa="in_force"),
    )
    engine = Engine(snapshot(policy(rule(require=CONTRACTED)), known))
    engine.epoch(NOW).rests = forgetful
    decision = decided(engine, facts(data=("personal",)))
    for _ in range(2):
        assert decision.rests_on(["a"]).agreements == ("contract",)
        assert decision.rests_on(["b"]).agreements == ("another",)
    assert decision.rests_on(["a", "b"]).agreements == ("another", "contract")
    assert decision.rests_on([]) == Used()


def test_a_sign_off_counts_for_the_purposes_it_names() -> None:
    here, there = signoff(name="here", purposes=("support",)), signoff(name="there")
    there = replace(there, purposes=("hiring",), recorded=here.recorded)
    engine = Engine(snapshot(policy(rule(require=DPIA)), registry(here, there)))
    assert said(engine, OF_ANYBODY).signoffs == ("here",)
    hiring = facts(data=("personal",), purpose="hiring", tenant="blue")
    assert said(engine, hiring).signoffs == ("there",)


def test_a_cap_is_waived_for_the_calls_that_are_above_it() -> None:
    capped = PolicySet((policy(rule(require=CHEAP)),), exceptions=(exception("waiver"),))
    engine = Engine(Snapshot(capped, registry(priced("r"))))
    assert said(engine, sized(10)) == Used()
    assert said(engine, sized(900)) == Used(exceptions=("waiver",))


def test_a_contract_counts_only_for_calls_that_cost_too_much_without() -> None:
    either = policy(rule(require=AnyOf((CHEAP, CONTRACTED))))
    engine = Engine(snapshot(either, registry(priced("r"), IN_FORCE)))
    assert said(engine, sized(10)) == Used()
    assert said(engine, sized(900)) == UNDER_CONTRACT
    assert said(engine, sized(10)) == Used()
