"""Which routes and models of the registry a row of a catalogue is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from policy_router.domain.registry import Registry
from policy_router.domain.route import GatewayType, Route
from policy_router.registry.importers.drafts import Row

_UPSTREAM = frozenset({GatewayType.DIRECT, GatewayType.AZURE})
"""Types of gateway at which the provider itself is the seller."""

Name = tuple[str, str]
"""A company, and the name of a model there."""


@dataclass(frozen=True, slots=True)
class Index:
    """The routes of a registry by who sells and by who runs the model."""

    registry: Registry
    sold: Mapping[Name, tuple[Route, ...]]
    run: Mapping[Name, tuple[Route, ...]]


def index(registry: Registry) -> Index:
    """The routes of `registry`, to be looked up by rows."""
    sold: dict[Name, list[Route]] = defaultdict(list)
    run: dict[Name, list[Route]] = defaultdict(list)
    for route in registry.routes.values():
        for name in sorted(_sold_as(registry, route)):
            sold[name].append(route)
        for name in sorted(_run_as(registry, route)):
            run[name].append(route)
    meant = {name: _meant(name[0], routes) for name, routes in sold.items()}
    return Index(registry, _frozen(meant), _frozen(run))


def _meant(company: str, routes: list[Route]) -> list[Route]:
    """The routes that a list means by the name of a company.

    A company may sell a model in several ways: plainly, with a premium for a place, at a cloud. A
    list that only names it means the plain one, behind the gateway `direct-` and its name; where
    there is none, which one is meant is not known.
    """
    if len({route.gateway for route in routes}) == 1:
        return routes
    return [route for route in routes if route.gateway in {company, f"direct-{company}"}]


def _frozen(found: Mapping[Name, list[Route]]) -> dict[Name, tuple[Route, ...]]:
    return {name: tuple(routes) for name, routes in found.items()}


def _sold_as(registry: Registry, route: Route) -> set[Name]:
    upstream = registry.gateways[route.gateway].type in _UPSTREAM
    own = _run_as(registry, route) if upstream else set()
    return own | {(route.gateway, route.address)}


def _run_as(registry: Registry, route: Route) -> set[Name]:
    companies = {route.provider, registry.providers[route.provider].operator}
    return {(c, _tail(route.address, c)) for c in companies}


def _tail(address: str, company: str) -> str:
    return address.removeprefix(f"{company}/")


def sold(found: Index, row: Row) -> tuple[Route, ...]:
    """The routes whose price the row states."""
    routes = found.sold.get((row.seller, row.address), ())
    if not row.shared:
        return routes
    return tuple(r for r in routes if r.provider == hop_id(found.registry, row.provider))


def run(found: Index, row: Row) -> tuple[Route, ...]:
    """The routes whose model the row's provider runs, whoever sells it."""
    return found.run.get((row.provider, _tail(row.address, row.provider)), ())


def hop_id(registry: Registry, slug: str) -> str:
    """The id of a provider: its slug in the catalogue, unless a gateway has that id."""
    plain = slug.replace(":", "-")
    return f"{plain}-models" if plain in registry.gateways else plain


def route_id(row: Row) -> str:
    """The id of a new route."""
    return f"{row.seller}:{row.address}" + (f"@{row.provider}" if row.shared else "")


def no_longer_listed(found: Index, seller: str, listed: AbstractSet[str]) -> Iterator[Route]:
    """The routes of a seller whose addresses are not among `listed`."""
    for route in found.registry.routes.values():
        if route.gateway == seller and route.address not in listed:
            yield route
