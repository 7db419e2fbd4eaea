"""What an epoch reads of a request, and where the size of a call makes a difference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.contract import Signoff
from policy_router.domain.policy import Matcher, Policy
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.price import PriceTable, PriceTier
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.route import Model, Route
from policy_router.engine.classes import Bounds, alike, bounds, facts_noticed, facts_read
from policy_router.engine.decide import Engine
from policy_router.engine.ruling import Ruling
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    evidence,
    facts,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
)
from tests.strategies.predicates import names

IS = Matcher.IS


def _test(subject: str, matcher: Matcher, bound: str) -> Comparison:
    return Comparison(subject, matcher, (), Decimal(bound), HERE)


def _priced(name: str, *tiers: PriceTier, **amounts: str) -> Route:
    stated = tuple((meter, Decimal(amount)) for meter, amount in amounts.items())
    table = PriceTable("USD", stated, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name), prices=(replace(table, tiers=tiers),))


OPEN = policy(rule(require=names("gateway", IS, "hub")))
BY_MODEL = policy(
    rule(when=names("requested.model", IS, "one"), require=names("gateway", IS, "hub"))
)
LARGE = policy(
    rule(when=_test("tokens.input", Matcher.AT_LEAST, "7.5"), require=names("gateway", IS, "hub"))
)
CAPPED = policy(rule(require=_test("cost", Matcher.AT_MOST, "1")))
FLAT, STEEP = _priced("flat", input="1", output="8"), _priced("steep", input="3", output="2")
PER_CALL = _priced("per-call", input="0.5", output="0.5", request="9")


def _engine(in_force: Policy, *known: Route | Model | Signoff) -> Engine:
    return Engine(snapshot(in_force, registry(gateway(), provider(), model(), *known)))


def _ruling(engine: Engine, **stated: int) -> Ruling:
    sizes: dict[str, FactValue] = {
        f"tokens.{meter}": Decimal(count) for meter, count in stated.items()
    }
    return engine.decide(replace(facts(), scalars=sizes), NOW)


def test_only_what_is_asked_is_read_besides_what_a_call_needs() -> None:
    epoch = _engine(OPEN, FLAT).epoch(NOW)
    assert facts_noticed(epoch) == frozenset()
    assert "requested.model" in facts_read(epoch)
    assert "purpose" not in facts_read(epoch)
    assert "requested.model" in facts_noticed(_engine(BY_MODEL, FLAT).epoch(NOW))


def test_tools_of_a_call_are_read_where_a_model_uses_some_by_itself() -> None:
    searching = replace(model(), unasked_tools=frozenset({"web_search"}))
    assert "server_tools" in facts_read(_engine(OPEN, FLAT, searching).epoch(NOW))
    assert "server_tools" not in facts_read(_engine(OPEN, FLAT).epoch(NOW))


def test_what_an_attribute_of_a_route_depends_on_is_noticed() -> None:
    signed = policy(rule(require=names("signoff", Matcher.INCLUDES_ANY, "dpia")))
    without = _engine(signed, FLAT).epoch(NOW)
    assert facts_noticed(without) == {"data", "purpose", "tenant"}
    assert "purpose" not in facts_read(without)
    assert "purpose" in facts_read(_engine(signed, FLAT, signoff()).epoch(NOW))
    assert {"tokens.input", "tokens.output"} <= facts_noticed(_engine(CAPPED, FLAT).epoch(NOW))


def test_sizes_differ_at_bounds_of_rules_tiers_and_models() -> None:
    tiered = _priced("tiered", PriceTier(20, (("input", Decimal(9)),)), input="1", output="1")
    epoch = _engine(LARGE, tiered).epoch(NOW)
    found = bounds(epoch)
    assert found.input == {1, 8, 20, 21}
    assert found.output == {1, 501}
    assert found.both == {1, 1001}
    more = Bounds(frozenset({3}), frozenset(), frozenset())
    assert (found | more).input == {1, 3, 8, 20, 21}


def test_the_route_turns_where_two_cost_the_same() -> None:
    engine = _engine(OPEN, FLAT, STEEP)
    ruling = _ruling(engine, input=10, output=1)
    assert ruling.turning == ((1, 3),)
    assert ruling.route == "flat"
    assert _ruling(engine, input=1, output=1).route == "steep"
    assert _ruling(engine, input=3, output=1).route == "flat"


def test_where_no_size_matters_nothing_turns() -> None:
    assert _ruling(_engine(OPEN, FLAT, STEEP)).turning == ()
    assert _ruling(_engine(OPEN, FLAT), input=10, output=1).turning == ()


@pytest.mark.parametrize(
    ("in_force", "known", "sizes"),
    [
        (CAPPED, (FLAT, STEEP), {"input": 1, "output": 1}),
        (OPEN, (FLAT, STEEP, PER_CALL), {"input": 1, "output": 1}),
        (OPEN, (FLAT, STEEP), {"input": 0, "output": 1}),
    ],
)
def test_where_the_ratio_does_not_tell_every_size_is_its_own(
    in_force: Policy, known: tuple[Route, ...], sizes: dict[str, int]
) -> None:
    assert _ruling(_engine(in_force, *known), **sizes).turning is None


def test_alike_is_what_no_policy_tells_apart() -> None:
    epoch = _engine(LARGE, FLAT).epoch(NOW)

    def of(asked: RequestFacts) -> object:
        return alike(epoch, asked)

    small, also_small = (facts(tokens__input=Decimal(n), purpose=str(n)) for n in (2, 3))
    assert of(small) == of(also_small)
    assert of(small) != of(facts(tokens__input=Decimal(9)))
    assert of(small) != of(facts(tokens__input=Decimal(0)))
    assert of(small) != of(facts())
    assert of(facts()) != of(facts("other"))
