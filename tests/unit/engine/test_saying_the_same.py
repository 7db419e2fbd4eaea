"""Two rulings say the same only if nothing that either says could be otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from policy_router.domain.claim import Moment, SourceKind
from policy_router.domain.policy import ALWAYS, Matcher, PolicySet, Preference
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.ruling import Ruling
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    decided,
    evidence,
    facts,
    obligation,
    policy,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import bound, names

DAY = timedelta(days=1)
LATER = Moment(NOW.at + DAY)


def priced(name: str, given: str, wanted: str) -> Route:
    amounts = (("input", Decimal(given)), ("output", Decimal(wanted)))
    table = PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name), prices=(table,))


def sized(into: int, out: int = 1) -> RequestFacts:
    return facts(tokens__input=Decimal(into), tokens__output=Decimal(out))


def ruled(engine: Engine, asked: RequestFacts, moment: Moment = NOW) -> Ruling:
    ruling = engine.decide(asked, moment)
    ruling.determination()
    return ruling


def says_the_same(
    in_force: Snapshot, one: RequestFacts, other: RequestFacts, later: Moment = NOW
) -> bool:
    engine = Engine(in_force)
    return ruled(engine, other, later).says_the_same(ruled(engine, one))


def test_calls_of_other_sizes_at_other_instants_are_told_the_same() -> None:
    assert says_the_same(snapshot(policy()), sized(100), sized(300), LATER)


def test_a_ruling_knows_its_instant() -> None:
    assert [ruled(Engine(snapshot(policy())), sized(1), at).at for at in (NOW, LATER)] == [
        NOW.at,
        LATER.at,
    ]


def test_what_nobody_has_asked_for_is_not_compared() -> None:
    engine = Engine(snapshot(policy()))
    one, other = (engine.decide(sized(n), NOW) for n in (1, 2))
    assert not one.says_the_same(other)


def test_denials_are_not_compared() -> None:
    nowhere = snapshot(policy(rule(require=names("provider", Matcher.IS, "nobody"))))
    assert not says_the_same(nowhere, sized(100), sized(100))


def test_a_rule_about_cost_says_something_of_each_size() -> None:
    cheap = policy(rule(require=bound("cost", Matcher.BELOW, Decimal("0.0002"))))
    known = registry(priced("dear", "9", "1"), priced("cheap", "1", "1"))
    assert not says_the_same(snapshot(cheap, known), sized(100), sized(10))


def test_another_duty_is_another_saying() -> None:
    is_long = bound("tokens.input", Matcher.AT_LEAST, Decimal(200))
    in_force = snapshot(policy(obligations=(obligation(when=is_long, store=False),)))
    assert not says_the_same(in_force, sized(100), sized(300))
    assert says_the_same(in_force, sized(300), sized(301))


def test_another_order_of_routes_is_another_saying() -> None:
    known = registry(priced("in", "1", "9"), priced("out", "9", "1"))
    by_cost = PolicySet((policy(),), prefer=(Preference(ALWAYS, ("cost",)),))
    in_force = Snapshot(by_cost, known)
    assert decided(by_cost, known, sized(1, 100)).chain == ("out", "in")
    assert decided(by_cost, known, sized(100, 1)).chain == ("in", "out")
    assert not says_the_same(in_force, sized(1, 100), sized(100, 100))
    assert says_the_same(in_force, sized(1, 100), sized(2, 100))


def test_a_notice_that_has_come_is_told_of() -> None:
    rumour = LifecycleEvent("deprecated", NOW.at + DAY, evidence(SourceKind.THIRD_PARTY), None)
    known = registry(replace(route(), lifecycle=(rumour,)))
    in_force = snapshot(policy(), known)
    assert not says_the_same(in_force, sized(1), sized(1), LATER)
    assert says_the_same(in_force, sized(1), sized(1), Moment(NOW.at + timedelta(hours=1)))


def test_what_was_known_then_is_told_of() -> None:
    engine = Engine(snapshot(policy()))
    at = [None, NOW.at, NOW.at + timedelta(hours=1)]
    now, then, since = (ruled(engine, sized(1), replace(NOW, known_at=each)) for each in at)
    assert not now.says_the_same(then)
    assert not then.says_the_same(since)
