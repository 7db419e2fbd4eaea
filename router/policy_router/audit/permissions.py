"""Which scenarios may go where, and nothing else: fast enough to ask again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Outcome
from policy_router.domain.organisation import Scenario
from policy_router.engine.decide import Engine

Permission = tuple[str, str]
"""The ids of a scenario and of a route that may carry it."""


def permissions(
    engine: Engine, scenarios: Iterable[Scenario], routes: Iterable[str], moment: Moment
) -> frozenset[Permission]:
    """Every scenario with every route that may carry it, each route asked for by its own id."""
    wanted = tuple(routes)
    return frozenset(
        (scenario.id, route)
        for scenario in scenarios
        for route in wanted
        if engine.decide(replace(scenario.request, model=route), moment).outcome
        is Outcome.PERMITTED
    )
