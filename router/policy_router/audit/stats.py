"""How much is recorded, on what evidence, and what may go where because of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_router.audit.matrix import Matrix, Standing, matrix
from policy_router.domain.claim import Claim, Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import records

_WHOSE_AND_WHERE: Final = frozenset(
    {"maker_jurisdiction", "provider_jurisdiction", "parent_jurisdiction", "inference_location"}
)
"""Whose a route is and where it computes: often read off a name, and nothing done with data."""


@dataclass(frozen=True, slots=True)
class ScenarioCount:
    """One scenario over all routes. `failed`, `unknown`: attributes, by how many routes they stop.

    Of routes that are refused `failed` counts what is known to be otherwise than demanded, and
    `obligations` what refuses the call as it is; of those of which too little is known `unknown`
    counts what about. `facts`: of the scenario itself.
    """

    scenario: str
    standings: dict[Standing, int]
    obligations: tuple[tuple[str, int], ...]
    failed: tuple[tuple[str, int], ...]
    unknown: tuple[tuple[str, int], ...]
    facts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of one snapshot at one moment, over the routes within reach.

    `sources`: claims about hops of these routes, each once, by kind of source; `verified`: how
    many of them somebody verified; `unstated`: how many say only that their source does not say.
    `described`: routes for which some source says how their provider handles data. `permitted`:
    the routes that may carry some scenario.
    """

    snapshot: Snapshot
    moment: Moment
    routes: int
    elsewhere: int
    models: int
    cards: int
    priced: int
    described: int
    gateways: tuple[tuple[str, int], ...]
    providers: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    verified: int
    unstated: int
    scenarios: tuple[ScenarioCount, ...]
    permitted: tuple[str, ...]


def stats(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Stats:
    """Count what is recorded, and decide every scenario on every route."""
    registry = snapshot.registry
    within = [registry.routes[name] for name in routes]
    claims = [c for c in _claims(registry, within) if moment.knows(c.recorded)]
    models = {route.model for route in within}
    found = matrix(snapshot, scenarios, routes, moment)
    return Stats(
        snapshot=snapshot,
        moment=moment,
        routes=len(within),
        elsewhere=len(registry.routes) - len(within),
        models=len(models),
        cards=len({r.model for r in within if registry.card(r).card_source is not None}),
        priced=sum(any(t.holds(moment.at) for t in r.prices) for r in within),
        described=sum(_is_described(registry, route, moment) for route in within),
        gateways=_counted(route.gateway for route in within),
        providers=_counted(route.provider for route in within),
        sources=_counted(claim.evidence.kind.value for claim in claims),
        verified=sum(claim.evidence.verified_on is not None for claim in claims),
        unstated=sum(claim.value is None for claim in claims),
        scenarios=tuple(_scenario(found, s.id) for s in scenarios),
        permitted=found.permitted,
    )


def _claims(registry: Registry, routes: Sequence[Route]) -> Iterator[Claim]:
    """The claims of all documents that speak of these routes, each once."""
    for route in routes:
        for _, claims in route.claims:
            yield from claims
    for model in sorted({route.model for route in routes}):
        yield from registry.models[model].claims
    for hop in sorted({hop for route in routes for hop in hops_of(registry, route)}):
        party = registry.providers.get(hop) or registry.gateways.get(hop)
        yield from party.claims if party is not None else ()


def _is_described(registry: Registry, route: Route, moment: Moment) -> bool:
    return any(
        claim.value is not None and moment.knows(claim.recorded)
        for attribute in CLAIMED_ATTRIBUTES
        if attribute.name not in _WHOSE_AND_WHERE
        for claim in records(registry, route, route.provider, attribute.name)
    )


def _counted(names: Iterator[str]) -> tuple[tuple[str, int], ...]:
    """Names by how often they come, the most frequent first."""
    return tuple(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _scenario(found: Matrix, scenario: str) -> ScenarioCount:
    refused = found.of(scenario, Standing.REFUSED)
    unknown = found.of(scenario, Standing.UNKNOWN)
    return ScenarioCount(
        scenario=scenario,
        standings={standing: len(found.of(scenario, standing)) for standing in Standing},
        obligations=_counted(name for cell in refused for name in cell.obligations),
        failed=_counted(name for cell in refused for name in cell.failed),
        unknown=_counted(name for cell in unknown for name in cell.unknown),
        facts=_counted(name for cell in unknown for name in cell.facts),
    )
