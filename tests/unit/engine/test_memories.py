"""What is remembered: what was asked for, up to a bound; then it starts anew or stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from policy_router.compiler.bind import Bound
from policy_router.domain.claim import Moment, Validity
from policy_router.domain.policy import ALWAYS, Matcher, PolicySet, Preference
from policy_router.domain.price import PriceTable, PriceTier
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.engine import best_route, decide, epoch, readings, suitability
from policy_router.engine.decide import Engine
from policy_router.engine.epoch import Epoch
from policy_router.engine.explain import explain
from policy_router.engine.offers import Offers
from policy_router.engine.suitability import Suitability
from tests.explained import CONTRACTED
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    agreement,
    evidence,
    facts,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
    utc,
)
from tests.strategies.predicates import bound, names

TIERS = tuple(PriceTier(n, (("input", Decimal(n)),)) for n in (400, 300, 200, 100))
TABLE = PriceTable(
    "USD", (("input", Decimal(1)), ("output", Decimal(1))), ALWAYS_VALID, evidence(), HERE, TIERS
)
FLAT = replace(TABLE, tiers=())
KNOWN = registry(
    *(model(str(n)) for n in range(4)),
    provider("acme", covers=tuple("0123")),
    *(replace(route(f"r{n}", of=str(n)), prices=(TABLE,)) for n in range(4)),
)
TENANTS = tuple(names("tenant", Matcher.IS, str(n)) for n in range(4))
BY_PRICE = (Preference(ALWAYS, ("price.input",)),)
SERVED = names("stage", Matcher.IS, "ga")
IN_FORCE = PolicySet(
    (policy(*(rule(str(n), when=when, require=CONTRACTED) for n, when in enumerate(TENANTS))),),
    prefer=(Preference(ALWAYS, ("cost",)),),
)


def policy_set() -> PolicySet:
    return replace(IN_FORCE, policies=(policy(),))


def size(n: int) -> RequestFacts:
    tokens = Decimal(n * 100 + 50)
    return facts(None, tenant="x", tokens__input=tokens, tokens__output=Decimal(1))


Remembered = Callable[[Epoch], dict[object, object]]


@pytest.mark.parametrize(
    ("asked", "remembered", "sizes"),
    [
        ((facts(None, tenant=str(n)) for n in range(4)), "_circumstances", [1, 2, 1, 2]),
        ((facts(str(n)) for n in range(4)), "_answers", [1, 2, 1, 2]),
        ((facts(str(n)) for n in range(4)), "_circumstances", [1, 1, 1, 1]),
        ((facts(str(n)) for n in range(4)), "_named", [1, 2, 3, 4]),
        ((facts(f"nobody {n}") for n in range(4)), "_named", [0, 0, 0, 0]),
        ((facts(f"nobody {n}") for n in range(4)), "_answers", [0, 0, 0, 0]),
    ],
    ids=(
        "who asks",
        "what is asked",
        "what is asked by one",
        "names",
        "names of nothing",
        "answers about nothing",
    ),
)
def test_an_epoch_remembers_up_to_a_bound(
    asked: Iterable[RequestFacts],
    remembered: str,
    sizes: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MOST_REMEMBERED", "FEWEST_REMEMBERED"):
        monkeypatch.setattr(epoch, name, 2)
    engine = Engine(snapshot(IN_FORCE, KNOWN))
    found = []
    for each in asked:
        for _ in range(2):
            here = engine.decide(each, NOW).epoch
        found.append(len(getattr(here, remembered)))
    assert found == sizes


@pytest.mark.parametrize(
    ("most", "fewest", "memory", "kept"),
    [(100, 10, 40, 40), (30, 10, 40, 30), (100, 50, 40, 50), (100, 10, 1, 10)],
)
def test_of_large_sets_fewer_are_remembered(
    most: int, fewest: int, memory: int, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch, "MOST_REMEMBERED", most)
    monkeypatch.setattr(epoch, "FEWEST_REMEMBERED", fewest)
    monkeypatch.setattr(epoch, "MOST_BYTES", memory * 4)
    known = registry(*(route(f"r{n}") for n in range(24)))  # four bytes a set
    here = Engine(snapshot(IN_FORCE, known)).decide(facts(), NOW).epoch
    assert here._most == kept


def test_prices_and_needs_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_route, "MOST_OFFERS", 2)
    monkeypatch.setattr(suitability, "MOST_NEEDS", 2)
    engine = Engine(snapshot(policy_set(), KNOWN))
    offers, needs = [], []
    for n in (0, 0, 1, 2, 3):
        here = engine.decide(size(n), NOW).epoch
        offers.append(len(here.best_route._offers))
    needed = Suitability(KNOWN, here.bound.routes)
    for feature in ("", "", "tools", "vision", "x" * 2000):
        needed.of(facts("one", features=(feature,)))
        needs.append(len(needed._needs))
    assert offers == [1, 1, 2, 1, 2]
    assert needs == [1, 1, 2, 1, 1]


def test_the_cheapest_for_a_call_of_no_tokens_is_no_better_for_one_of_unknown_size() -> None:
    by_call = [replace(FLAT, amounts=(("request", Decimal(n)),)) for n in (9, 3)]
    routes = (replace(route(name), prices=(p,)) for name, p in zip("ab", by_call, strict=True))
    in_force = snapshot(policy_set(), registry(*routes))
    sizeless = facts(features=("streaming",))
    empty = replace(sizeless, scalars=dict.fromkeys(("tokens.input", "tokens.output"), Decimal(0)))
    for first, second in ((sizeless, empty), (empty, sizeless)):
        engine = Engine(in_force)
        found = [engine.decide(asked, NOW).route for asked in (first, second)]
        assert set(found) == {"a", "b"}


def test_a_call_of_no_tokens_costs_nothing_and_one_of_unknown_size_may_cost_anything() -> None:
    capped = rule(require=bound("cost", Matcher.AT_MOST, Decimal(1)))
    in_force = snapshot(policy(capped), registry(replace(route(), prices=(FLAT,))))
    sizeless = facts(features=("streaming",))
    nothing = {"tokens.input": Decimal(0), "tokens.output": Decimal(0)}
    empty = replace(sizeless, scalars=nothing)
    for first, second in ((sizeless, empty), (empty, sizeless)):
        engine = Engine(in_force)
        found = [engine.decide(asked, NOW).reason for asked in (first, second)]
        assert found == [Engine(in_force).decide(asked, NOW).reason for asked in (first, second)]
        assert found[0] != found[1]


@pytest.mark.parametrize(
    ("sides", "routes", "kept"), [(2, 100, 2), (100, 12, 3), (100, 11, 2), (0, 100, 1), (100, 0, 1)]
)
def test_of_many_routes_the_prices_of_fewer_sides_are_kept(
    sides: int, routes: int, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(best_route, "MOST_OFFERS", sides)
    monkeypatch.setattr(best_route, "MOST_PRICED", routes)
    here = Engine(snapshot(policy_set(), KNOWN)).decide(size(0), NOW).epoch
    assert here.best_route._most == kept


def test_a_side_is_priced_once_though_others_were_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_route, "MOST_OFFERS", 1)
    priced: list[RequestFacts] = []

    class Counted(Offers):
        def __init__(self, bound: Bound, facts: RequestFacts) -> None:
            priced.append(facts)
            super().__init__(bound, facts)

    monkeypatch.setattr(best_route, "Offers", Counted)
    rules = (rule(str(n), when=when, require=SERVED) for n, when in enumerate(TENANTS))
    engine = Engine(snapshot(replace(IN_FORCE, policies=(policy(*rules),)), KNOWN))
    for n in range(2):  # two sides of a tier, on each as many questions as there are tenants
        for tenant in "0123":
            asked = replace(size(n), scalars={**size(n).scalars, "tenant": tenant})
            assert engine.decide(asked, NOW).route == "r0"
    assert [each.scalars["tokens.input"] for each in priced] == [Decimal(50), Decimal(150)]


@pytest.mark.parametrize("stated", [{}, {"features": SetFact(settled=True)}], ids=str)
def test_a_call_of_a_model_that_states_no_need_has_none(stated: dict[str, SetFact]) -> None:
    here = Suitability(KNOWN, tuple(KNOWN.routes.values()))
    assert here.need(RequestFacts("0", stated)) is None
    assert here.of(RequestFacts("0", stated)) == 0b1111
    assert here.need(RequestFacts(None, stated, seen=False)) is None
    assert here.need(RequestFacts(None, stated)) is not None


def test_orders_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_route, "MOST_OFFERS", 2)
    monkeypatch.setattr(best_route, "MOST_LOOKED_AT", 0)
    engine = Engine(snapshot(replace(policy_set(), prefer=BY_PRICE), KNOWN))
    orders = []
    for n in (0, 0, 1, 2, 3):
        here = engine.decide(size(n), NOW).epoch
        orders.append(len(here.best_route._orders))
    assert orders == [1, 1, 2, 1, 2]


def test_epochs_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "MOST_EPOCHS", 2)
    days = [utc(f"2026-06-{day}") for day in (10, 12, 14, 16)]
    spans = (Validity(start, end) for start, end in pairwise(days))
    held = (agreement(f"held {n}", valid=valid) for n, valid in enumerate(spans))
    engine = Engine(snapshot(policy_set(), registry(*held)))
    sizes = []
    for day in (9, 11, 11, 13, 15, 17):
        engine.decide(facts(), Moment(utc(f"2026-06-{day:02}")))
        sizes.append(len(engine._bound))
    assert sizes == [1, 2, 2, 1, 2, 1]


def test_shortfalls_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_READ", 2)
    wanted = [names(name, Matcher.IS, "none") for name in ("logging", "caching", "human_review")]
    rules = (rule(str(n), require=test) for n, test in enumerate((CONTRACTED, *wanted)))
    engine = Engine(snapshot(policy(*rules), registry()))
    ruling = engine.decide(facts(), NOW)
    (found,) = explain(engine, facts(), ruling.determination()).routes
    assert len(found.rules) == 4
    assert len(ruling.epoch.readings._read) == 2
