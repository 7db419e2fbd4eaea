"""Which of several routes is nearest to a permission: the one order that every report takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

from policy_router.domain.claim import Members, Moment
from policy_router.domain.route import Provider, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import HOME_TERRITORY, Regime
from policy_router.engine.explanation import Change, ChangeKind, RouteExplanation
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.territories import is_in

HOME: Final = HOME_TERRITORY[Regime.EU_GDPR]
_RUNS: Final = "inference_location"

INSIDE, PARTLY, LIKELY, UNKNOWN, ELSEWHERE = range(5)
"""Where a model runs, as `Nearness` grades it."""

Place = tuple[bool, bool, int]
"""Where a route stands among those of which as much is wanted; the smaller, the nearer."""

Distance = tuple[bool, bool, int]
"""How much is wanted: whether nothing would do, whether an exception is wanted, and the steps."""

ONE_STEP: Final[Distance] = (False, False, 1)
"""The distance of a route that is not permitted and of which as little is wanted as of any."""

Rank = tuple[Place, int, str]
"""Which of equally distant routes is nearer: its place, what stands in its way, and its name."""


class Taken(Protocol):
    """A step, as far as it counts. `changes`: the attributes a contract changes, if known."""

    @property
    def kind(self) -> ChangeKind:
        """What kind of step it is."""

    @property
    def changes(self) -> tuple[str, ...]:
        """What is known and has to change; none where the step leaves things as they are."""


def distance(steps: Iterable[Taken] | None) -> Distance:
    """How far a route is from a permission, given what is wanted first; None: nothing would do.

    To change something that is known counts as a step of its own, as it does among the steps.
    """
    if steps is None:
        return (True, False, 0)
    taken = list(steps)
    waives = any(step.kind is ChangeKind.EXCEPTION for step in taken)
    return (False, waives, sum(1 + len(step.changes) for step in taken))


def distance_of(route: RouteExplanation) -> Distance:
    """How far a route is that is explained: none if it is permitted."""
    return distance(() if route.permitted else next(iter(route.remedies), None))


def nearest(routes: Iterable[RouteExplanation]) -> RouteExplanation | None:
    """The nearest of some routes, those last that do not suit the call; None of none."""
    return min(
        routes,
        key=lambda r: (r.stopping[0], distance_of(r), r.place, r.stopping[1], r.route),
        default=None,
    )


def smallest(routes: Iterable[RouteExplanation]) -> tuple[Change, ...]:
    """The smallest set of steps that would permit one of these: of the nearest that has one."""
    found = nearest(route for route in routes if route.remedies)
    return found.remedies[0] if found is not None else ()


class Nearness:
    """The order of routes of which equally much is wanted, at one moment of one snapshot.

    The nearest route is the one of which least is wanted, as `distance` says. Where a decision is
    explained, steps are searched for the few routes alone that the fewest rules stop. Among equals,
    so that no alphabet settles what matters, in `show`, `why`, `explain` and refusals alike:

    1. routes that a call can be kept to, before those where something else settles where it goes,
       such as a gateway that picks a company each time: nobody can sign with such a one;
    2. routes of the organisation: behind a gateway that it runs itself, or named exactly, they or
       their model, in an alias, a substitution, an exception, an agreement or a sign-off;
    3. by where the model runs, at the worst of the hops: known to be within the EEA; partly; not
       known, while every place known of the offering for other models lies there; not known; known
       to be nowhere in the EEA, or anywhere in the world;
    4. by how much stands in the way of them, then by name.
    """

    def __init__(self, snapshot: Snapshot, moment: Moment) -> None:
        self._snapshot = snapshot
        self._moment = moment
        self._named = named(snapshot)
        self._places: dict[str, Place] = {}
        self._likely: dict[str, int] = {}

    def place(self, route: str) -> Place:
        """The place of the route with this id; looked up once."""
        found = self._places.get(route)
        if found is None:
            found = self._places[route] = self._look(self._snapshot.registry.routes[route])
        return found

    def _look(self, route: Route) -> Place:
        registry = self._snapshot.registry
        gateway = registry.gateways[route.gateway]
        runs_it = not gateway.adds_hop and not gateway.type.is_of_provider
        own = runs_it or not self._named.isdisjoint((route.id, route.model))
        unpinned = any(
            registry.providers[hop].unpinned is not None
            for hop in hops_of(registry, route)
            if hop in registry.providers
        )
        return (unpinned, not own, self._grade(route))

    def _grade(self, route: Route) -> int:
        """The worst grade of its hops."""
        view = Standpoint(self._snapshot.registry, self._moment)
        return max(
            self._graded(found.hop, found.value)
            for found in route_knowledge(view, route, _RUNS).hops
        )

    def _graded(self, hop: str, value: object) -> int:
        if not isinstance(value, Members):
            return self._of_offering(hop)
        inside = [self._is_inside(country) for country in (*value.certain, *value.optional)]
        if all(inside) and not value.open:
            return INSIDE
        return PARTLY if any(inside) else ELSEWHERE

    def _of_offering(self, hop: str) -> int:
        """What is to be thought of an unknown place, by what the offering says of other models."""
        if hop not in self._likely:
            provider = self._snapshot.registry.providers.get(hop)
            likely = provider is not None and self._names_home(provider)
            self._likely[hop] = LIKELY if likely else UNKNOWN
        return self._likely[hop]

    def _names_home(self, provider: Provider) -> bool:
        named = [
            claim.value
            for claim in provider.claims
            if claim.attribute == _RUNS and isinstance(claim.value, Members)
        ]
        return bool(named) and all(self._graded(provider.id, value) == INSIDE for value in named)

    def _is_inside(self, country: str) -> bool:
        return is_in(self._snapshot.registry, country, HOME, self._moment).known_true


def named(snapshot: Snapshot) -> frozenset[str]:
    """What a snapshot names of routes and models: ids, and patterns of them as they are written."""
    policies, registry = snapshot.policies, snapshot.registry
    return frozenset(
        (
            *(model for alias in policies.aliases for model in alias.models),
            *(substitution.model for substitution in policies.substitutions),
            *(route for exception in policies.exceptions for route in exception.routes),
            *(name for a in registry.agreements for name in (*a.models, *a.routes)),
            *(route for signoff in registry.signoffs for route in signoff.routes),
        )
    )
