"""Laws about what is known: knowing less, or holding less, never adds a route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from policy_router.domain.claim import Claim, EvidenceDemand
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.favour import Favour, favour
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import finding
from policy_router.registry.standpoint import Standpoint
from tests.property.proving import law
from tests.strategies.changes import claims_of, forgetting, with_registry
from tests.strategies.draws import chance, pick
from tests.strategies.worlds import World, permitted, worlds


def _demands(world: World) -> set[EvidenceDemand]:
    return {r.demand for p in world.snapshot.policies.policies for r in p.rules}


def _effective(world: World, route: Route) -> Iterator[Claim]:
    """List the claims that speak about a route."""
    registry = world.snapshot.registry
    for demand in _demands(world):
        view = Standpoint(registry, world.moment, demand)
        for hop in hops_of(registry, route):
            for attribute in world.attributes:
                found = finding(view, route, hop, attribute)
                if found.claim is not None and found.value is not None:
                    yield found.claim


@st.composite
def worlds_and_a_claim(draw: st.DrawFn) -> tuple[World, Claim | None]:
    world = draw(worlds())
    registry = world.snapshot.registry
    routes = [registry.routes[i] for i in world.decide().chain]
    effective = [claim for route in routes for claim in _effective(world, route)]
    every = list(claims_of(registry))
    chosen = effective if effective and chance(draw, 5, 6) else every
    return world, pick(draw, chosen) if chosen else None


@law(worlds_and_a_claim(), tested=0.1)
def test_making_a_claim_unknown_never_adds_a_route(case: tuple[World, Claim | None]) -> bool:
    world, forgotten = case
    if forgotten is None:
        return False
    before = world.decide()
    after = with_registry(world, forgetting(world.snapshot.registry, forgotten)).decide()
    assert permitted(after) <= permitted(before)
    return permitted(after) < permitted(before)


@st.composite
def worlds_and_an_agreement(draw: st.DrawFn) -> tuple[World, Agreement | None]:
    world = draw(worlds(aligned=True))
    held = world.snapshot.registry.agreements
    return world, pick(draw, held) if held else None


def _without_agreement(registry: Registry, ended: Agreement) -> Registry:
    return replace(registry, agreements=tuple(a for a in registry.agreements if a is not ended))


def _worsens(world: World, ended: Agreement) -> bool:
    """Whether an agreement says of a route what is worse than what would speak without it."""
    registry = world.snapshot.registry
    without = _without_agreement(registry, ended)
    return any(
        favour(
            attribute,
            finding(Standpoint(registry, world.moment, demand), route, hop, attribute).value,
            finding(Standpoint(without, world.moment, demand), route, hop, attribute).value,
        )
        not in {Favour.MORE, Favour.SAME}
        for demand in _demands(world)
        for route in registry.routes.values()
        for hop in hops_of(registry, route)
        for attribute in world.attributes
    )


@law(worlds_and_an_agreement(), tested=0.04)
def test_ending_an_agreement_never_adds_a_route(case: tuple[World, Agreement | None]) -> bool:
    """Of agreements that nothing contradicts, under demands that reward what is better."""
    world, ended = case
    if ended is None or _worsens(world, ended):
        return False
    before = world.decide()
    after = with_registry(world, _without_agreement(world.snapshot.registry, ended)).decide()
    assert permitted(after) <= permitted(before)
    return permitted(after) < permitted(before)


@st.composite
def worlds_and_a_signoff(draw: st.DrawFn) -> tuple[World, Signoff | None]:
    world = draw(worlds())
    given = [s for s in world.snapshot.registry.signoffs if s.approved]
    return world, pick(draw, given) if given else None


@law(worlds_and_a_signoff(), tested=0.1)
def test_ending_a_signoff_never_adds_a_route(case: tuple[World, Signoff | None]) -> bool:
    """Of approvals: a rejection is a judgement too, and ending it gives back what it took."""
    world, ended = case
    if ended is None:
        return False
    registry = world.snapshot.registry
    signoffs = tuple(s for s in registry.signoffs if s is not ended)
    before = world.decide()
    after = with_registry(world, replace(registry, signoffs=signoffs)).decide()
    assert permitted(after) <= permitted(before)
    return bool(permitted(before))
