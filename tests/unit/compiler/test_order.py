"""The usual order: by the first preference that holds whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.compiler.order import ordered, usual_order
from policy_router.domain.policy import (
    ALWAYS,
    DEFAULT_ORDER,
    Matcher,
    PolicySet,
    Predicate,
    Preference,
)
from policy_router.domain.route import Model
from tests.small import NOW, claim, facts, model, policy, provider, registry, route, snapshot
from tests.strategies.predicates import names

BLUE = names("tenant", Matcher.IS, "blue")


@pytest.mark.parametrize(
    ("prefer", "by"),
    [
        ((), DEFAULT_ORDER),
        (((BLUE, "throughput"),), DEFAULT_ORDER),
        (((BLUE, "throughput"), (ALWAYS, "context_window"), (ALWAYS, "cost")), ("context_window",)),
    ],
    ids=("none", "none that always holds", "the first that always holds"),
)
def test_it_is_that_of_a_request_of_which_nothing_is_known(
    prefer: tuple[tuple[Predicate, str], ...], by: tuple[str, ...]
) -> None:
    preferences = tuple(Preference(when, (name,)) for when, name in prefer)
    there = snapshot(PolicySet((policy(),), prefer=preferences), registry())
    found = usual_order(there, NOW, there.registry.routes.values())
    assert found.by == by


EMPTY = replace(model(window=None), max_output_tokens=None)


def card(name: str, **known: object) -> Model:
    return replace(EMPTY, id=name, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "best_first"),
    [
        ("throughput", "dca"),
        ("context_window", "dca"),
        ("max_output_tokens", "dca"),
        ("first_token_seconds", "acd"),
        ("benchmarks.x", "dca"),
    ],
)
def test_numbers_of_a_card(by: str, best_first: str) -> None:
    numbers = {"a": 0, "c": 1, "d": 2}
    cards = [card("b"), card("e")]
    for name, number in numbers.items():
        value = {"benchmarks": (("x", Decimal(number)),)} if "." in by else {by: Decimal(number)}
        cards.append(card(name, **value))
    known = registry(*cards, *(route(c.id, of=c.id) for c in cards))
    found = ordered(snapshot(policy(), known), NOW, (by,), facts(None), known.routes.values())
    assert "".join(r.id for r in found) == f"{best_first}be"


def test_retention_is_what_is_claimed() -> None:
    days = {"a": Decimal(30), "b": None, "c": Decimal(0), "d": Decimal(7)}
    known = registry(
        *(provider(n, claim("retention_days", d)) for n, d in days.items()),
        *(route(n, by=n) for n in days),
    )
    by = ("retention_days",)
    found = ordered(snapshot(policy(), known), NOW, by, facts(None), known.routes.values())
    assert "".join(r.id for r in found) == "cdab"
