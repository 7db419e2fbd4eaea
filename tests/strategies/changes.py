"""Changes to a world whose effect a law is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from random import Random
from typing import TypeVar, cast

from policy_router.domain.claim import Claim, ClaimValue, EvidenceDemand, SourceKind
from policy_router.domain.policy import (
    All,
    AnyOf,
    Matcher,
    Not,
    Policy,
    PolicySet,
    Predicate,
    Rule,
    Test,
)
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from tests.strategies.worlds import World

T = TypeVar("T")
K = TypeVar("K")


def with_policies(world: World, policies: PolicySet) -> World:
    """Replace the policies of `world`."""
    return replace(world, snapshot=replace(world.snapshot, policies=policies))


def with_registry(world: World, registry: Registry) -> World:
    """Replace the registry of `world`."""
    return replace(world, snapshot=replace(world.snapshot, registry=registry))


def with_rules(world: World, change: Callable[[Policy], tuple[Rule, ...]]) -> World:
    """Replace the rules of each policy by what `change` makes of them."""
    policies = world.snapshot.policies
    changed = tuple(replace(p, rules=change(p)) for p in policies.policies)
    return with_policies(world, replace(policies, policies=changed))


def claims_of(registry: Registry) -> Iterator[Claim]:
    """List every claim of every document."""
    for provider in registry.providers.values():
        yield from provider.claims
    for gateway in registry.gateways.values():
        yield from gateway.claims
    for model in registry.models.values():
        yield from model.claims
    for route in registry.routes.values():
        for _, claims in route.claims:
            yield from claims


def with_claims(
    registry: Registry, change: Callable[[tuple[Claim, ...]], tuple[Claim, ...]]
) -> Registry:
    """Replace the claims of every document by what `change` makes of them."""

    def of_route(route: Route) -> Route:
        return replace(route, claims=tuple((hop, change(cs)) for hop, cs in route.claims))

    return replace(
        registry,
        providers={i: replace(p, claims=change(p.claims)) for i, p in registry.providers.items()},
        gateways={i: replace(g, claims=change(g.claims)) for i, g in registry.gateways.items()},
        models={i: replace(m, claims=change(m.claims)) for i, m in registry.models.items()},
        routes={i: of_route(r) for i, r in registry.routes.items()},
    )


def forgetting(registry: Registry, forgotten: Claim) -> Registry:
    """Make one claim unknown: it is still there, and says that nothing is known."""
    return saying(registry, forgotten, None)


def saying(registry: Registry, changed: Claim, value: ClaimValue | None) -> Registry:
    """Let one claim say `value`."""
    return with_claims(
        registry,
        lambda claims: tuple(replace(c, value=value) if c is changed else c for c in claims),
    )


# ------------------------------------------------------------------ tightening

_LISTS_HELP = {Matcher.IS, Matcher.INCLUDES, Matcher.INCLUDES_ANY, Matcher.WITHIN}
_UPPER = {Matcher.AT_MOST, Matcher.BELOW}


def stricter(predicate: Predicate) -> Predicate:
    """Tighten every test of a demand."""
    return _shifted(predicate, towards_false=True)


def looser(predicate: Predicate) -> Predicate:
    """Widen every test of what is forbidden."""
    return _shifted(predicate, towards_false=False)


def _shifted(predicate: Predicate, *, towards_false: bool) -> Predicate:
    match predicate:
        case Not(part):
            return Not(_shifted(part, towards_false=not towards_false))
        case All(parts):
            return All(tuple(_shifted(p, towards_false=towards_false) for p in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_shifted(p, towards_false=towards_false) for p in parts))
        case Test():
            return _shifted_test(predicate, towards_false=towards_false)


def _shifted_test(test: Test, *, towards_false: bool) -> Test:
    if test.bound is not None:
        step = Decimal(-1) if (test.matcher in _UPPER) == towards_false else Decimal(1)
        return replace(test, bound=test.bound + step)
    if (test.matcher in _LISTS_HELP) == towards_false:
        return replace(test, names=test.names[:-1] or test.names)
    added = "US" if test.subject.endswith(("_location", "_jurisdiction")) else "hds"
    return replace(test, names=(*test.names, added))


def tightened(rule: Rule) -> Rule:
    """Tighten every bound of a rule."""
    return replace(
        rule,
        require=None if rule.require is None else stricter(rule.require),
        forbid=tuple(looser(part) for part in rule.forbid),
    )


def demanding_more(demand: EvidenceDemand) -> EvidenceDemand:
    """Ask for younger, stronger evidence."""
    kinds = list(SourceKind)
    at_least = demand.at_least or SourceKind.INFERRED
    return EvidenceDemand(
        max_age_days=400 if demand.max_age_days is None else demand.max_age_days // 2,
        at_least=kinds[max(kinds.index(at_least) - 3, 0)],
        verified=demand.verified,
    )


# ------------------------------------------------------------------ form

_NAME = re.compile(r"\b([agprmokubecs][0-9])\b")


def renamed(value: T) -> T:
    """Rename everything alike: order stays, and no pattern of the worlds notices."""
    return cast("T", _renamed(value))


def _renamed(value: object) -> object:
    match value:
        case Enum():
            return value
        case str():
            return _NAME.sub(r"\1z", value)
        case tuple():
            return tuple(_renamed(v) for v in value)
        case frozenset():
            return frozenset(_renamed(v) for v in value)
        case Mapping():
            return {_renamed(k): _renamed(v) for k, v in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value, **{f.name: _renamed(getattr(value, f.name)) for f in fields(value)}
            )
        case _:
            return value


def shuffled(world: World, chaos: Random) -> World:
    """Put every document, rule and claim in another order."""

    def mixed(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(chaos.sample(items, len(items)))

    def mapped(items: Mapping[K, T]) -> dict[K, T]:
        return dict(mixed(tuple(items.items())))

    registry = with_claims(world.snapshot.registry, mixed)
    policies = world.snapshot.policies
    world = with_registry(
        world,
        replace(
            registry,
            gateways=mapped(registry.gateways),
            providers=mapped(registry.providers),
            models=mapped(registry.models),
            routes={
                i: replace(
                    r,
                    claims=mixed(r.claims),
                    prices=mixed(r.prices),
                    lifecycle=mixed(r.lifecycle),
                )
                for i, r in mapped(registry.routes).items()
            },
            territories=mapped(registry.territories),
            adequacy=mixed(registry.adequacy),
            agreements=mixed(registry.agreements),
            signoffs=mixed(registry.signoffs),
        ),
    )
    policies = replace(
        policies,
        policies=mixed(policies.policies),
        exceptions=mixed(policies.exceptions),
        aliases=mixed(policies.aliases),
    )
    return with_rules(with_policies(world, policies), lambda p: mixed(p.rules))


def doubled(world: World) -> World:
    """State every document that is a list, and every rule and claim, twice."""
    registry = with_claims(world.snapshot.registry, lambda claims: claims * 2)
    policies = world.snapshot.policies
    world = with_registry(
        world,
        replace(
            registry,
            adequacy=registry.adequacy * 2,
            agreements=registry.agreements * 2,
            signoffs=registry.signoffs * 2,
        ),
    )
    policies = replace(policies, policies=policies.policies * 2, exceptions=policies.exceptions * 2)
    return with_rules(with_policies(world, policies), lambda p: p.rules * 2)
