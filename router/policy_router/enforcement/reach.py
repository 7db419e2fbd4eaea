"""Which gateways a call could be sent to from here: those whose key is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from policy_router.domain.route import Gateway, Route
from policy_router.enforcement.keys import MissingKey, missing_key
from policy_router.engine.reference import is_reachable
from policy_router.store.project import Loaded
from policy_router.wire.pinnable import obstacle


@dataclass(frozen=True, slots=True)
class Keyless:
    """A gateway whose key is missing, and how many routes within reach go through it."""

    gateway: str
    routes: int
    missing: MissingKey


def keyless(loaded: Loaded) -> tuple[Keyless, ...]:
    """The gateways within reach whose key is missing, in order."""
    counts = Counter(route.gateway for route in _within_reach(loaded))
    gateways = loaded.snapshot.registry.gateways
    found = ((name, missing_key(gateways[name])) for name in sorted(counts))
    return tuple(Keyless(name, counts[name], why) for name, why in found if why is not None)


def can_send(loaded: Loaded) -> bool:
    """Whether there is a route that a call could be sent by, were it permitted."""
    shut = {found.gateway for found in keyless(loaded)}
    return any(
        route.gateway not in shut and _is_pinnable(loaded, route) for route in _within_reach(loaded)
    )


def _within_reach(loaded: Loaded) -> Iterator[Route]:
    snapshot = loaded.snapshot
    return (r for r in snapshot.registry.routes.values() if is_reachable(snapshot, r))


def _is_pinnable(loaded: Loaded, route: Route) -> bool:
    registry = loaded.snapshot.registry
    gateway: Gateway = registry.gateways[route.gateway]
    return obstacle(gateway, route, registry.providers[route.provider].unpinned) is None
