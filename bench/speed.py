"""Seconds a decision at one size of the registry: the engine beside the plain loop.

Times are processor time, medians over the repeats; in each repeat the engine and the loop take
turns, so that whatever else slows the machine slows both. Every request is distinct; the engine
is asked for outcome and route.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time

from bench import calls, rules
from bench.baseline import choose
from bench.calls import Asking
from bench.loops import looping, looping_by_cost, looping_named, looping_tuned
from bench.world import NOW, SEED, World, world
from policy_router.compiler.bind import Bound
from policy_router.compiler.lower import lower
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine

REQUESTS = 4_000
COMPARED = 20
REBOUND_ROUTES = 10_000
"""Up to this size every repeat that needs a fresh engine gets one; above, only the first."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds a decision of the engine and of the loop on the same requests."""

    engine: float
    loop: float

    @property
    def ratio(self) -> float:
        """How many times faster the engine is."""
        return self.loop / self.engine


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured at one size. `bind`: seconds from snapshot to first decision.

    `met`: how many circumstances the policies tell apart among the first requests. `tuned`: seconds
    a decision of the tuned loop.
    """

    routes: int
    repeats: int
    bind: float
    met: int
    met_many: int
    tuned: float
    pairs: dict[str, Pair]


KINDS = {
    "first": "an engine just bound meets every circumstance for the first time",
    "fresh": "requests never seen, most of their circumstances met before",
    "seen": "the same requests again",
    "named": "requests never seen, each names a model",
    "cost": "requests never seen, the cheapest at each one's own token counts",
    "costs": "the same on an engine just bound, which finds out what can be cheapest",
    "many": "rules that tell nearly every request from every other",
}
"""The kinds of pairs, in the order of the tables."""


def speed(size: int, repeats: int) -> Speed:
    """Measure everything at `size` routes."""
    w = world(size)
    plain, many = w.under(rules.usual()), w.under(rules.many())
    must_answer_alike(w, plain)
    warm_up = calls.usual(REQUESTS, SEED)
    bindings = [bound(plain) for _ in range(repeats if size <= REBOUND_ROUTES else 1)]
    engines = (bindings[-1][0], bound(many)[0])
    first = _middle(_both(engine, w, warm_up) for engine, _ in bindings)
    rounds = [_round(*engines, w, SEED + n) for n in range(1, repeats + 1)]
    pairs = {kind: _middle(r[kind] for r in rounds) for kind in rounds[0]}
    pairs |= _by_cost(w, repeats)
    return Speed(
        routes=size,
        repeats=repeats,
        bind=median(seconds for _, seconds in bindings),
        met=circumstances(plain, warm_up),
        met_many=circumstances(many, calls.many(REQUESTS, SEED + 1)),
        tuned=median(looping_tuned(w.rows, warm_up) for _ in range(repeats)),
        pairs={"first": first, **pairs},
    )


def must_answer_alike(w: World, plain: Snapshot) -> None:
    """Raise RuntimeError unless engine and loop choose the same routes: else times mean nothing."""
    engine = Engine(plain)
    for asking in calls.usual(COMPARED, SEED):
        chosen, looped = engine.decide(asking.facts, NOW).route, choose(w.rows, asking.call)
        if chosen != looped:
            message = (
                f"nothing to time: the engine chooses `{chosen}` where the loop has `{looped}`"
            )
            raise RuntimeError(message)


def bound(snapshot: Snapshot) -> tuple[Engine, float]:
    """An engine that has decided one request over all routes, and the seconds until then."""
    facts = calls.usual(1, SEED - 1)[0].facts
    gc.collect()
    start = process_time()
    engine = Engine(snapshot)
    engine.over_all(facts, NOW)
    return engine, process_time() - start


def deciding(engine: Engine, asked: Sequence[Asking]) -> float:
    """Seconds a decision of the engine."""
    facts = [a.facts for a in asked]
    decide = engine.decide
    gc.collect()
    start = process_time()
    for each in facts:
        ruling = decide(each, NOW)
        _ = ruling.outcome, ruling.route
    return (process_time() - start) / len(facts)


def circumstances(snapshot: Snapshot, asked: Iterable[Asking]) -> int:
    """How many classes of requests the policies can tell apart there are among those asked."""
    reads = Bound(lower(snapshot.policies), snapshot, NOW).reads
    return len({reads.bits(a.facts) for a in asked})


def _round(plain: Engine, many: Engine, w: World, seed: int) -> dict[str, Pair]:
    """One repeat on engines already bound."""
    fresh = calls.usual(REQUESTS, seed)
    return {
        "fresh": _both(plain, w, fresh),
        "seen": _both(plain, w, fresh),
        "named": _both_named(plain, w, seed),
        "many": _both(many, w, calls.many(REQUESTS, seed)),
    }


def _by_cost(w: World, repeats: int) -> dict[str, Pair]:
    engine, _ = bound(w.under(rules.usual(rules.BY_COST)))
    first, *fresh = (_costed(engine, w, SEED + n) for n in range(repeats + 1))
    return {"costs": first, "cost": _middle(fresh)}


def _costed(engine: Engine, w: World, seed: int) -> Pair:
    asked = calls.usual(REQUESTS, seed, sized=True)
    return Pair(deciding(engine, asked), looping_by_cost(w.rows, asked))


def _both(engine: Engine, w: World, asked: Sequence[Asking]) -> Pair:
    return Pair(deciding(engine, asked), looping(w.rows, asked))


def _both_named(engine: Engine, w: World, seed: int) -> Pair:
    asked = calls.usual(REQUESTS, seed + 1_000, models=sorted(w.registry.models))
    return Pair(deciding(engine, asked), looping_named(w.rows, asked))


def _middle(pairs: Iterable[Pair]) -> Pair:
    known = list(pairs)
    return Pair(median(p.engine for p in known), median(p.loop for p in known))
