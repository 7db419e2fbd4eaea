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
    """Whether a sign-off of `kind` in force covers `route` and all of the request."""
    registry = view.registry
    hops = hops_of(registry, route)
    return _in_force(
        (s for s in registry.signoffs if s.type == kind and concerns(s, route, hops)),
        view,
        asked,
    )


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
            if s.type == TIA
            and importer in s.importers
            and country in s.countries
            and (not s.routes or any_matches(s.routes, route.id))
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
                _covers(approval, facts, doubt),
                negation(
                    disjunction(
                        _touches(r, facts, negation(doubt))
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

    By its id; one that names only importers is about a route all of whose hops it names.
    """
    if signoff.routes:
        return any_matches(signoff.routes, route.id)
    return signoff.importers.issuperset(hops)


def _covers(signoff: Signoff, facts: RequestFacts, doubt: Truth) -> Truth:
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


def _touches(rejection: Signoff, facts: RequestFacts, doubt: Truth) -> Truth:
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
        yield _category_inside(signoff, category, doubt)


def _category_inside(signoff: Signoff, category: str, doubt: Truth) -> Truth:
    """A category covers what lies below it; approved `personal` is ordinary personal data only."""
    line = category_ancestors(category)
    covering = {c for c in line if c == category or c != "personal" or not signoff.approved}
    if covering & signoff.data:
        return TRUE
    finer = signoff.data.intersection(SPECIAL_CATEGORIES)
    return doubt if category == "special_category" and finer else FALSE


def named(patterns: tuple[str, ...], value: FactValue | None, doubt: Truth = UNKNOWN) -> Truth:
    """Whether the patterns of a sign-off name a value."""
    if "*" in patterns:
        return TRUE
    return doubt if value is None else known(any_matches(patterns, str(value)))
