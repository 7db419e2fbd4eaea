"""Laws about what is known: knowing less, or holding less, never adds a route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_router.domain.claim import Claim, EvidenceDemand
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.favour import Favour, favour
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.property.proving import Effect, effect, law
from tests.strategies.changes import claims_of, forgetting, with_registry
from tests.strategies.draws import Dice, chance, pick
from tests.strategies.themes import JUDGED, any_theme, contract_theme
from tests.strategies.worlds import World, any_world, permitted, world_about


def _demands(world: World) -> set[EvidenceDemand]:
    return {r.demand for p in world.snapshot.policies.policies for r in p.rules}


def _effective(world: World, route: Route) -> Iterator[Claim]:
    """List the claims that speak about a route."""
    registry = world.snapshot.registry
    for demand in _demands(world):
        view = Standpoint(registry, world.moment, demand)
        for hop in hops_of(registry, route):
            for attribute in world.theme.attributes:
                found = knowledge(view, route, hop, attribute)
                if found.claim is not None and found.value is not None:
                    yield found.claim


def world_and_claim(dice: Dice) -> tuple[World, Claim | None]:
    world = any_world(dice)
    registry = world.snapshot.registry
    routes = [registry.routes[i] for i in world.decide().chain]
    effective = [claim for route in routes for claim in _effective(world, route)]
    every = list(claims_of(registry))
    chosen = effective if effective and chance(dice, 5, 6) else every
    return world, pick(dice, chosen) if chosen else None


@law(world_and_claim, tested=0.15, seen=0.006)
def test_making_a_claim_unknown_never_adds_a_route(case: tuple[World, Claim | None]) -> Effect:
    world, forgotten = case
    if forgotten is None:
        return Effect.NONE
    less = with_registry(world, forgetting(world.snapshot.registry, forgotten))
    before, after = permitted(world.decide()), permitted(less.decide())
    assert after <= before
    return effect(before, after)


def world_and_agreement(dice: Dice) -> tuple[World, Agreement | None]:
    about = contract_theme(dice) if chance(dice, 2, 3) else any_theme(dice, aligned=True)
    world = world_about(dice, about)
    held = world.snapshot.registry.agreements
    return world, pick(dice, held) if held else None


def _without_agreement(registry: Registry, ended: Agreement) -> Registry:
    return replace(registry, agreements=tuple(a for a in registry.agreements if a is not ended))


def _worsens(world: World, ended: Agreement) -> bool:
    """Whether an agreement says of a route what is worse than what would speak without it."""
    registry = world.snapshot.registry
    without = _without_agreement(registry, ended)
    return any(
        favour(
            attribute,
            knowledge(Standpoint(registry, world.moment, demand), route, hop, attribute).value,
            knowledge(Standpoint(without, world.moment, demand), route, hop, attribute).value,
        )
        not in {Favour.MORE, Favour.SAME}
        for demand in _demands(world)
        for route in registry.routes.values()
        for hop in hops_of(registry, route)
        for attribute in world.theme.attributes
    )


def _is_excused(world: World, ended: Agreement) -> bool:
    """Whether an exception lifts its rule where a term is worse, and not where it is as agreed."""
    accepted = {name for e in world.snapshot.policies.exceptions for name, _ in e.accepts}
    return any(name in accepted for name, _ in ended.terms)


@law(world_and_agreement, tested=0.12, seen=0.03)
def test_ending_an_agreement_never_adds_a_route(case: tuple[World, Agreement | None]) -> Effect:
    """Of agreements that nothing contradicts, under demands that reward what is better."""
    world, ended = case
    if ended is None or _worsens(world, ended) or _is_excused(world, ended):
        return Effect.NONE
    less = with_registry(world, _without_agreement(world.snapshot.registry, ended))
    before, after = permitted(world.decide()), permitted(less.decide())
    assert after <= before
    return effect(before, after)


def world_and_signoff(dice: Dice) -> tuple[World, Signoff | None]:
    judged = contract_theme(dice, shapes=JUDGED)
    world = world_about(dice, judged) if chance(dice, 4, 5) else any_world(dice)
    given = [s for s in world.snapshot.registry.signoffs if s.approved]
    return world, pick(dice, given) if given else None


@law(world_and_signoff, tested=0.12, seen=0.002)
def test_ending_a_signoff_never_adds_a_route(case: tuple[World, Signoff | None]) -> Effect:
    """Of approvals: a rejection is a judgement too, and ending it gives back what it took."""
    world, ended = case
    if ended is None:
        return Effect.NONE
    registry = world.snapshot.registry
    signoffs = tuple(s for s in registry.signoffs if s is not ended)
    less = with_registry(world, replace(registry, signoffs=signoffs))
    before, after = permitted(world.decide()), permitted(less.decide())
    assert after <= before
    return effect(before, after)
