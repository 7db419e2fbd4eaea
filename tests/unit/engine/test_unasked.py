"""A tool that a model uses by itself: a call that names it has the tool, and no other is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.decision import Reason
from policy_router.domain.policy import Alias, Matcher, PolicySet
from policy_router.domain.request import RequestFacts
from policy_router.engine import reference
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.suitability import Suitability
from tests.small import (
    NOW,
    facts,
    model,
    obligation,
    policy,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names

SEARCHES = replace(model("searches"), unasked_tools=frozenset({"web_search"}))
RUNS = replace(model("runs"), unasked_tools=frozenset({"web_search", "code_interpreter"}))
NEVER = replace(model("never"), unasked_tools=frozenset())
SILENT = model("silent")
MODELS = (SEARCHES, RUNS, NEVER, SILENT)
KNOWN = registry(*MODELS, *(route(f"r-{m.id}", of=m.id) for m in MODELS))
ALIASES = tuple(
    Alias(name, models, SILENT.span)
    for name, models in (("both", ("searches", "runs")), ("some", ("silent", "searches")))
)
IN_FORCE = snapshot(PolicySet((policy(rule()),), aliases=ALIASES), KNOWN)

PLAIN = {"r-never", "r-silent"}
ALL = {f"r-{m.id}" for m in MODELS}


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (facts(None), PLAIN),
        (facts(None, server_tools=("mcp",)), PLAIN),
        (facts(None, server_tools=("web_search",)), PLAIN | {"r-searches"}),
        (facts(None, server_tools=("code_interpreter",)), PLAIN),
        (facts(None, server_tools=("code_interpreter", "web_search")), ALL),
        (RequestFacts(seen=False), PLAIN),
        (facts("searches"), {"r-searches"}),
        (facts("r-runs"), {"r-runs"}),
        (facts("silent"), {"r-silent"}),
        (facts("some"), {"r-silent"}),
        (facts("both"), {"r-searches"}),
    ],
)
def test_who_suits_a_call_by_the_tools_it_shows(asked: RequestFacts, left: set[str]) -> None:
    for decided in (
        Engine(IN_FORCE).decide(asked, NOW).determination(),
        reference.decide(IN_FORCE, asked, NOW),
    ):
        assert set(decided.chain) == left
        lacking = {c.route for c in decided.candidates if c.unsuitable}
        assert lacking == {c.route for c in decided.candidates} - left


SEARCHING = names("server_tools", Matcher.INCLUDES, "web_search")
REFUSES = obligation("no-search", refuse_when=SEARCHING)
LOOKED_AT = snapshot(PolicySet((policy(rule(), obligations=(REFUSES,)),), aliases=ALIASES), KNOWN)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("searches", Reason.OBLIGATION),
        ("r-runs", Reason.OBLIGATION),
        ("both", Reason.OBLIGATION),
        ("some", None),
        ("silent", None),
    ],
)
def test_what_policies_say_of_a_tool_holds_for_calls_that_do_not_ask_for_it(
    name: str, reason: Reason | None
) -> None:
    asked = facts(name, server_tools=())
    assert reference.decide(LOOKED_AT, asked, NOW).reason is reason
    found = Engine(LOOKED_AT).decide(asked, NOW)
    said = found.determination()
    assert said == reference.decide(LOOKED_AT, asked, NOW)
    assert [w.about for w in said.warnings] == ([name] if reason else [])


def test_what_is_permitted_instead_need_not_use_the_tool() -> None:
    engine = Engine(LOOKED_AT)
    asked = facts("searches", server_tools=())
    found = explain(engine, asked, engine.decide(asked, NOW).determination())
    assert {a.route for a in found.alternatives} == PLAIN


def test_a_declaration_leaves_the_tool_in_both_views() -> None:
    plain = RequestFacts("searches")
    declared = replace(facts("searches", server_tools=("web_search",)), base=plain)
    found = Engine(LOOKED_AT).decide(declared, NOW)
    assert all(view.set_fact("server_tools").members for view in found.facts.views)
    assert found.determination() == reference.decide(LOOKED_AT, declared, NOW)


def test_needs_are_the_same_for_calls_that_show_the_same() -> None:
    here = Suitability(KNOWN, tuple(KNOWN.routes.values()))
    assert here.need(RequestFacts("a")) is here.need(RequestFacts("b"))
    shown = [facts("a", server_tools=tools) for tools in (("mcp",), (), ("web_search",))]
    needs = [here.need(asked) for asked in shown]
    assert needs[0] is needs[1] is not needs[2]


@pytest.mark.parametrize(
    ("name", "tools"),
    [
        ("searches", {"web_search"}),
        ("r-runs", {"web_search", "code_interpreter"}),
        ("both", {"web_search"}),
        ("some", set()),
        ("silent", set()),
        ("nothing-of-the-kind", set()),
    ],
)
def test_a_call_shows_what_every_route_of_its_name_uses(name: str, tools: set[str]) -> None:
    assert reference.tools_unasked(IN_FORCE, name) == tools
    found = Engine(IN_FORCE).decide(facts(name, server_tools=("mcp",)), NOW).facts
    assert found.set_fact("server_tools").members == tools | {"mcp"}
