"""Scenarios put to routes: one decision for all routes of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.compiler.bitset import bitset, lowest, members
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import REQUESTED_MODEL, SERVER_TOOLS
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import Kinds
from policy_router.engine.question import Question
from policy_router.engine.ruling import Ruling

Sorting = Callable[[Circumstances, RequestFacts, int], Kinds]
"""How routes are told apart: see `engine.kinds`."""


@dataclass(frozen=True, slots=True)
class OneKind:
    """Routes of one kind, as a set of route numbers, and the ruling on the first, pinned to it."""

    routes: int
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Asked:
    """A scenario put to routes that policies meet with the same circumstances.

    `q`: the question of one of them; the others differ in the name that is asked for.
    """

    q: Question
    circumstances: Circumstances
    kinds: tuple[OneKind, ...]

    def ids(self, routes: int) -> Iterator[str]:
        """The ids of a set of routes."""
        yield from (self.circumstances.bound.routes[n].id for n in members(routes))


def asked(
    engine: Engine, scenario: Scenario, routes: Sequence[str], moment: Moment, sort: Sorting
) -> Iterator[Asked]:
    """The scenario on each of `routes`, by circumstances and within these by kind."""
    for alike in _by_circumstances(engine, scenario, routes, moment):
        ruling = engine.over_all(route_facts(scenario, alike[0]), moment)
        facts, c, bound = ruling.facts, ruling.circumstances, ruling.epoch.bound
        wanted = bitset((bound.number[route] for route in alike), len(bound.routes))
        kinds = sort(c, facts, ruling.epoch.suitability.of(facts))
        sets = [here for bits in kinds.sets if (here := bits & wanted)]
        firsts = (route_facts(scenario, bound.routes[lowest(here)].id) for here in sets)
        rulings = (engine.over_all(first, moment) for first in firsts)
        yield Asked(Question(engine.snapshot, facts, moment), c, tuple(map(OneKind, sets, rulings)))


def _by_circumstances(
    engine: Engine, scenario: Scenario, routes: Sequence[str], moment: Moment
) -> Iterable[Sequence[str]]:
    """The routes in groups for which policies make the same of the scenario.

    The models of a group use the same tools unasked, so that it is the same call to all of them.
    """
    epoch = engine.epoch(moment)
    names = any(test.subject == REQUESTED_MODEL for test in epoch.bound.plan.fact_atoms)
    met: dict[tuple[Circumstances | None, frozenset[str]], list[str]] = {}
    for route in routes:
        facts = epoch.as_carried_out(route_facts(scenario, route))
        c = epoch.decide(facts, moment).circumstances if names else None
        met.setdefault((c, facts.set_fact(SERVER_TOOLS).members), []).append(route)
    return met.values()


def route_facts(scenario: Scenario, route: str | None) -> RequestFacts:
    """The scenario's request, pinned to a route."""
    return replace(scenario.request, model=route)
