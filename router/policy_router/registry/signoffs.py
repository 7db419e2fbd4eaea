"""Which sign-offs cover a route and a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.domain.contract import Signoff
from policy_router.domain.patterns import any_matches
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.route import Route
from policy_router.domain.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Truth,
    conjunction,
    disjunction,
    known,
    negation,
)
from policy_router.domain.vocabulary import (
    SPECIAL_CATEGORIES,
    category_ancestors,
    effective_categories,
)
from policy_router.registry.hops import hops_of
from policy_router.registry.standpoint import Asked, Standpoint

TIA = "tia"


def signed_off(view: Standpoint, kind: str, route: Route, asked: Asked) -> Truth:
    """Whether a sign-off of `kind` in force covers `route` and all of the request.

    An approval limited to countries is about transfers there: of the route as a whole it is not
    known to say anything (see `transfer_assessed`).
    """
    registry = view.registry
    hops = hops_of(registry, route)
    about = [s for s in registry.signoffs if s.type == kind and concerns(s, route, hops)]
    whole = [s for s in about if not (s.approved and s.countries)]
    signed = _in_force(whole, view, asked)
    partly = _in_force([s for s in about if s not in whole or not s.approved], view, asked)
    return Truth(signed.low, max(signed.high, partly.high))


def transfer_assessed(
    view: Standpoint, importer: str, country: str, route: Route, asked: Asked
) -> Truth:
    """Whether a transfer impact assessment covers importer, country, route and request.

    Source: CJEU C-311/18 (Schrems II); EDPB Recommendations 01/2020.
    """
    return _in_force(
        (
            s
            for s in view.registry.signoffs
            if s.type == TIA and concerns_transfer(s, importer, country, route)
        ),
        view,
        asked,
    )


def _in_force(signoffs: Iterable[Signoff], view: Standpoint, asked: Asked) -> Truth:
    """An approval that covers the request and that no later rejection touches."""
    facts, doubt, moment = asked.facts, asked.doubt, view.moment
    holding = [s for s in signoffs if s.validity.holds(moment.at) and moment.knows(s.recorded)]
    return disjunction(
        conjunction(
            (
                covers(approval, facts, doubt),
                negation(
                    disjunction(
                        touches(r, facts, negation(doubt))
                        for r in holding
                        if not r.approved and r.recorded >= approval.recorded
                    )
                ),
            )
        )
        for approval in holding
        if approval.approved
    )


def concerns(signoff: Signoff, route: Route, hops: tuple[str, ...]) -> bool:
    """Whether a sign-off is about a route.

    Every limit it states must hold: the route's id, and its hops among the importers. An approval
    needs a limit and all hops; a rejection without one is about every route, and one rejected hop
    rejects the route.
    """
    by_route = not signoff.routes or any_matches(signoff.routes, route.id)
    if not signoff.approved:
        return by_route and not (signoff.importers and signoff.importers.isdisjoint(hops))
    limited = bool(signoff.routes or signoff.importers)
    return limited and by_route and (not signoff.importers or signoff.importers.issuperset(hops))


def concerns_transfer(signoff: Signoff, importer: str, country: str, route: Route) -> bool:
    """Whether a sign-off is about transfers to an importer in a country on a route.

    An approval must name importer and country; a rejection that names none is about all.
    """
    if signoff.routes and not any_matches(signoff.routes, route.id):
        return False
    if signoff.approved:
        return importer in signoff.importers and country in signoff.countries
    by_importer = not signoff.importers or importer in signoff.importers
    return by_importer and (not signoff.countries or country in signoff.countries)


def covers(signoff: Signoff, facts: RequestFacts, doubt: Truth) -> Truth:
    """Every category, the purpose and the tenant of the request lie inside the sign-off."""
    return conjunction(
        (
            data_covered(signoff, facts.set_fact("data"), doubt),
            named(signoff.purposes, facts.scalar("purpose"), doubt),
            named(signoff.tenants, facts.scalar("tenant"), doubt),
        )
    )


def data_covered(signoff: Signoff, data: SetFact, doubt: Truth = UNKNOWN) -> Truth:
    """Whether a sign-off covers every category of the data."""
    whole = TRUE if data.settled and data.members else doubt
    return conjunction((whole, *_categories_inside(signoff, data.members, doubt)))


def data_touched(signoff: Signoff, data: SetFact, doubt: Truth = UNKNOWN) -> Truth:
    """Whether a sign-off is about some category of the data."""
    others = FALSE if data.settled and data.members else doubt
    return disjunction((others, *_categories_inside(signoff, data.members, doubt)))


def touches(rejection: Signoff, facts: RequestFacts, doubt: Truth) -> Truth:
    """Some part of the request lies inside a rejection."""
    return conjunction(
        (
            data_touched(rejection, facts.set_fact("data"), doubt),
            named(rejection.purposes, facts.scalar("purpose"), doubt),
            named(rejection.tenants, facts.scalar("tenant"), doubt),
        )
    )


def _categories_inside(
    signoff: Signoff, categories: frozenset[str], doubt: Truth
) -> Iterator[Truth]:
    for category in effective_categories(categories):
        yield category_covered(signoff, category, doubt)


def category_covered(signoff: Signoff, category: str, doubt: Truth = UNKNOWN) -> Truth:
    """A category covers what lies below it; approved `personal` is ordinary personal data only.

    It covers data of nobody as well, which are less than that.
    """
    line = category_ancestors(category)
    covering = {c for c in line if c == category or c != "personal" or not signoff.approved}
    if signoff.approved and category == "non_personal":
        covering.add("personal")
    if covering & signoff.data:
        return TRUE
    finer = signoff.data.intersection(SPECIAL_CATEGORIES)
    return doubt if category == "special_category" and finer else FALSE


def named(patterns: tuple[str, ...], value: FactValue | None, doubt: Truth = UNKNOWN) -> Truth:
    """Whether the patterns of a sign-off name a value."""
    if "*" in patterns:
        return TRUE
    return doubt if value is None else known(any_matches(patterns, str(value)))
