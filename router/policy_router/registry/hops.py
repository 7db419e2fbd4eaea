"""What is known of a route: the worst over its hops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from policy_router.domain.claim import (
    ClaimValue,
    Gap,
    Knowledge,
    Members,
)
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import ATTRIBUTES, AttributeKind
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint

MAKER_HOP = "maker"
READ_FOR_STORAGE = frozenset(("storage_location", "retention_days"))
"""The claims that where a hop stores is found by."""

_NOWHERE = Members(frozenset())


@dataclass(frozen=True, slots=True)
class RouteKnowledge:
    """What is known of one attribute of a route, and of each hop. `value` None: unknown."""

    attribute: str
    value: ClaimValue | None
    hops: tuple[Knowledge, ...]


def hops_of(registry: Registry, route: Route) -> tuple[str, ...]:
    """The parties a call passes, in order; a self-hosted gateway and a direct call add none."""
    gateway = (route.gateway,) if registry.gateways[route.gateway].adds_hop else ()
    return (*gateway, route.provider, *route.subprocessors)


def route_knowledge(view: Standpoint, route: Route, attribute: str) -> RouteKnowledge:
    """The worst of `attribute` over the hops of `route`; one hop unknown makes it unknown."""
    hops = hops_of(view.registry, route)
    if attribute == "maker_jurisdiction":
        known: tuple[Knowledge, ...] = (_maker_knowledge(view, route),)
    elif attribute == "storage_location":
        known = tuple(storage_at(view, route, h) for h in hops)
    else:
        known = tuple(place_or_value(view, route, h, attribute) for h in hops)
    return RouteKnowledge(attribute, _worst(attribute, known), known)


def place_or_value(view: Standpoint, route: Route, hop: str, attribute: str) -> Knowledge:
    """`knowledge`, where an empty set of places is no answer."""
    spoken = knowledge(view, route, hop, attribute)
    kind = ATTRIBUTES[attribute].kind
    if kind is AttributeKind.COUNTRIES and spoken.value == _NOWHERE:
        return Knowledge(hop, None, Gap.STATED_UNKNOWN, spoken.claim, spoken.agreement)
    return spoken


def storage_at(view: Standpoint, route: Route, hop: str) -> Knowledge:
    """Where a hop may store: nowhere if it is known to keep nothing.

    While it is not known whether it keeps anything, its places are only optional, so that
    learning less never helps a route.
    """
    kept = knowledge(view, route, hop, "retention_days")
    if kept.value == 0:
        return Knowledge(hop, _NOWHERE, None, kept.claim, kept.agreement)
    places = place_or_value(view, route, hop, "storage_location")
    if kept.value is not None or not isinstance(places.value, Members):
        return places
    doubtful = Members(frozenset(), places.value.certain, places.value.open)
    return Knowledge(hop, doubtful, None, places.claim, places.agreement, places.overruled)


def _maker_knowledge(view: Standpoint, route: Route) -> Knowledge:
    """The maker's own jurisdiction, which only the model document states."""
    model = view.registry.models[route.model]
    bare = replace(route, claims=((MAKER_HOP, model.claims),))
    return knowledge(view, bare, MAKER_HOP, "maker_jurisdiction")


def _worst(attribute: str, known: tuple[Knowledge, ...]) -> ClaimValue | None:
    values = [f.value for f in known if f.value is not None]
    if len(values) != len(known) or not values:
        return None
    spec = ATTRIBUTES[attribute]
    if spec.kind is AttributeKind.ORDERED:
        return max((str(v) for v in values), key=spec.values.index)
    if spec.kind is AttributeKind.NUMBER:
        return max(v for v in values if isinstance(v, Decimal))
    sets = [v for v in values if isinstance(v, Members)]
    return _held_by_all(sets) if spec.more_is_better else _union(sets)


def _union(sets: list[Members]) -> Members:
    certain = frozenset[str]().union(*(s.certain for s in sets))
    optional = frozenset[str]().union(*(s.optional for s in sets))
    return Members(certain, optional - certain, any(s.open for s in sets))


def _held_by_all(sets: list[Members]) -> Members:
    """What holds at every hop; an open hop may hold anything."""
    named = frozenset[str]().union(*(s.certain | s.optional for s in sets))
    certain = frozenset(n for n in named if all(n in s.certain for s in sets))
    possible = frozenset(
        n for n in named if all(n in s.certain or n in s.optional or s.open for s in sets)
    )
    return Members(certain, possible - certain, all(s.open for s in sets))
