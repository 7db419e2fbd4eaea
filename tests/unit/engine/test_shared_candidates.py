"""What rules say of few routes is worked out once for all requests that they cannot tell apart."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.decision import Candidate
from policy_router.domain.policy import Matcher
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine import reference, ruling
from policy_router.engine.decide import Engine
from tests.explained import CONTRACTED
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    evidence,
    facts,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import bound

TABLE = PriceTable(
    "USD", (("input", Decimal(1)), ("output", Decimal(1))), ALWAYS_VALID, evidence(), HERE
)
KNOWN = registry(model(), provider(), *(replace(route(f"r{n}"), prices=(TABLE,)) for n in range(2)))
CLAIMS = snapshot(policy(rule(require=CONTRACTED)), KNOWN)
COSTS = snapshot(policy(rule(require=bound("cost", Matcher.BELOW, Decimal("0.0002")))), KNOWN)


def sized(tokens: int) -> RequestFacts:
    return facts(tokens__input=Decimal(tokens), tokens__output=Decimal(1))


def _found(asked: Snapshot, *requests: RequestFacts) -> list[tuple[Candidate, ...]]:
    engine = Engine(asked)
    return [engine.decide(each, NOW).determination().candidates for each in requests]


def test_requests_that_rules_cannot_tell_apart_share_their_candidates() -> None:
    one, other = _found(CLAIMS, sized(100), sized(300))
    assert one
    assert one is other


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [(COSTS, (100, 300)), (CLAIMS, (2000, 3000))],
    ids=["a rule about cost", "too long for the model"],
)
def test_what_depends_on_the_exact_size_is_worked_out_for_each(
    asked: Snapshot, sizes: tuple[int, int]
) -> None:
    requests = [sized(tokens) for tokens in (*sizes, *sizes)]
    found = _found(asked, *requests)
    assert found[0] != found[1]
    assert found == [reference.decide(asked, each, NOW).candidates for each in requests]


def test_those_of_many_routes_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruling, "MOST_SHARED", 1)
    one, other = _found(CLAIMS, sized(100), sized(300))
    assert one == other
    assert one is not other
