"""What is permitted instead of a route that may not carry a request."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import Not, PolicySet
from policy_router.domain.route import GatewayType
from tests.explained import INCLUDES, IS, priced, told
from tests.small import (
    facts,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
)
from tests.strategies.predicates import names

IF_PERSONAL = names("data", INCLUDES, "personal")


NOT_ONE = PolicySet((policy(rule(require=Not(names("model", IS, "one")))),))
MODELS = (model("one"), model("two"), provider("acme", covers=("one", "two")))
DIRECT = replace(gateway("direct"), type=GatewayType.DIRECT)


def test_permitted_alternatives_with_the_difference_in_price() -> None:
    known = registry(
        *MODELS,
        gateway("hub"),
        gateway("relay", adds_hop=True),
        DIRECT,
        priced("r", "one", "2"),
        priced("r2", "one", "3"),
        priced("own", "two", "1"),
        priced("other", "two", "5", at="relay"),
        priced("direct", "two", "7", at="direct"),
        route("unpriced", of="two"),
    )
    found = told(NOT_ONE, known).alternatives
    assert [(a.route, a.own, a.input_price, a.input_difference) for a in found] == [
        ("own", True, Decimal(1), Decimal(-1)),
        ("other", False, Decimal(5), Decimal(3)),
        ("direct", False, Decimal(7), Decimal(5)),
        ("unpriced", True, None, None),
    ]
    assert [a.output_difference for a in found] == [Decimal(-2), Decimal(6), Decimal(10), None]


def test_no_difference_to_a_route_without_a_price() -> None:
    known = registry(*MODELS, route("r"), priced("own", "two", "1"))
    (found,) = told(NOT_ONE, known).alternatives
    assert (found.input_price, found.input_difference) == (Decimal(1), None)


@pytest.mark.parametrize("asked", ["two", None], ids=("permitted", "asked for anything"))
def test_no_alternatives_where_none_are_asked_for(asked: str | None) -> None:
    known = registry(*MODELS, route("r"), route("own", of="two"))
    assert told(NOT_ONE, known, facts(asked)).alternatives == ()
    only_one = registry(*MODELS, route("r"))
    assert told(NOT_ONE, only_one, facts(None)).alternatives == ()


def test_alternatives_keep_what_is_merely_declared() -> None:
    known = registry(*MODELS, route("r"), route("own", of="two"))
    asked = replace(facts(data=("personal",)), base=facts())
    assert [a.route for a in told(NOT_ONE, known, asked).alternatives] == ["own"]


def test_no_more_than_five_alternatives() -> None:
    known = registry(*MODELS, route("r"), *(route(f"other {n}", of="two") for n in range(7)))
    found = told(NOT_ONE, known).alternatives
    assert [a.route for a in found] == [f"other {n}" for n in range(5)]
