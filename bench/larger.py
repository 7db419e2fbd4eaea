"""What takes longer than a decision: explaining one, auditing many; seconds, processor time."""

from __future__ import annotations

import gc
from statistics import median
from time import process_time

from bench import calls, rules
from bench.world import HERE, NOW, SEED, world
from policy_router.audit.matrix import matrix, reachable_routes
from policy_router.domain.organisation import Scenario
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain

EXPLAINED = 40


def explaining(size: int) -> tuple[float, float]:
    """The median and the longest of explaining requests over `size` routes, decision included."""
    engine = Engine(world(size).under(rules.usual()))
    asked = calls.usual(EXPLAINED, SEED)
    engine.decide(asked[0].facts, NOW)
    taken = []
    for each in asked:
        gc.collect()
        start = process_time()
        explain(engine, each.facts, engine.decide(each.facts, NOW).determination())
        taken.append(process_time() - start)
    return median(taken), max(taken)


def auditing(scenarios: int, size: int) -> float:
    """An audit of so many scenarios on `size` routes."""
    snapshot = world(size).under(rules.usual())
    asked = calls.usual(scenarios, SEED)
    described = [Scenario(f"s{n}", "", "", a.facts, HERE) for n, a in enumerate(asked)]
    gc.collect()
    start = process_time()
    matrix(snapshot, described, reachable_routes(snapshot), NOW)
    return process_time() - start
