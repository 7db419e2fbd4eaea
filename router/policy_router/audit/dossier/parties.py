"""Who is on the way: the processors that routes pass, and the places data may reach there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from policy_router.audit.dossier.verdicts import Evidenced, Names, PlaceBasis, RouteClass
from policy_router.audit.dossier.writings import PartyPart, Role, TransferPart
from policy_router.audit.matrix import Standing
from policy_router.domain.claim import Members, Moment
from policy_router.domain.contract import Agreement
from policy_router.domain.patterns import any_matches
from policy_router.domain.route import Provider
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import TRANSFER_BASIS, Regime
from policy_router.registry.hops import route_knowledge
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.transfer import PLACE_ATTRIBUTES

_REVIEW = "vendor_review"

_Key = tuple[Regime, str, str | None, Names, Names]
"""A regime, a party, a country, and the bases held and possible there."""

_Known = tuple[str, str, str]
"""A party, a country, and what happens there."""


@dataclass(frozen=True, slots=True)
class Processors:
    """The parties on routes of a snapshot. `evidence`: claims in order of their numbers."""

    snapshot: Snapshot
    moment: Moment
    classes: Sequence[RouteClass]
    evidence: Sequence[Evidenced]

    def parties(self) -> tuple[PartyPart, ...]:
        """Every party, those on most routes first."""
        ids = dict.fromkeys(party for c in self.classes for party in c.parties)
        found = [self._party(party, self._through(party)) for party in ids]
        return tuple(sorted(found, key=lambda p: (-p.routes, p.id)))

    def _through(self, party: str) -> list[RouteClass]:
        return [c for c in self.classes if party in c.parties]

    def _party(self, party: str, through: Sequence[RouteClass]) -> PartyPart:
        registry = self.snapshot.registry
        known = registry.gateways.get(party) or registry.providers.get(party)
        numbers = dict.fromkeys(
            n for c in through for n in c.claims if self.evidence[n - 1].party == party
        )
        permitted = (
            scenario
            for c in through
            for r in c.reasonings
            if r.standing is Standing.PERMITTED
            for scenario in r.scenarios
        )
        routes = [route.id for c in through for route in c.routes]
        return PartyPart(
            id=party,
            title=known.title if known else party,
            roles=tuple(dict.fromkeys(self._roles(party, through))),
            operator=known.operator if isinstance(known, Provider) else None,
            entity=known.entity if known else None,
            routes=len(routes),
            claims=tuple(numbers),
            agreements=tuple(a.id for a in self._agreements((party,))),
            reviewed_by=tuple(self._reviews(party, routes)),
            permitted=tuple(dict.fromkeys(permitted)),
        )

    def _roles(self, party: str, through: Iterable[RouteClass]) -> Iterator[Role]:
        routes = self.snapshot.registry.routes
        for each in through:
            route = routes[each.routes[0].id]
            if party == route.gateway and party == each.parties[0]:
                yield Role.GATEWAY
            if party == route.provider:
                yield Role.PROVIDER
            if party in route.subprocessors:
                yield Role.SUBPROCESSOR

    def _agreements(self, names: Iterable[str]) -> Iterator[Agreement]:
        """Contracts in force with any of these hops or operators."""
        wanted = set(names)
        for party in names:
            known = self.snapshot.registry.providers.get(party)
            wanted |= {known.operator} if known else set()
        for a in self.snapshot.registry.agreements:
            known_now = self.moment.knows(a.recorded) and a.validity.holds(self.moment.at)
            if known_now and not wanted.isdisjoint(a.parties):
                yield a

    def _reviews(self, party: str, routes: Sequence[str]) -> Iterator[str]:
        for s in self.snapshot.registry.signoffs:
            in_force = s.validity.holds(self.moment.at) and self.moment.knows(s.recorded)
            about = party in s.importers or any(any_matches(s.routes, r) for r in routes)
            if s.type == _REVIEW and s.approved and in_force and about:
                yield f"{s.by} ({s.reference})"

    # ---- places ----------------------------------------------------------------------------------

    def transfers(self) -> tuple[TransferPart, ...]:
        """Every place under every regime that a rule asks about, in order of parties."""
        found: dict[_Key, _Reached] = {}
        for each in self.classes:
            known = tuple(self._known_places(each))
            for regime, scenarios, place in _places(each):
                key = (regime, place.party, place.country, place.held, place.possible)
                reached = found.setdefault(key, _Reached())
                reached.about.update(dict.fromkeys(_about(place, known)))
                reached.assessments.update(dict.fromkeys(place.assessments))
                reached.decisions.update(dict.fromkeys(place.decisions))
                reached.scenarios.update(dict.fromkeys(scenarios))
                reached.routes.update(dict.fromkeys(route.id for route in each.routes))
        return tuple(self._transfer(key, reached) for key, reached in found.items())

    def _known_places(self, each: RouteClass) -> Iterator[_Known]:
        """Every place that is known of a party on the routes of a class, and what happens there."""
        route = self.snapshot.registry.routes[each.routes[0].id]
        view = Standpoint(self.snapshot.registry, self.moment)
        for attribute in PLACE_ATTRIBUTES:
            for hop in route_knowledge(view, route, attribute).hops:
                if isinstance(hop.value, Members):
                    for country in sorted(hop.value.certain | hop.value.optional):
                        yield hop.hop, country, attribute

    def _transfer(self, key: _Key, reached: _Reached) -> TransferPart:
        regime, party, country, held, possible = key
        return TransferPart(
            regime=regime,
            party=party,
            country=country,
            about=tuple(reached.about),
            held=held,
            possible=possible,
            scenarios=tuple(reached.scenarios),
            routes=len(reached.routes),
            agreements=tuple(a.id for a in self._agreements((party,)) if a.clauses),
            assessments=tuple(reached.assessments),
            decisions=tuple(reached.decisions),
        )


def _places(each: RouteClass) -> Iterator[tuple[Regime, Names, PlaceBasis]]:
    for reasoning in each.reasonings:
        for demand in (d for rule in reasoning.rules for d in rule.demands):
            for place in demand.places:
                regime = Regime(demand.subject.removeprefix(TRANSFER_BASIS))
                yield regime, reasoning.scenarios, place


def _about(place: PlaceBasis, known: Iterable[_Known]) -> Iterator[str]:
    """All that may happen at a place, whichever of it named the place first."""
    if place.country is None:
        yield place.attribute
    for party, country, attribute in known:
        if (party, country) == (place.party, place.country):
            yield attribute


@dataclass(slots=True)
class _Reached:
    """What goes to one place; insertion keeps the order."""

    about: dict[str, None] = field(default_factory=dict)
    scenarios: dict[str, None] = field(default_factory=dict)
    routes: dict[str, None] = field(default_factory=dict)
    assessments: dict[str, None] = field(default_factory=dict)
    decisions: dict[str, None] = field(default_factory=dict)
