"""A plan bound to a registry: one route says what all routes say, and memories have an end."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from policy_router.compiler import bind
from policy_router.compiler.bind import Bound
from policy_router.compiler.lower import lower
from policy_router.domain.policy import (
    All,
    AnyOf,
    Matcher,
    Not,
    Policy,
    PolicySet,
    Predicate,
)
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    claim,
    evidence,
    facts,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
)
from tests.strategies.predicates import bound, names

IS, INCLUDES = Matcher.IS, Matcher.INCLUDES
CHEAP = bound("cost", Matcher.AT_MOST, Decimal("0.001"))
DPIA, LIA = names("signoff", INCLUDES, "dpia"), names("signoff", INCLUDES, "lia")
CONTRACT = names("dpa", IS, "in_force")
DEMANDS: tuple[Predicate, ...] = (
    CHEAP,
    Not(CHEAP),
    CONTRACT,
    Not(CONTRACT),
    DPIA,
    Not(DPIA),
    All((CHEAP, CONTRACT)),
    AnyOf((CHEAP, CONTRACT)),
    Not(All((CHEAP, CONTRACT))),
    Not(AnyOf((CHEAP, DPIA))),
    All(()),
)


def priced(name: str, dollars: str, by: str = "acme") -> Route:
    amounts = (("input", Decimal(dollars)), ("output", Decimal(dollars)))
    return replace(
        route(name, by=by),
        prices=(PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE),),
    )


KNOWN = registry(
    provider("acme", claim("dpa", "in_force")),
    provider("other", claim("dpa", "none")),
    priced("a", "1"),
    priced("b", "500"),
    priced("c", "2", by="other"),
    priced("d", "700", by="other"),
    route("e"),
    signoff("dpia", routes=("a", "d"), tenants=("blue",)),
    signoff("lia", name="interest", routes=("b",)),
)


def calls() -> list[RequestFacts]:
    """Ask at each size, known or not, about data that a judgement covers or does not."""
    sizes: tuple[dict[str, Decimal], ...] = (
        {},
        {"tokens__input": Decimal(1)},
        {"tokens__input": Decimal(100), "tokens__output": Decimal(100)},
    )
    about = (("personal",), ("health",), ())
    return [
        facts(None, data=data, tenant=tenant, purpose="support", **size)  # type: ignore[arg-type]
        for size, data, tenant in product(sizes, about, ("blue", "red"))
    ]


def bound_to(policies: Policy) -> Bound:
    in_force = snapshot(policies, KNOWN)
    return Bound(lower(in_force.policies), in_force, NOW)


@pytest.mark.parametrize("demand", DEMANDS, ids=range(len(DEMANDS)))
def test_one_route_meets_a_rule_as_all_of_them_do(demand: Predicate) -> None:
    here = bound_to(policy(rule(require=demand, forbid=(Not(DPIA),)), rule(require=demand)))
    rules = here.policies[0].rules
    said = set()
    for asked, each in product(calls(), rules):
        bits = here.reads.bits(asked)
        met = here.met(each, asked, bits)
        for number in range(len(here.routes)):
            meets = here.meets(each, number, asked, bits)
            assert meets is bool(met >> number & 1)
            said.add(meets)
    assert said == {True, False} or demand == All(())


@pytest.mark.parametrize("memory", ["_met", "_asked"])
def test_what_is_remembered_of_requests_is_bounded(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bind, "MOST_REMEMBERED", 2)
    here = bound_to(policy(rule(require=DPIA)))
    (each,) = here.policies[0].rules
    sizes = []
    for asked in (
        facts(None, data=(c,)) for c in ("personal", "personal", "health", "trade_secret")
    ):
        here.met(each, asked, here.reads.bits(asked))
        sizes.append(len(getattr(here, memory)))
    assert sizes == [1, 1, 2, 2]


def test_a_rule_reads_what_its_demands_depend_on_and_nothing_else() -> None:
    tests: tuple[Predicate, ...] = (CONTRACT, DPIA, CHEAP, All((CONTRACT, CHEAP, LIA)))
    here = bound_to(policy(*(rule(str(n), require=t) for n, t in enumerate(tests))))
    signed = here.reads.read_by("signoff")
    assert signed
    found = here.policies[0].rules
    assert [(r.number, r.reads, r.costs) for r in found] == [
        (0, 0, False),
        (1, signed, False),
        (2, 0, True),
        (3, signed, True),
    ]
    assert [r.name for r in found][:1] == ["policy/0"]


def test_rules_are_numbered_through_all_policies() -> None:
    in_force = PolicySet((policy(rule("a"), rule("b")), policy(rule("c"), name="other")))
    plan, known = lower(in_force), snapshot(in_force, KNOWN)
    found = Bound(plan, known, NOW).policies
    assert [(r.name, r.number) for p in found for r in p.rules] == [
        ("policy/a", 0),
        ("policy/b", 1),
        ("other/c", 2),
    ]
