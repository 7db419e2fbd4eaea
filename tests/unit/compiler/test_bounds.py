"""What a bound plan remembers of requests: the same question once, and so many at the most."""

from __future__ import annotations

import pytest

from policy_router.compiler import bind
from policy_router.compiler.bind import Bound
from policy_router.domain.policy import Matcher
from policy_router.engine.decide import Engine
from tests.small import NOW, agreement, facts, policy, registry, rule, signoff, snapshot
from tests.strategies.predicates import names

SIGNED = names("signoff", Matcher.IS, "dpia")
SIGNED_FOR = tuple(signoff(name=f"for {n}", tenants=(f"tenant {n}",)) for n in range(4))


def bound_of(engine: Engine, tenant: int) -> Bound:
    ruling = engine.decide(facts(tenant=f"tenant {tenant}", data=("personal",)), NOW)
    ruling.determination()
    return ruling.epoch.bound


def test_of_requests_that_read_otherwise_so_many_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bind, "MOST_REMEMBERED", 2)
    engine = Engine(snapshot(policy(rule(require=SIGNED)), registry(agreement(), *SIGNED_FOR)))
    sizes = []
    for tenant in (0, 0, 1, 2, 3):
        bound = bound_of(engine, tenant)
        sizes.append((len(bound._met), len(bound._asked)))
    assert sizes == [(1, 1), (1, 1), (2, 2), (2, 2), (2, 2)]
