"""On which basis personal data may lawfully reach every place of a route.

Source: GDPR Chapter V (Art. 44-49), UK GDPR with DPA 2018 s.119A, Swiss FADP Art. 16. Adequacy
is directional: it belongs to the exporting regime. Art. 49 derogations are never a basis here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from policy_router.domain.claim import Listing, Members
from policy_router.domain.contract import Agreement, Mechanism
from policy_router.domain.request import SetFact
from policy_router.domain.route import Route
from policy_router.domain.territory import Adequacy, Scope
from policy_router.domain.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Outcome,
    Truth,
    conjunction,
    disjunction,
    known,
)
from policy_router.domain.vocabulary import TRANSFER_BASES, Regime, listed_data
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import (
    READ_FOR_STORAGE,
    hops_of,
    place_or_value,
    storage_at,
)
from policy_router.registry.law import Law, law_of
from policy_router.registry.signoffs import transfer_assessed
from policy_router.registry.speaking import agreements_in_force, evidence_gap, knowledge
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.territories import includes

PLACE_ATTRIBUTES = (
    "provider_jurisdiction",
    "inference_location",
    "storage_location",
    "support_location",
)

READ_FOR_DECISIONS = frozenset(("adequacy_conditions", "dpf"))
"""The claims that say whether an adequacy decision serves an importer."""

READ_FOR_TRANSFERS = frozenset((*PLACE_ATTRIBUTES, *READ_FOR_STORAGE, *READ_FOR_DECISIONS))
"""The claims that any transfer basis is found by."""

CLAUSES: dict[tuple[Regime, str], tuple[Mechanism, ...]] = {
    (Regime.EU_GDPR, "scc_with_tia"): (Mechanism.SCC,),
    (Regime.EU_GDPR, "bcr_with_tia"): (Mechanism.BCR,),
    (Regime.UK_GDPR, "idta_with_tra"): (Mechanism.IDTA,),
    (Regime.UK_GDPR, "addendum_with_tra"): (Mechanism.ADDENDUM, Mechanism.SCC),
    (Regime.CH_FADP, "scc_swiss_with_tia"): (Mechanism.SCC_SWISS,),
}
"""The clauses an agreement must put in force for each basis that needs an assessment."""

MODULAR = {Mechanism.SCC, Mechanism.SCC_SWISS}
_BY_DECISION = {"adequacy", "dpf"}
"""The bases that a decision gives."""

_EXTENSION = {Regime.EU_GDPR: "dpf", Regime.UK_GDPR: "uk", Regime.CH_FADP: "swiss"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a hop may handle data. `country` None: not known where.

    `certain` False: it is possible that the hop handles nothing there.
    """

    hop: str
    country: str | None
    attribute: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class PlaceBases:
    """A place and what is known of each basis for it, in order of `TRANSFER_BASES`."""

    place: Place
    bases: tuple[tuple[str, Truth], ...]


def transfer_bases(
    view: Standpoint, route: Route, regime: Regime, asked: Asked
) -> tuple[PlaceBases, ...]:
    """Every place of the route with what is known of each basis for exports under `regime`."""
    law = law_of(view.registry, regime, view.moment)
    importers: dict[str, _Importer] = {}
    bases: dict[tuple[str, str | None], tuple[tuple[str, Truth], ...]] = {}
    found: list[PlaceBases] = []
    for place in places_of(view, route):
        here = place.hop, place.country
        if here not in bases:
            if place.hop not in importers:
                importers[place.hop] = _Importer(view, route, place.hop, asked)
            bases[here] = _bases_for(importers[place.hop], law, place.country)
        found.append(PlaceBases(place, bases[here]))
    return tuple(found)


def bases_at(
    view: Standpoint, route: Route, place: Place, regime: Regime, asked: Asked
) -> PlaceBases:
    """What is known of each basis for exports to `place` of `route` under `regime`."""
    law = law_of(view.registry, regime, view.moment)
    importer = _Importer(view, route, place.hop, asked)
    return PlaceBases(place, _bases_for(importer, law, place.country))


def with_decisions(
    view: Standpoint, route: Route, regime: Regime, asked: Asked
) -> Iterator[tuple[PlaceBases, tuple[str, ...]]]:
    """`transfer_bases`, each with ids of the adequacy decisions known to serve the importer there.

    Only where a decision gives a basis.
    """
    law = law_of(view.registry, regime, view.moment)
    importers: dict[str, _Importer] = {}
    for found in transfer_bases(view, route, regime, asked):
        hop, country = found.place.hop, found.place.country
        if country is None or not any(t.known_true for b, t in found.bases if b in _BY_DECISION):
            yield found, ()
            continue
        importer = importers.setdefault(hop, _Importer(view, route, hop, asked))
        _, entries = law.about(country)
        yield found, tuple(sorted(e.id for e in entries if importer.is_served_by(e, regime)))


def rests_on(places: tuple[PlaceBases, ...], wanted: tuple[str, ...]) -> Truth:
    """Whether every place has one of the `wanted` bases: false where one is known to have none."""
    return conjunction(place_rests_on(p, wanted) for p in places)


def place_rests_on(place: PlaceBases, wanted: tuple[str, ...]) -> Truth:
    """Whether one place has one of the `wanted` bases."""
    truth = disjunction(t for basis, t in place.bases if basis in wanted)
    return truth if place.place.certain else Truth(truth.low, Outcome.TRUE)


def places_of(view: Standpoint, route: Route) -> Iterator[Place]:
    """(hop, country) over inference, storage, support and the operating entity's country.

    A place that is not known is one for each attribute: each has to be found out.
    """
    for hop in hops_of(view.registry, route):
        seen: set[tuple[str, bool]] = set()
        for attribute in PLACE_ATTRIBUTES:
            look = (
                storage_at(view, route, hop)
                if attribute == "storage_location"
                else place_or_value(view, route, hop, attribute)
            )
            for place in _places_at(hop, attribute, look.value):
                if place.country is None:
                    yield place
                elif (place.country, place.certain) not in seen:
                    seen.add((place.country, place.certain))
                    yield place


def _places_at(hop: str, attribute: str, value: object) -> Iterator[Place]:
    if not isinstance(value, Members):
        yield Place(hop, None, attribute)
        return
    for country in sorted(value.certain):
        yield Place(hop, country, attribute)
    for country in sorted(value.optional):
        yield Place(hop, country, attribute, certain=False)
    if value.open:
        yield Place(hop, None, attribute)


def _bases_for(importer: _Importer, law: Law, country: str | None) -> tuple[tuple[str, Truth], ...]:
    bases = TRANSFER_BASES[law.regime]
    if country is None:
        return tuple((basis, UNKNOWN) for basis in bases)
    if country == GLOBAL:
        return tuple((basis, FALSE) for basis in bases)
    at_home, entries = law.about(country)
    truths = {
        "not_a_transfer": at_home,
        "adequacy": disjunction(importer.adequacy(entry) for entry in entries),
        "dpf": disjunction(importer.listing(entry, law.regime) for entry in entries),
    }
    for basis, in_force in importer.clauses(law.regime):
        truths[basis] = importer.assessed(in_force, country)
    return tuple((basis, truths[basis]) for basis in bases)


@dataclass(frozen=True)
class _Importer:
    """One importer of one route, looked at under one evidence demand."""

    view: Standpoint
    route: Route
    hop: str
    asked: Asked
    _clauses: dict[Regime, tuple[tuple[str, Truth], ...]] = field(default_factory=dict)

    def adequacy(self, entry: Adequacy) -> Truth:
        """An adequacy decision serves a country, or recipients known to meet its conditions."""
        if entry.scope is Scope.CERTIFIED_RECIPIENT:
            return FALSE
        if not entry.confirmation.usable:
            return UNKNOWN
        if entry.scope is Scope.WHOLE:
            return TRUE
        return conjunction(
            includes(self._conditions, lambda name, c=condition: known(name == c))  # type: ignore[misc]
            for condition in sorted(entry.conditions)
        )

    @cached_property
    def _conditions(self) -> Members:
        """The conditions of adequacy decisions that the importer is known to meet."""
        met = knowledge(self.view, self.route, self.hop, "adequacy_conditions").value
        return met if isinstance(met, Members) else Members(frozenset(), open=True)

    def listing(self, entry: Adequacy, regime: Regime) -> Truth:
        """A certified recipient: entry active, extension and kind of data covered."""
        if entry.scope is not Scope.CERTIFIED_RECIPIENT:
            return FALSE
        if not entry.confirmation.usable:
            return UNKNOWN
        listed = self._listed
        if not isinstance(listed, Listing):
            return UNKNOWN
        if self._entity() != listed.entity:
            return UNKNOWN
        extension = _EXTENSION[regime]
        extended = extension == "dpf" or extension in listed.extensions
        return conjunction(
            (
                known(listed.status == "active"),
                known(extended),
                data_listed(listed.covers, self.asked.facts.set_fact("subjects"), self.asked.doubt),
            )
        )

    def is_served_by(self, entry: Adequacy, regime: Regime) -> bool:
        """Whether a decision is known to serve it, by its place or by its name."""
        return self.adequacy(entry).known_true or self.listing(entry, regime).known_true

    @cached_property
    def _listed(self) -> object:
        return knowledge(self.view, self.route, self.hop, "dpf").value

    def _entity(self) -> str | None:
        """The operating entity at the hop; a list entry of another says nothing about it."""
        registry = self.view.registry
        party = registry.providers.get(self.hop) or registry.gateways.get(self.hop)
        return None if party is None else party.entity

    def clauses(self, regime: Regime) -> tuple[tuple[str, Truth], ...]:
        """The bases of clauses under `regime`, and whether agreements put all of these in force."""
        if regime not in self._clauses:
            self._clauses[regime] = tuple(
                (basis, conjunction(map(self._in_force, mechanisms)))
                for (of_regime, basis), mechanisms in CLAUSES.items()
                if of_regime is regime
            )
        return self._clauses[regime]

    def assessed(self, in_force: Truth, country: str) -> Truth:
        """Whether clauses are in force and a transfer impact assessment covers the call."""
        if in_force.known_false:
            return FALSE
        covered = transfer_assessed(self.view, self.hop, country, self.route, self.asked)
        return conjunction((in_force, covered))

    @cached_property
    def _agreements(self) -> tuple[Agreement, ...]:
        return agreements_in_force(self.view.registry, self.route, self.hop, self.view.moment)

    def _in_force(self, mechanism: Mechanism) -> Truth:
        return disjunction(self._puts_in_force(a, mechanism) for a in self._agreements)

    def _puts_in_force(self, agreement: Agreement, mechanism: Mechanism) -> Truth:
        """Whether an agreement has such clauses, with the right module."""
        modules = self._modules() if mechanism in MODULAR else (None,)
        if not any(c.mechanism is mechanism and c.module in modules for c in agreement.clauses):
            return FALSE
        gap = evidence_gap(agreement.evidence, self.view)
        return TRUE if gap is None else UNKNOWN

    def _modules(self) -> tuple[str, ...]:
        """The first hop receives from the controller (M2); later ones also from a processor (M3).

        Source: Implementing Decision (EU) 2021/914, modules two and three.
        """
        return ("M2",) if hops_of(self.view.registry, self.route)[0] == self.hop else ("M2", "M3")


def data_listed(covers: frozenset[str], subjects: SetFact, doubt: Truth = UNKNOWN) -> Truth:
    """Whether a list entry covers the data: human resources data needs its own coverage."""
    if {"hr", "non_hr"} <= covers:
        return TRUE
    if not covers or not all(listed_data(s) <= covers for s in subjects.members):
        return FALSE
    return TRUE if subjects.settled and subjects.members else doubt
