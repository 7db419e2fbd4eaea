"""One engine asked many things: each answer is the definition's, whatever was asked before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from itertools import product

import pytest

from policy_router.compiler import bind
from policy_router.domain.claim import EvidenceDemand, Listing, Moment, Validity
from policy_router.domain.policy import (
    ALWAYS,
    Alias,
    Matcher,
    PolicySet,
    Preference,
    Substitution,
)
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.price import PriceTable, PriceTier, Rate, Window
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine import best_route, decide, epoch, suitability
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide as decide_by_definition
from policy_router.engine.render import decision_json
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOON,
    NOW,
    agreement,
    claim,
    evidence,
    exception,
    facts,
    model,
    obligation,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
    utc,
)
from tests.strategies.predicates import bound, names

IS, ANY = Matcher.IS, Matcher.INCLUDES_ANY
PERSONAL = names("data", ANY, "personal")
CHEAP = bound("cost", Matcher.AT_MOST, Decimal("0.002"))


def table(into: str | None, out: str | None, *tiers: PriceTier, **more: object) -> PriceTable:
    """Make prices in dollars per million tokens."""
    stated = {"input": into, "output": out, "request": more.pop("request", None)}
    amounts = tuple((m, Decimal(str(a))) for m, a in stated.items() if a is not None)
    plain = PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE, tiers)
    return replace(plain, **more)  # type: ignore[arg-type]


def sized(into: int | str | None, out: int | str | None, **stated: object) -> RequestFacts:
    """Make a request for any model with token counts."""
    counts = {"tokens__input": into, "tokens__output": out}
    known = {name: Decimal(n) for name, n in counts.items() if n is not None}
    return facts(None, **known, **stated)  # type: ignore[arg-type]


def same(in_force: Snapshot, asked: Iterable[RequestFacts], *moments: Moment) -> Engine:
    """Ask one engine everything twice: each time it answers as the definition does."""
    engine = Engine(in_force)
    right = [
        (request, moment, decide_by_definition(in_force, request, moment))
        for moment, request in product(moments or (NOW,), asked)
    ]
    for request, moment, defined in (*right, *right):
        ruling = engine.decide(request, moment)
        early = (ruling.reason, ruling.route, ruling.chain)
        assert early == (defined.reason, next(iter(defined.chain), None), defined.chain)
        assert decision_json(ruling.determination()) == decision_json(defined)
    return engine


TIERED = replace(route("t"), prices=(table("1", "4", PriceTier(100, (("input", Decimal(5)),))),))
ROUTES = (
    TIERED,
    replace(route("free"), prices=(table("0", "0"),)),
    replace(route("same"), prices=(table("2", "3"),)),
    replace(route("equal"), prices=(table("2", "3"),)),
    replace(route("dear"), prices=(table("2", "30"),)),
    replace(route("call"), prices=(table("0.1", "0.1", request="400"),)),
    replace(route("nothing")),
    replace(route("two", of="two"), prices=(table("3", "1"),)),
    replace(route("also", of="two"), prices=(table("5", "1"),)),
)
MODELS = (model(window=2000), model("two", window=300), provider(covers=("one", "two")))
MARKET = registry(*MODELS, *ROUTES)
SIZES = (
    *((10, 10), (100, 100), (101, 1), (1, 200), (250, 40), (1000, 1), (0, 10), (10, 0)),
    *((None, 10), (10, None), (None, None), ("0.5", 10), ("1.9", "1.1")),
)


def asked() -> Iterator[RequestFacts]:
    """Ask for every size, any model and each name."""
    for size in SIZES:
        for name in (None, "one", "two", "pair", "t", "nobody"):
            yield replace(sized(*size), model=name)


EQUAL = names("route", IS, "equal", "same", "call")
BY = (
    ("cost",),
    ("price.output", "cost"),
    ("cost", "price.output"),
    ("price.input", "cost", "price.output"),
    ("price.output",),
    ("context_window", "cost"),
)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("capped", [False, True])
def test_every_size_in_every_order(by: tuple[str, ...], capped: bool) -> None:
    demands = (rule("cap", require=CHEAP),) if capped else (rule("not", forbid=(EQUAL,)),)
    in_force = PolicySet(
        (policy(rule("any"), *demands),),
        aliases=(Alias("pair", ("two", "one"), HERE),),
        prefer=(Preference(ALWAYS, by),),
    )
    same(snapshot(in_force, MARKET), asked())


@pytest.mark.parametrize("capped", [False, True])
def test_a_stand_in_for_a_model_that_costs_too_much(capped: bool) -> None:
    demand = CHEAP if capped else names("model", IS, "two")
    in_force = PolicySet(
        (policy(rule("cap", require=demand), obligations=(obligation(n=1),)),),
        aliases=(Alias("pair", ("two", "one"), HERE),),
        substitutions=(Substitution("one", "pair", ALWAYS),),
    )
    same(snapshot(in_force, MARKET), asked())


def test_a_cap_that_nothing_meets_comes_before_obligations_that_differ() -> None:
    duties = (obligation("a", n=1), obligation("b", n=2))
    in_force = policy(rule("cap", require=CHEAP), obligations=duties)
    same(snapshot(in_force, MARKET), asked())


def test_a_cap_that_is_waived() -> None:
    in_force = PolicySet(
        (policy(rule("cap", require=CHEAP)),),
        exceptions=(exception(of="policy/cap", routes=("dear", "two")),),
        prefer=(Preference(ALWAYS, ("price.output",)),),
    )
    same(snapshot(in_force, MARKET), asked())


def test_the_best_within_a_cap_depends_on_the_size() -> None:
    known = registry(
        replace(route("best"), prices=(table("1", "1", request="900000"),)),
        replace(route("call"), prices=(table("1", "2", request="300"),)),
        replace(route("token"), prices=(table("3", "2"),)),
    )
    in_force = PolicySet(
        (policy(rule("cap", require=CHEAP)),),
        prefer=(Preference(ALWAYS, ("price.output", "cost")),),
    )
    sizes = [sized(into, 10) for into in (100, 200, 600, 990)]
    engine = same(snapshot(in_force, known), sizes)
    assert [engine.decide(s, NOW).route for s in sizes] == ["token", "call", "call", "call"]


def test_of_two_caps_both_count() -> None:
    loose = bound("cost", Matcher.AT_MOST, Decimal(1))
    in_force = PolicySet(
        (policy(rule("loose", require=loose), rule("tight", require=CHEAP)),),
        prefer=(Preference(ALWAYS, ("price.output",)),),
    )
    dear = replace(route("call"), prices=(table("1", "1", request="900000"),))
    known = registry(dear, replace(route("token"), prices=(table("2", "2"),)))
    engine = same(snapshot(in_force, known), [sized(10, 10)])
    assert engine.decide(sized(10, 10), NOW).route == "token"


@pytest.mark.parametrize("limit", ["1", "2", "5"])
def test_a_price_is_that_of_the_size_of_the_call(limit: str) -> None:
    demand = bound("price.input", Matcher.AT_MOST, Decimal(limit))
    same(snapshot(policy(rule(require=demand)), MARKET), asked())


def test_a_bound_that_is_missing_is_unknown() -> None:
    missing = Comparison("price.input", Matcher.AT_MOST, (), None, HERE)
    same(snapshot(policy(rule(require=missing)), MARKET), asked())


CIRCUMSTANCES = tuple(
    replace(facts(name, data=data, regime=regime, tenant=tenant), base=base)
    for name, data, regime, tenant, base in product(
        (None, "one", "two"),
        (("personal",), ("non_personal",), ("health", "source_code")),
        (("eu_gdpr",), ("uk_gdpr", "eu_gdpr")),
        ("a", "b-1", "c"),
        (None, facts(None, data=("trade_secret",))),
    )
)
ONLY_EU = names("regime", Matcher.WITHIN, "eu_gdpr")
BASIS = names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "dpf")
RULES = policy(
    rule("contract", when=PERSONAL, require=names("dpa", IS, "in_force")),
    rule("two", when=names("tenant", IS, "b-*"), require=names("model", IS, "two")),
    rule(
        "regimes",
        when=names("regime", Matcher.WITHIN, "eu_gdpr"),
        forbid=(names("route", IS, "t"),),
    ),
    rule(
        "basis", when=PERSONAL, require=names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "dpf")
    ),
)
ENTRY = Listing("Acme Inc", "active", frozenset({"non_hr"}), frozenset())


def test_circumstances_and_names() -> None:
    known = registry(
        *MODELS[:2],
        provider("acme", claim("dpf", ENTRY), covers=("one", "two")),
        *ROUTES,
        agreement(models=("one",), dpa="in_force"),
        agreement("other", models=("three",), dpa="available"),
    )
    same(snapshot(RULES, known), CIRCUMSTANCES)


def test_full_memories_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name in (
        (bind, "MOST_REMEMBERED"),
        (epoch, "FEWEST_REMEMBERED"),
        (epoch, "MOST_REMEMBERED"),
        (best_route, "MOST_LOOKED_AT"),
        (best_route, "MOST_OFFERS"),
        (suitability, "MOST_NEEDS"),
    ):
        monkeypatch.setattr(place, name, 0)
    by_cost = (Preference(ALWAYS, ("cost",)),)
    same(snapshot(PolicySet((RULES,), prefer=by_cost), MARKET), CIRCUMSTANCES)
    same(snapshot(PolicySet((policy(),), prefer=by_cost), MARKET), asked())


def _spans(*instants: str) -> tuple[Moment, ...]:
    return tuple(Moment(utc(text)) for text in instants)


def test_every_epoch_has_its_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "MOST_EPOCHS", 2)
    june = Validity(utc("2026-06-10"), utc("2026-06-20"))
    fresh = EvidenceDemand(max_age_days=30)
    in_force = PolicySet(
        (
            policy(
                rule("contract", require=names("dpa", IS, "in_force")),
                rule("fresh", require=names("training", IS, "prohibited"), demand=fresh),
            ),
        ),
        rates=(Rate("EUR", Decimal(1), june),),
    )
    known = registry(
        provider("acme", claim("training", "prohibited", evidence(read="2026-05-18"))),
        agreement(dpa="in_force", valid=june, recorded="2026-06-12"),
    )
    days = _spans(
        "2026-06-09", "2026-06-10", "2026-06-15", "2026-06-17", "2026-06-18", "2026-06-20"
    )
    learnt = tuple(Moment(NOON, known_at=utc(d)) for d in ("2026-06-11", "2026-06-12"))
    engine = same(snapshot(in_force, known), [facts()], *days, *learnt)
    assert len({engine.decide(facts(), day).reason for day in days}) > 1


def test_prices_by_the_hour() -> None:
    night = replace(route("r"), prices=(table("1", "1", window=Window(time(22), time(6))),))
    day = replace(route("day"), prices=(table("2", "2"),))
    in_force = PolicySet((policy(),), prefer=(Preference(ALWAYS, ("price.input",)),))
    hours = [Moment(NOON + timedelta(hours=n)) for n in (0, 9, 10, 12, 17, 18)]
    engine = same(snapshot(in_force, registry(night, day)), [facts()], *hours)
    assert {engine.decide(facts(), moment).route for moment in hours} == {"r", "day"}


def test_a_ruling_says_what_it_is() -> None:
    engine = Engine(snapshot(policy(), registry()))
    assert repr(engine.decide(facts(None), NOW)) == "<permitted any model: r>"
    assert repr(engine.decide(facts("nobody"), NOW)) == "<denied nobody: unknown_model>"
