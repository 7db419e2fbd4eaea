"""When the routes of a name are bound by themselves, and when all are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from policy_router.domain.claim import Moment, Validity
from policy_router.domain.decision import Reason
from policy_router.domain.policy import ALWAYS, Alias, Matcher, PolicySet, Substitution
from policy_router.engine import few
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.ruling import Ruling
from tests.small import (
    HERE,
    NOW,
    exception,
    facts,
    gateway,
    model,
    policy,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names

MODELS = tuple(model(f"m{n}") for n in range(6))
ROUTES = tuple(route(f"r{n}{side}", of=f"m{n}") for n in range(6) for side in "ab")
KNOWN = registry(*MODELS, *ROUTES)
IN_FORCE = PolicySet(
    (policy(),), aliases=(Alias("pair", ("m3", "m1"), HERE), Alias("other", ("m5",), HERE))
)


@pytest.fixture(autouse=True)
def _names_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "ASIDE", 0)


def _bound(ruling: Ruling) -> set[str]:
    return {route.id for route in ruling.epoch.bound.routes}


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        ("m2", {"r2a", "r2b"}),
        ("r2b", {"r2b"}),
        ("pair", {"r1a", "r1b", "r3a", "r3b"}),
        ("nobody", set()),
    ],
)
def test_only_what_a_name_stands_for_is_looked_at(name: str, routes: set[str]) -> None:
    assert _bound(Engine(snapshot(IN_FORCE, KNOWN)).decide(facts(name), NOW)) == routes


def test_so_are_the_routes_of_an_alias_that_may_stand_in() -> None:
    refusing = policy(rule(forbid=(names("route", Matcher.IS, "r2*"),)))
    stands_in = replace(
        IN_FORCE,
        policies=(refusing,),
        substitutions=(Substitution("m2", "other", ALWAYS), Substitution("m4", "pair", ALWAYS)),
    )
    ruling = Engine(snapshot(stands_in, KNOWN)).decide(facts("m2"), NOW)
    assert (ruling.route, _bound(ruling)) == ("r5a", {"r2a", "r2b", "r5a", "r5b"})


def test_a_request_that_names_nothing_can_go_to_what_is_within_reach() -> None:
    far = replace(route("far", of="m0"), gateway="away")
    known = registry(gateway("hub"), gateway("away"), *MODELS, *ROUTES, far)
    for gateways, routes in ((frozenset({"away"}), {"far"}), (None, set(known.routes))):
        there = snapshot(replace(IN_FORCE, gateways=gateways), known)
        ruling = Engine(there).decide(facts(None), NOW)
        assert _bound(ruling) == routes
        assert ruling.determination() == decide(there, facts(None), NOW)


@pytest.mark.parametrize("gateways", [frozenset[str](), frozenset({"away"})])
def test_where_none_is_left_within_reach_all_are_looked_at(gateways: frozenset[str]) -> None:
    gone = replace(route("far", of="m0"), gateway="away", stage="retired")
    known = registry(gateway("hub"), gateway("away"), *MODELS, *ROUTES, gone)
    there = snapshot(replace(IN_FORCE, gateways=gateways), known)
    ruling = Engine(there).decide(facts(None), NOW)
    assert (ruling.reason, _bound(ruling)) == (Reason.NOT_REACHABLE, set(known.routes))
    assert ruling.determination() == decide(there, facts(None), NOW)


def test_when_much_has_been_asked_all_are_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "ASIDE", 2)
    engine = Engine(snapshot(IN_FORCE, KNOWN))
    in_all = [engine.decide(facts(None), NOW).epoch.whole is None for _ in range(4)]
    assert in_all == [False, False, True, True]


def test_names_are_bound_until_they_come_to_half_of_all_routes() -> None:
    engine = Engine(snapshot(IN_FORCE, KNOWN))
    for name, count in (("m0", 2), ("m0", 2), ("m1", 2), ("m2", 12), ("m0", 12), ("m3", 12)):
        assert len(_bound(engine.decide(facts(name), NOW))) == count


def test_once_all_are_bound_they_are_used() -> None:
    engine = Engine(snapshot(IN_FORCE, KNOWN))
    first = engine.decide(facts("m0"), NOW)
    engine.over_all(facts(None), NOW)
    assert len(_bound(engine.decide(facts("m0"), NOW))) == len(KNOWN.routes)
    assert first.kept_out == ()


def test_what_is_kept_out_is_told_of_all_routes() -> None:
    refusing = policy(rule(forbid=(names("route", Matcher.IS, "r4*", "r2b"),)))
    ruling = Engine(snapshot(refusing, KNOWN)).decide(facts("m2"), NOW)
    assert len(_bound(ruling)) == 2
    assert ruling.kept_out == ("r2b", "r4a", "r4b")


def test_what_was_bound_for_names_of_many_moments_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(few, "MOST_EPOCHS", 1)
    spans = [
        replace(exception(f"e{n}"), validity=Validity(NOW.at + timedelta(n), None))
        for n in range(4)
    ]
    engine = Engine(snapshot(replace(IN_FORCE, exceptions=tuple(spans)), KNOWN))
    rulings = [
        engine.decide(facts("m0"), Moment(NOW.at + timedelta(days), None)) for days in (0, 1, 2, 3)
    ]
    again = engine.decide(facts("m0"), NOW)
    assert again.epoch is not rulings[0].epoch
    assert again.determination() == rulings[0].determination()


def test_what_was_bound_for_names_of_another_epoch_stays() -> None:
    later = replace(exception("later"), validity=Validity(NOW.at + timedelta(1), None))
    engine = Engine(snapshot(replace(IN_FORCE, exceptions=(later,)), KNOWN))
    tomorrow = Moment(NOW.at + timedelta(1), None)
    first = engine.decide(facts("m0"), tomorrow)
    engine.over_all(facts("m0"), NOW)
    assert engine.decide(facts("m0"), tomorrow).epoch is first.epoch


def test_nothing_has_to_be_bound_first_once_all_are() -> None:
    engine = Engine(snapshot(IN_FORCE, KNOWN))
    engine.decide(facts("m2"), NOW)
    assert not engine.is_at_hand(NOW.at)
    engine.epoch(NOW)
    assert engine.is_at_hand(NOW.at)
