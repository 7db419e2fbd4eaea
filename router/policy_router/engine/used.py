"""What a decision rests on: law read at second hand, agreements, sign-offs, exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import held, members, table
from policy_router.domain.decision import Candidate
from policy_router.domain.patterns import any_matches
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import HOME_TERRITORY, Regime
from policy_router.engine.question import Question
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import agreements_in_force
from policy_router.registry.standpoint import Asked, Standpoint
from policy_router.registry.territories import adequacy_about
from policy_router.registry.transfer import transfer_bases

_BY_DECISION = {"adequacy", "dpf"}


@dataclass(frozen=True, slots=True)
class Used:
    """Ids of what stands behind a decision."""

    law: tuple[str, ...]
    exceptions: tuple[str, ...]
    agreements: tuple[str, ...]
    signoffs: tuple[str, ...]


def used(q: Question, bound: Bound, routes: int, candidates: Iterable[Candidate]) -> Used:
    """What the decision about `candidates`, of which `routes` are the set, could draw on."""
    looked_up = table(routes, len(bound.routes))
    alike = [
        bound.routes[here[0]] for a in bound.atoms.alike if (here := held(looked_up, a.numbers))
    ]
    registry, moment = q.snapshot.registry, q.moment
    agreements = {
        agreement.id
        for route in alike
        for hop in hops_of(registry, route)
        for agreement in agreements_in_force(registry, route, hop, moment)
    }
    verdicts = {id(c.verdicts): c.verdicts for c in candidates}
    exceptions = {v.exception for found in verdicts.values() for v in found if v.exception}
    named = {bound.routes[n].id for n in members(routes)}
    return Used(
        law=tuple(sorted({i for route in alike for i in _law(q, route)})),
        exceptions=tuple(sorted(exceptions)),
        agreements=tuple(sorted(agreements)),
        signoffs=tuple(sorted(_signoffs(q, alike, named))),
    )


def _law(q: Question, route: Route) -> set[str]:
    """Territories and adequacy decisions that places of a route are known to rest on."""
    registry, moment = q.snapshot.registry, q.moment
    view = Standpoint(registry, moment)
    found: set[str] = set()
    for regime in map(Regime, q.facts.set_fact("regime").members):
        for at in transfer_bases(view, route, regime, Asked(q.facts)):
            held = {basis for basis, truth in at.bases if truth.known_true}
            if "not_a_transfer" in held:
                found.add(HOME_TERRITORY[regime])
            elif held & _BY_DECISION and at.place.country is not None:
                entries = adequacy_about(registry, at.place.country, regime, moment)
                found.update(entry.id for entry in entries)
    return found


def _signoffs(q: Question, alike: Sequence[Route], named: set[str]) -> set[str]:
    hops = {hop for route in alike for hop in hops_of(q.snapshot.registry, route)}
    return {
        s.id
        for s in q.snapshot.registry.signoffs
        if s.approved
        and s.validity.holds(q.moment.at)
        and q.moment.knows(s.recorded)
        and (s.importers & hops or any(any_matches(s.routes, i) for i in named))
    }
