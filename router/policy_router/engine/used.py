"""What a decision rests on: law read at second hand, agreements, sign-offs, exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy_router.domain.claim import Members
from policy_router.domain.decision import RuleVerdict
from policy_router.domain.patterns import any_matches
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import Regime
from policy_router.engine.question import Question
from policy_router.registry.hops import hops_of, route_finding
from policy_router.registry.speaking import agreements_in_force
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.territories import adequacy_about
from policy_router.registry.transfer import PLACE_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Used:
    """Ids of what stands behind a decision."""

    law: tuple[str, ...]
    exceptions: tuple[str, ...]
    agreements: tuple[str, ...]
    signoffs: tuple[str, ...]


def used(q: Question, routes: Sequence[Route], verdicts: Iterable[RuleVerdict]) -> Used:
    """What the decision about `routes` could draw on, at its moment."""
    registry, moment = q.snapshot.registry, q.moment
    agreements = {
        agreement.id
        for route in routes
        for hop in hops_of(registry, route)
        for agreement in agreements_in_force(registry, route, hop, moment)
    }
    return Used(
        law=tuple(sorted({i for route in routes for i in _law(q, route)})),
        exceptions=tuple(sorted({v.exception for v in verdicts if v.exception})),
        agreements=tuple(sorted(agreements)),
        signoffs=tuple(sorted(_signoffs(q, routes))),
    )


def _law(q: Question, route: Route) -> set[str]:
    """Adequacy decisions about the places of a route, for the regimes of the request."""
    regimes = [Regime(r) for r in q.facts.set_fact("regime").members]
    view = Standpoint(q.snapshot.registry, q.moment)
    countries: set[str] = set()
    for attribute in PLACE_ATTRIBUTES:
        value = route_finding(view, route, attribute).value
        if isinstance(value, Members):
            countries |= value.certain | value.optional
    return {
        entry.id
        for regime in regimes
        for country in countries
        for entry in adequacy_about(q.snapshot.registry, country, regime, q.moment)
    }


def _signoffs(q: Question, routes: Sequence[Route]) -> set[str]:
    hops = {hop for route in routes for hop in hops_of(q.snapshot.registry, route)}
    ids = {route.id for route in routes}
    return {
        s.id
        for s in q.snapshot.registry.signoffs
        if s.approved
        and s.validity.holds(q.moment.at)
        and q.moment.knows(s.recorded)
        and (s.importers & hops or any(any_matches(s.routes, i) for i in ids))
    }
