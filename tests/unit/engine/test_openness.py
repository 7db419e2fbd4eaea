"""Which rules stating a fact could take out of the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.policy import All, AnyOf, Matcher, Mode, Not, Predicate
from policy_router.domain.request import RequestFacts
from policy_router.engine.openness import may_not_apply, rules_in_doubt
from policy_router.engine.question import Question
from tests.small import NOW, facts, policy, rule, snapshot
from tests.strategies.predicates import names

PERSONAL = names("data", Matcher.INCLUDES, "personal")
SUPPORT = names("purpose", Matcher.IS, "support")
BLUE = names("tenant", Matcher.IS, "blue")
DATA, BOTH = frozenset({"data"}), frozenset({"data", "purpose"})


def doubt(when: Predicate, asked: RequestFacts, stated: frozenset[str]) -> bool:
    return may_not_apply(Question(snapshot(policy()), asked, NOW), rule(when=when), stated)


@pytest.mark.parametrize(
    ("when", "asked", "stated", "may_not"),
    [
        (PERSONAL, facts(), DATA, True),
        (PERSONAL, facts(), frozenset({"purpose"}), False),
        (PERSONAL, facts(), frozenset(), False),
        (PERSONAL, facts(data=("personal",)), DATA, False),
        (PERSONAL, facts(data=("non_personal",)), frozenset(), True),
        (Not(PERSONAL), facts(), DATA, True),
        (Not(PERSONAL), facts(), frozenset({"purpose"}), False),
        (Not(PERSONAL), facts(data=("personal",)), frozenset(), True),
        (Not(PERSONAL), facts(data=("non_personal",)), DATA, False),
        (Not(Not(PERSONAL)), facts(), DATA, True),
        (Not(Not(PERSONAL)), facts(data=("personal",)), DATA, False),
        (All((PERSONAL, SUPPORT)), facts(), DATA, True),
        (All((PERSONAL, SUPPORT)), facts(data=("personal",)), DATA, False),
        (AnyOf((PERSONAL, SUPPORT)), facts(), DATA, False),
        (AnyOf((PERSONAL, SUPPORT)), facts(), BOTH, True),
        (AnyOf((PERSONAL, SUPPORT)), facts(purpose="sales"), DATA, True),
        (Not(All((PERSONAL, SUPPORT))), facts(), DATA, False),
        (Not(All((PERSONAL, SUPPORT))), facts(), BOTH, True),
        (Not(AnyOf((PERSONAL, SUPPORT))), facts(), DATA, True),
        (Not(AnyOf((PERSONAL, SUPPORT))), facts(data=("non_personal",)), DATA, False),
        (All((BLUE, Not(AnyOf((PERSONAL, SUPPORT))))), facts(tenant="blue"), BOTH, True),
        (All(()), facts(), BOTH, False),
    ],
    ids=lambda value: value.__class__.__name__.lower() if isinstance(value, RequestFacts) else None,
)
def test_a_rule_may_turn_out_not_to_apply(
    when: Predicate, asked: RequestFacts, stated: frozenset[str], may_not: bool
) -> None:
    assert doubt(when, asked, stated) is may_not


def test_with_and_without_what_is_merely_declared() -> None:
    declared = replace(facts(data=("personal",)), base=facts())
    assert not doubt(PERSONAL, declared, DATA)
    assert doubt(PERSONAL, replace(facts(), base=facts()), DATA)


def test_rules_that_monitor_are_never_in_the_way() -> None:
    rules = (
        rule("open", when=PERSONAL),
        rule("watching", when=PERSONAL, mode=Mode.MONITOR),
        rule("always"),
    )
    q = Question(snapshot(policy(*rules)), facts(), NOW)
    assert list(rules_in_doubt(q, DATA)) == [("policy", "open")]
