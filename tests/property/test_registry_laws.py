"""Laws about what is known: knowing less, or holding less, never adds a route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_router.domain.claim import Claim, ClaimValue, EvidenceDemand
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.policy import ALWAYS
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import ATTRIBUTES
from policy_router.engine.outgrown import outgrown
from policy_router.registry.favour import Favour, favour
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.property.proving import Effect, effect, law
from tests.strategies.changes import (
    claims_of,
    forgetting,
    saying,
    with_policies,
    with_registry,
)
from tests.strategies.draws import Dice, chance, pick
from tests.strategies.policies import accepting, exception
from tests.strategies.themes import JUDGED, any_theme, contract_theme, terms_theme
from tests.strategies.words import ALWAYS_VALID
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


def _worsens(world: World, changed: Registry) -> bool:
    """Whether a change of what is on file makes what is known of some route worse."""

    def known(registry: Registry, name: str, hop: str) -> Iterator[tuple[str, ClaimValue | None]]:
        for demand in _demands(world):
            view = Standpoint(registry, world.moment, demand)
            for attribute in world.theme.attributes:
                found = knowledge(view, registry.routes[name], hop, attribute)
                yield attribute, found.value

    return any(
        favour(attribute, after, before) not in {Favour.MORE, Favour.SAME}
        for name, route in changed.routes.items()
        for hop in hops_of(changed, route)
        for (attribute, after), (_, before) in zip(
            known(changed, name, hop), known(world.snapshot.registry, name, hop), strict=True
        )
    )


def _excused(world: World, routes: frozenset[str]) -> frozenset[str]:
    """Those of `routes` that pass a rule by an exception which a better claim may end."""
    policies = world.snapshot.policies
    rules = {(p.id, r.id): r for p in policies.policies for r in p.rules}
    ended = {e.id for e in policies.exceptions if any(outgrown(e, rules[e.policy, e.rule]))}
    candidates = (c for c in world.decide().candidates if c.route in routes)
    return frozenset(c.route for c in candidates if any(v.exception in ended for v in c.verdicts))


def world_and_better(dice: Dice) -> tuple[World, Claim | None, ClaimValue | None]:
    """Draw a world in which every rule has an exception, a claim that speaks, and a better one."""
    world = world_about(dice, terms_theme(dice))
    policies = world.snapshot.policies
    exceptions = tuple(
        replace(
            exception(dice, f"{policy.id}-{rule.id}", (policy,), world.theme),
            rule=rule.id,
            when=ALWAYS,
            validity=ALWAYS_VALID,
            accepts=accepting(dice, world.theme),
        )
        for policy in policies.policies
        for rule in policy.rules
    )
    world = with_policies(world, replace(policies, exceptions=exceptions))
    granted = [c for c in world.decide().candidates if c.permitted]
    waived = [c for c in granted if any(v.exception for v in c.verdicts)]
    worse = [
        (claim, better)
        for found in waived or granted
        for claim in _effective(world, world.snapshot.registry.routes[found.route])
        for better in ATTRIBUTES[claim.attribute].values
        if favour(claim.attribute, better, claim.value) is Favour.MORE
    ]
    return world, *(pick(dice, worse) if worse else (None, None))


@law(world_and_better, tested=0.05)
def test_a_better_claim_takes_no_route_away(
    case: tuple[World, Claim | None, ClaimValue | None],
) -> Effect:
    """Of claims that no other contradicts, under demands that reward what is better.

    But for routes that an exception lets pass only while a claim is no better: it is warned of.
    """
    world, claim, better = case
    if claim is None or better is None:
        return Effect.NONE
    more = with_registry(world, saying(world.snapshot.registry, claim, better))
    if _worsens(world, more.snapshot.registry):
        return Effect.NONE
    before, after = permitted(world.decide()), permitted(more.decide())
    assert before - after <= _excused(world, before)
    return effect(before, after)


def world_and_agreement(dice: Dice) -> tuple[World, Agreement | None]:
    about = contract_theme(dice) if chance(dice, 2, 3) else any_theme(dice, aligned=True)
    world = world_about(dice, about)
    held = world.snapshot.registry.agreements
    return world, pick(dice, held) if held else None


def _without_agreement(registry: Registry, ended: Agreement) -> Registry:
    return replace(registry, agreements=tuple(a for a in registry.agreements if a is not ended))


@law(world_and_agreement, tested=0.12, seen=0.015)
def test_ending_an_agreement_never_adds_a_route(case: tuple[World, Agreement | None]) -> Effect:
    """Of agreements that nothing contradicts, under demands that reward what is better.

    But for routes that an exception lets pass only while a claim is no better: it is warned of.
    """
    world, ended = case
    if ended is None:
        return Effect.NONE
    less = with_registry(world, _without_agreement(world.snapshot.registry, ended))
    if _worsens(less, world.snapshot.registry):
        return Effect.NONE
    before, after = permitted(world.decide()), permitted(less.decide())
    assert after - before <= _excused(less, after)
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
