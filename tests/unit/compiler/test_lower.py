"""What policies come to as a plan: every distinct test once, in the order in which it is met."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.compiler.formula import Atom, Every, Formula, Opposite, Some
from policy_router.compiler.lower import lower
from policy_router.compiler.plan import RouteAtom
from policy_router.domain.claim import NO_DEMAND, EvidenceDemand
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import (
    ALWAYS,
    All,
    AnyOf,
    Matcher,
    Not,
    PolicySet,
    Preference,
    Substitution,
)
from policy_router.domain.policy import Test as Comparison
from tests.small import exception, obligation, policy, rule
from tests.strategies.predicates import bound, names

ANY, ALL = Matcher.INCLUDES_ANY, Matcher.INCLUDES_ALL
INCLUDES, EXCLUDES, WITHIN, IS = (
    Matcher.INCLUDES,
    Matcher.EXCLUDES,
    Matcher.WITHIN,
    Matcher.IS,
)
HEALTH, CHILD = names("data", ANY, "health"), names("data", ANY, "child")
BLUE = names("tenant", IS, "blue")
CONTRACT, CHEAP = names("dpa", IS, "in_force"), bound("cost", Matcher.BELOW, Decimal(1))


def written(test: Comparison, line: int) -> Comparison:
    return replace(test, span=Span("policy.yaml", line, 1))


def numbered(tests: tuple[Comparison, ...]) -> list[tuple[str, Matcher, tuple[str, ...]]]:
    return [(t.subject, t.matcher, t.names) for t in tests]


@pytest.mark.parametrize(
    ("test", "formula", "atoms"),
    [
        (names("data", INCLUDES, "health"), Atom(0), [HEALTH]),
        (HEALTH, Atom(0), [HEALTH]),
        (names("data", EXCLUDES, "health"), Opposite(Atom(0)), [HEALTH]),
        (names("data", ALL, "health", "child"), Every((Atom(0), Atom(1))), [HEALTH, CHILD]),
        (names("data", WITHIN, "health"), Atom(0), [names("data", WITHIN, "health")]),
        (BLUE, Atom(0), [BLUE]),
    ],
    ids=lambda value: value.matcher.value if isinstance(value, Comparison) else "",
)
def test_tests_on_sets_are_put_in_terms_of_members(
    test: Comparison, formula: Formula, atoms: list[Comparison]
) -> None:
    plan = lower(PolicySet((policy(scope=test),)))
    assert plan.policies[0].scope == formula
    assert numbered(plan.fact_atoms) == numbered(tuple(atoms))


def test_what_is_no_fact_is_left_as_it_is_written() -> None:
    plan = lower(PolicySet((policy(scope=names("mood", INCLUDES, "good")),)))
    assert [t.matcher for t in plan.fact_atoms] == [INCLUDES]


def test_a_test_has_one_number_wherever_it_is_written() -> None:
    rules = (
        rule("a", when=written(BLUE, 1), require=written(CONTRACT, 2)),
        rule("b", when=Not(written(BLUE, 3)), require=AnyOf((CHEAP, written(CONTRACT, 4)))),
    )
    plan = lower(PolicySet((policy(*rules, scope=All((written(BLUE, 5), HEALTH))),)))
    (planned,) = plan.policies
    assert planned.scope == Every((Atom(0), Atom(1)))
    assert [r.when for r in planned.rules] == [Atom(0), Opposite(Atom(0))]
    assert [r.demands for r in planned.rules] == [(Atom(0),), (Some((Atom(1), Atom(0))),)]
    assert numbered(plan.fact_atoms) == numbered((BLUE, HEALTH))
    assert numbered(tuple(a.test for a in plan.route_atoms)) == numbered((CONTRACT, CHEAP))


def test_a_test_on_other_evidence_is_another_test() -> None:
    fresh = EvidenceDemand(max_age_days=30)
    rules = (rule("a", require=CONTRACT), rule("b", require=CONTRACT, demand=fresh))
    plan = lower(PolicySet((policy(*rules),)))
    assert [a.demand for a in plan.route_atoms] == [NO_DEMAND, fresh]
    assert all(isinstance(a, RouteAtom) for a in plan.route_atoms)


def test_what_is_required_comes_first_and_each_thing_forbidden_is_on_its_own() -> None:
    (planned,) = lower(
        PolicySet((policy(rule(require=CONTRACT, forbid=(CHEAP, CONTRACT))),))
    ).policies
    assert planned.rules[0].demands == (Atom(0), Opposite(Atom(1)), Opposite(Atom(0)))
    (planned,) = lower(PolicySet((policy(rule(forbid=(CHEAP,))),))).policies
    assert planned.rules[0].demands == (Opposite(Atom(0)),)


def test_exceptions_stand_with_their_rule() -> None:
    waivers = (
        exception("one", of="policy/a", when=BLUE),
        exception("other", of="other/a"),
        exception("two", of="policy/b"),
    )
    rules = (rule("a"), rule("b"), rule("c"))
    plan = lower(PolicySet((policy(*rules), policy(*rules, name="other")), exceptions=waivers))
    found = {
        f"{p.policy.id}/{r.rule.id}": [(e.exception.id, e.when) for e in r.exceptions]
        for p in plan.policies
        for r in p.rules
    }
    assert found == {
        "policy/a": [("one", Atom(0))],
        "policy/b": [("two", Every(()))],
        "policy/c": [],
        "other/a": [("other", Every(()))],
        "other/b": [],
        "other/c": [],
    }


def test_conditions_of_everything_else() -> None:
    duties = (obligation("keep", when=BLUE), obligation("never", refuse_when=HEALTH, store=False))
    plan = lower(
        PolicySet(
            (
                policy(
                    rule(needs=("tenant", "data")), rule("b", needs=("data",)), obligations=duties
                ),
            ),
            prefer=(Preference(HEALTH, ("cost",)), Preference(ALWAYS, ("cost",))),
            substitutions=(Substitution("one", "pair", BLUE),),
        )
    )
    (planned,) = plan.policies
    assert [(o.when, o.refuse_when) for o in planned.obligations] == [
        (Atom(0), None),
        (Every(()), Atom(1)),
    ]
    assert plan.prefer == (Atom(1), Every(()))
    assert plan.substitutions == (Atom(0),)
    assert plan.needs == ("data", "tenant")
