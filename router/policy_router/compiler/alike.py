"""Routes of which claims and agreements say the same: looked at once, for all of them.

Most routes of a catalogue have no claims of their own, or share them with the routes they are
listed with; what is known of them is what is known of their hops for the models their documents
cover. Claims are the same only if they stand in the same place: what is said of them may name it.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Sequence
from dataclasses import dataclass

from policy_router.compiler.bitset import positions
from policy_router.domain.claim import Claim
from policy_router.domain.contract import Agreement
from policy_router.domain.patterns import any_matches
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.hops import hops_of


@dataclass(frozen=True, slots=True)
class Alike:
    """The numbers of routes that are alike, and one of them to look at."""

    numbers: tuple[int, ...]
    route: Route


def alike_in_claims(registry: Registry, routes: Sequence[Route]) -> tuple[Alike, ...]:
    """`routes`, grouped by everything that which claim speaks depends on."""
    return _grouped(_Reading(registry), routes)


def alike_for_steps(
    registry: Registry, routes: Sequence[Route], attributes: Container[str]
) -> tuple[Alike, ...]:
    """`routes`, grouped by everything that a search for steps reads of claims on `attributes`.

    That is not where they stand, nor by whom and from what they were read.
    """
    return _grouped(_ReadingForSteps(registry, attributes), routes)


def _grouped(reading: _Reading, routes: Sequence[Route]) -> tuple[Alike, ...]:
    alike = positions([reading.key(route) for route in routes])
    return tuple(Alike(numbers, routes[numbers[0]]) for numbers in alike.values())


class _Reading:
    """What a route's claims and agreements depend on, remembered per hop and model."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._covers: dict[tuple[str, str], Hashable] = {}
        self._agreements: dict[str, tuple[Agreement, ...]] = {}

    def key(self, route: Route) -> Hashable:
        """Equal for two routes only if the same claims and agreements are about them."""
        hops = hops_of(self._registry, route)
        model = self._said(self._registry.models[route.model].claims)
        covered = tuple(self._coverage(hop, route.model) for hop in hops)
        agreements = tuple(
            (agreement.id, named) for hop in hops for agreement, named in self._covering(hop, route)
        )
        return self._own(route), model, route.provider, hops, covered, agreements

    def _own(self, route: Route) -> Hashable:
        """What the route's own claims are, hop by hop."""
        return route.claims

    def _said(self, claims: tuple[Claim, ...]) -> Hashable:
        """What claims are, as far as it matters."""
        return claims

    def _narrow(self, claims: tuple[Claim, ...], model: str) -> Hashable:
        """What claims of a provider are about one model: told by their places among all."""
        return tuple(n for n, c in enumerate(claims) if c.covers is not None and model in c.covers)

    def _coverage(self, hop: str, model: str) -> Hashable:
        found = self._covers.get((hop, model))
        if found is None:
            provider = self._registry.providers.get(hop)
            narrow = () if provider is None else provider.claims
            covered = provider is not None and model in provider.covers
            found = self._covers[hop, model] = (covered, self._narrow(narrow, model))
        return found

    def _covering(self, hop: str, route: Route) -> Iterator[tuple[Agreement, bool]]:
        """Agreements with the party at a hop that cover a route, and whether they name it."""
        for agreement in self._with(hop):
            models, routes = agreement.models, agreement.routes
            if any_matches(models, route.model) or any_matches(routes, route.id):
                yield agreement, route.model in models or route.id in routes

    def _with(self, hop: str) -> tuple[Agreement, ...]:
        if hop not in self._agreements:
            provider = self._registry.providers.get(hop)
            names = {hop} | ({provider.operator} if provider else set())
            self._agreements[hop] = tuple(a for a in self._registry.agreements if names & a.parties)
        return self._agreements[hop]


class _ReadingForSteps(_Reading):
    """The same for claims on some attributes, of which not all matters."""

    def __init__(self, registry: Registry, attributes: Container[str]) -> None:
        super().__init__(registry)
        self._attributes = attributes

    def _own(self, route: Route) -> Hashable:
        said = ((hop, self._said(claims)) for hop, claims in route.claims)
        return tuple((hop, claims) for hop, claims in said if claims)

    def _said(self, claims: tuple[Claim, ...]) -> tuple[Hashable, ...]:
        return tuple(_worth(claim) for claim in claims if claim.attribute in self._attributes)

    def _narrow(self, claims: tuple[Claim, ...], model: str) -> Hashable:
        return self._said(tuple(c for c in claims if c.covers is not None and model in c.covers))


def _worth(claim: Claim) -> Hashable:
    """What decides whether a claim speaks, what it says and whether it may be relied on."""
    e = claim.evidence
    said = (claim.attribute, claim.value, claim.validity, claim.recorded)
    return said, e.kind, e.basis, e.read_on, e.verified_on
