"""What is permitted instead is told as routes are elsewhere: with its prices, and if it fits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import Not, PolicySet
from policy_router.domain.price import PriceTable, PriceTier, Rate
from policy_router.domain.route import Route
from policy_router.engine.decide import Engine
from policy_router.report.alternatives import instead_lines
from policy_router.report.decisions import decision_lines
from policy_router.report.explanations import explanation_lines
from policy_router.report.screen import Screen
from policy_router.report.why import why_lines
from policy_router.service.decision import Decision
from tests.explained import IS, priced
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
    rule,
    snapshot,
)
from tests.strategies.predicates import names

TWO = policy(rule(require=Not(names("model", IS, "one"))))
TIER = PriceTier(272_000, (("input", Decimal(8)), ("output", Decimal(30))))
EURO = Rate("EUR", Decimal(2), ALWAYS_VALID)


def _tiered(currency: str = "USD", output: str = "20") -> Route:
    amounts = (("input", Decimal(4)), ("output", Decimal(output)))
    table = PriceTable(currency, amounts, ALWAYS_VALID, evidence(), HERE, tiers=(TIER,))
    return replace(priced("other", "two", "0"), prices=(table,))


def _refused(other: Route, window: int | None = 1000, size: int | None = None) -> Decision:
    known = registry(
        gateway(),
        model("one"),
        model("two", window=window),
        provider("acme", covers=("one", "two")),
        priced("asked", "one", "2"),
        other,
    )
    asked = facts("one", data=("personal",))
    if size is not None:
        asked = facts("one", data=("personal",), tokens__input=Decimal(size))
    engine = Engine(snapshot(PolicySet((TWO,), rates=(EURO,)), known))
    return Decision(engine, engine.decide(asked, NOW), asked)


def _told(decision: Decision) -> list[str]:
    return list(instead_lines(decision, decision.explain().alternatives, Screen(width=300)))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            _tiered(),
            (
                "input 4.00 USD (8.00 above 272,000 tokens in), output 20.00 USD (30.00 above "
                "272,000 tokens in) per 1M tokens (at the dearest +6.00 in, +26.00 out)"
            ),
        ),
        (
            _tiered("EUR"),
            (
                "input 8.00 USD (16.00 above 272,000 tokens in), output 40.00 USD (60.00 above "
                "272,000 tokens in) per 1M tokens (at the dearest +14.00 in, +56.00 out)"
            ),
        ),
        (_tiered("CHF"), "price not known"),
        (
            priced("other", "two", "5"),
            "input 5.00 USD, output 10.00 USD per 1M tokens (+3.00 in, +6.00 out)",
        ),
        (
            priced("other", "two", "0"),
            (
                "input 0.00 USD (listed as zero), output 0.00 USD (listed as zero) per 1M tokens "
                "(-2.00 in, -4.00 out)"
            ),
        ),
    ],
)
def test_prices_are_told_as_lists_tell_them(other: Route, said: str) -> None:
    assert _told(_refused(other)) == [f"  - `other`, the organisation's own: {said}"]


@pytest.mark.parametrize(("size", "price"), [(9, "4.00"), (272_001, "8.00")])
def test_of_a_call_whose_size_is_known_its_own_price_is_told(size: int, price: str) -> None:
    (said,) = _told(_refused(_tiered(), 1_000_000, size))
    assert f"input {price} USD, output" in said
    assert "above" not in said
    assert "dearest" not in said


@pytest.mark.parametrize("window", [None, 1000])
def test_every_command_says_which_routes_no_call_is_known_to_fit(window: int | None) -> None:
    decision = _refused(_tiered(), window)
    explanation, screen = decision.explain(), Screen(width=300)
    for lines in (
        decision_lines(decision, explanation, screen),
        why_lines(decision, explanation, screen),
        explanation_lines(decision, explanation, explanation.routes, screen),
    ):
        said = "\n".join(lines)
        assert ("no known context window" in said) is (window is None)
