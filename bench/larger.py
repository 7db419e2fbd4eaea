"""What takes longer than a decision: explaining one, auditing many; seconds, processor time."""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median
from time import process_time

from bench import calls, rules
from bench.world import HERE, NOW, SEED, world
from policy_router.audit.gaps import gaps
from policy_router.audit.matrix import matrix, reachable_routes
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.explanation import Explanation
from policy_router.report.explanations import explanation_json, explanation_lines
from policy_router.report.screen import Screen
from policy_router.service.decision import Decision

EXPLAINED = 40
SHOWN = 3

Taken = tuple[float, float]
"""The median and the longest."""


def _screen(decision: Decision, explanation: Explanation) -> object:
    """What `explain` shows: three candidates in full, remedies included."""
    routes = explanation.nearest[:SHOWN]
    return list(explanation_lines(decision, explanation, routes, Screen()))


def _content(decision: Decision, explanation: Explanation) -> object:
    """Every rule's verdict on every route, with each shortfall, claim and piece of evidence."""
    del decision
    return [route.rules for route in explanation.routes]


def _json(decision: Decision, explanation: Explanation) -> object:
    """All of that as JSON, with the remedies of the nearest routes."""
    del decision
    return explanation_json(explanation, explanation.nearest)


_ASKED: dict[str, Callable[[Decision, Explanation], object]] = {
    "screen": _screen,
    "content": _content,
    "json": _json,
}
"""What is asked of an explanation: what a person sees first, all there is, all of it written."""


def explaining(size: int) -> dict[str, Taken]:
    """Explaining requests over `size` routes, decision included, by what is asked of it."""
    snapshot = world(size).under(rules.usual())
    return {name: _explaining(snapshot, asked) for name, asked in _ASKED.items()}


def _explaining(snapshot: Snapshot, ask: Callable[[Decision, Explanation], object]) -> Taken:
    engine = Engine(snapshot)
    asked = calls.usual(EXPLAINED, SEED)
    engine.over_all(asked[0].facts, NOW)
    taken = []
    for each in asked:
        gc.collect()
        start = process_time()
        decision = Decision(engine, engine.decide(each.facts, NOW), each.facts)
        ask(decision, decision.explain())
        taken.append(process_time() - start)
    return median(taken), max(taken)


def auditing(scenarios: int, size: int) -> float:
    """An audit of so many scenarios on `size` routes."""
    snapshot = world(size).under(rules.usual())
    start = process_time()
    matrix(snapshot, _described(scenarios), reachable_routes(snapshot), NOW)
    return process_time() - start


def searching(scenarios: int, size: int) -> float:
    """What is missing for so many scenarios on `size` routes: the smallest sets of each."""
    snapshot = world(size).under(rules.usual())
    start = process_time()
    gaps(snapshot, _described(scenarios), reachable_routes(snapshot), NOW)
    return process_time() - start


def _described(scenarios: int) -> list[Scenario]:
    asked = calls.usual(scenarios, SEED)
    gc.collect()
    return [Scenario(f"s{n}", "", "", a.facts, HERE) for n, a in enumerate(asked)]
