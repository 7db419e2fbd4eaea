"""A call that goes to one gateway in any case, and of which nothing else is seen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from policy_router.domain.policy import Matcher, PolicySet
from policy_router.domain.policy import Test as FactTest
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from policy_router.engine.ruling import Ruling
from tests.small import (
    HERE,
    NOW,
    exception,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names

IS = Matcher.IS
TALKS, EMBEDS = model("talks"), model("embeds", gives="embedding")
KNOWN = registry(
    gateway("hub"),
    gateway("far"),
    provider("acme", covers=("talks", "embeds")),
    TALKS,
    EMBEDS,
    route("here", of="talks"),
    route("vectors", of="embeds"),
    route("there", of="talks", at="far"),
)
AT_HUB = PolicySet((policy(rule(require=names("gateway", IS, "hub"))),))
UNSEEN = RequestFacts(seen=False)


def _ruling(policies: PolicySet, at: str, facts: RequestFacts = UNSEEN) -> Ruling:
    """The ruling there, which is what the definition says of those routes alone."""
    engine = Engine(snapshot(policies, KNOWN)).at_gateway(at)
    ruling = engine.decide(facts, NOW)
    defined = decide(engine.snapshot, facts, NOW)
    assert decision_json(ruling.determination()) == decision_json(defined)
    return ruling


def test_only_its_routes_count_and_of_a_call_that_is_not_seen_no_operation_is_assumed() -> None:
    assert _ruling(AT_HUB, "hub").chain == ("here", "vectors")
    assert _ruling(AT_HUB, "hub", RequestFacts()).chain == ("here",)
    assert _ruling(AT_HUB, "far").chain == ()


def test_it_is_made_once_and_of_the_same_documents() -> None:
    engine = Engine(snapshot(AT_HUB, KNOWN))
    there = engine.at_gateway("hub")
    assert engine.at_gateway("hub") is there
    assert there.snapshot.digests == engine.snapshot.digests
    assert set(engine.snapshot.registry.routes) == {"here", "vectors", "there"}


def test_routes_are_kept_out_whatever_else_speaks_against_them() -> None:
    """Those that cannot do what is asked, and those that are retired, are judged all the same."""
    only_talks = PolicySet((policy(rule(require=names("model", IS, "talks"))),))
    chat = RequestFacts(scalars={"endpoint": "chat_completions"})
    assert _ruling(only_talks, "hub", chat).kept_out == ("vectors",)
    assert _ruling(AT_HUB, "hub", chat).kept_out == ()
    retired = {**KNOWN.routes, "here": replace(KNOWN.routes["here"], stage="retired")}
    known = replace(KNOWN, routes=retired)
    ruling = Engine(snapshot(PolicySet((policy(rule(require=names("model", IS, "none"))),)), known))
    assert ruling.decide(UNSEEN, NOW).kept_out == ("here", "there", "vectors")


def test_a_cost_that_is_not_known_keeps_a_route_out() -> None:
    cheap = FactTest("cost", Matcher.AT_MOST, (), Decimal(1), HERE)
    waived = replace(
        PolicySet((policy(rule(require=cheap)),)), exceptions=(exception(routes=("here",)),)
    )
    ruling = _ruling(waived, "hub")
    assert ruling.chain == ("here",)
    assert ruling.kept_out == ("vectors",)
