"""What a sign-off is limited to: routes, importers, countries; approvals and rejections differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.contract import Signoff
from policy_router.domain.registry import Registry
from policy_router.domain.request import SetFact
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from policy_router.registry.signoffs import (
    data_covered,
    data_touched,
    named,
    signed_off,
    transfer_assessed,
)
from policy_router.registry.standpoint import Asked, Standpoint
from tests.small import NOW, facts, gateway, registry, route, signoff

ASKED = Asked(facts(data=("personal",), purpose="support", tenant="blue"))
NOWHERE: tuple[str, ...] = ()
BOTH = ("relay", "acme")
EARLY, LATE = "2026-01-20", "2026-02-20"
BROAD = signoff("dpia", recorded=EARLY)
WHOLE_TIA = signoff(
    "tia", routes=(), importers=BOTH, countries=("US", "IN"), recorded=EARLY, name="assessed"
)


def over_two_hops(*given: Signoff) -> Registry:
    return registry(gateway("relay", adds_hop=True), route(at="relay"), *given)


def signed(kind: str, *given: Signoff) -> Truth:
    known = over_two_hops(*given)
    return signed_off(Standpoint(known, NOW), kind, known.routes["r"], ASKED)


def assessed(*given: Signoff) -> Truth:
    known = over_two_hops(*given)
    return transfer_assessed(Standpoint(known, NOW), "acme", "US", known.routes["r"], ASKED)


@pytest.mark.parametrize(
    ("routes", "importers", "countries", "expected"),
    [
        (("r",), NOWHERE, NOWHERE, TRUE),
        (("s",), NOWHERE, NOWHERE, FALSE),
        (NOWHERE, BOTH, NOWHERE, TRUE),
        (NOWHERE, ("acme",), NOWHERE, FALSE),
        (("r",), BOTH, NOWHERE, TRUE),
        (("r",), ("acme",), NOWHERE, FALSE),
        (("s",), BOTH, NOWHERE, FALSE),
        (NOWHERE, NOWHERE, NOWHERE, FALSE),
        (NOWHERE, BOTH, ("US",), UNKNOWN),
        (("r",), NOWHERE, ("US",), UNKNOWN),
        (("*",), NOWHERE, ("US",), UNKNOWN),
        (("s",), BOTH, ("US",), FALSE),
    ],
    ids=(
        "the route",
        "another route",
        "all its hops",
        "one of its hops",
        "the route and all its hops",
        "the route and one of its hops",
        "another route and all hops of this one",
        "nothing",
        "all its hops, in a country",
        "the route, in a country",
        "every route, in a country",
        "another route, in a country",
    ),
)
def test_an_approval_holds_where_every_limit_of_it_does(
    routes: tuple[str, ...],
    importers: tuple[str, ...],
    countries: tuple[str, ...],
    expected: Truth,
) -> None:
    given = signoff("dpia", routes=routes, importers=importers, countries=countries)
    assert signed("dpia", given) == expected


@pytest.mark.parametrize(
    ("routes", "importers", "countries", "expected"),
    [
        (("r",), NOWHERE, NOWHERE, FALSE),
        (("s",), NOWHERE, NOWHERE, TRUE),
        (NOWHERE, ("acme",), NOWHERE, FALSE),
        (NOWHERE, ("relay",), NOWHERE, FALSE),
        (NOWHERE, ("other",), NOWHERE, TRUE),
        (("r",), ("acme",), NOWHERE, FALSE),
        (("s",), ("acme",), NOWHERE, TRUE),
        (NOWHERE, NOWHERE, NOWHERE, FALSE),
        (NOWHERE, ("acme",), ("US",), FALSE),
        (("*",), NOWHERE, ("US",), FALSE),
    ],
    ids=(
        "the route",
        "another route",
        "the provider",
        "the gateway",
        "another party",
        "one hop, on this route",
        "one hop, on another route",
        "nothing: everywhere",
        "one hop, in a country",
        "every route, in a country",
    ),
)
def test_a_rejection_of_one_hop_rejects_the_route(
    routes: tuple[str, ...],
    importers: tuple[str, ...],
    countries: tuple[str, ...],
    expected: Truth,
) -> None:
    rejection = signoff(
        "dpia",
        name="rejection",
        approved=False,
        recorded=LATE,
        routes=routes,
        importers=importers,
        countries=countries,
    )
    assert signed("dpia", BROAD, rejection) == expected
    assert signed("dpia", rejection) == FALSE


def test_an_approval_for_a_country_is_rejected_like_any_other() -> None:
    abroad = signoff("dpia", countries=("US",), recorded=EARLY)
    rejection = signoff("dpia", name="rejection", approved=False, recorded=LATE)
    assert signed("dpia", abroad) == UNKNOWN
    assert signed("dpia", abroad, rejection) == FALSE
    assert signed("dpia", abroad, BROAD) == TRUE


@pytest.mark.parametrize(
    ("routes", "importers", "countries", "expected"),
    [
        (NOWHERE, ("acme",), ("US",), FALSE),
        (NOWHERE, ("acme",), NOWHERE, FALSE),
        (NOWHERE, NOWHERE, ("US",), FALSE),
        (NOWHERE, NOWHERE, NOWHERE, FALSE),
        (("r",), NOWHERE, NOWHERE, FALSE),
        (NOWHERE, ("relay",), ("US",), TRUE),
        (NOWHERE, ("acme",), ("IN",), TRUE),
        (("s",), ("acme",), ("US",), TRUE),
    ],
    ids=(
        "of this importer in this country",
        "of this importer",
        "of this country",
        "of all transfers",
        "of this route",
        "of another importer",
        "of another country",
        "of another route",
    ),
)
def test_a_rejected_transfer(
    routes: tuple[str, ...],
    importers: tuple[str, ...],
    countries: tuple[str, ...],
    expected: Truth,
) -> None:
    rejection = signoff(
        "tia",
        name="rejection",
        approved=False,
        recorded=LATE,
        routes=routes,
        importers=importers,
        countries=countries,
    )
    assert assessed(WHOLE_TIA) == TRUE
    assert assessed(WHOLE_TIA, rejection) == expected


@pytest.mark.parametrize(
    ("stated", "covered", "touched"),
    [
        (SetFact(frozenset({"personal"}), settled=True), TRUE, TRUE),
        (SetFact(frozenset({"source_code"}), settled=True), FALSE, FALSE),
        (SetFact(frozenset({"personal"})), UNKNOWN, TRUE),
        (SetFact(frozenset({"source_code"})), FALSE, UNKNOWN),
        (SetFact(), UNKNOWN, UNKNOWN),
        (SetFact(settled=True), UNKNOWN, UNKNOWN),
    ],
    ids=("all of it", "none of it", "open", "open, and more", "not stated", "stated as nothing"),
)
def test_data_is_covered_whole_and_touched_in_part(
    stated: SetFact, covered: Truth, touched: Truth
) -> None:
    assert data_covered(BROAD, stated) == covered
    assert data_touched(BROAD, stated) == touched


def test_a_name_that_is_not_known_is_only_covered_by_everything() -> None:
    assert named(("*",), None) == TRUE
    assert named(("blue",), None) == UNKNOWN


@pytest.mark.parametrize(
    ("listed", "approved", "stated", "covered"),
    [
        (("personal",), True, ("non_personal",), TRUE),
        (("personal",), True, ("non_personal", "personal"), TRUE),
        (("personal",), True, ("non_personal", "health"), FALSE),
        (("personal",), True, ("non_personal", "source_code"), FALSE),
        (("health",), True, ("non_personal",), FALSE),
        (("non_personal",), True, ("personal",), FALSE),
        (("personal",), False, ("non_personal",), FALSE),
    ],
)
def test_who_may_have_personal_data_may_have_data_of_nobody(
    listed: tuple[str, ...], approved: bool, stated: tuple[str, ...], covered: Truth
) -> None:
    judged = replace(BROAD, data=frozenset(listed), approved=approved)
    assert data_covered(judged, SetFact(frozenset(stated), settled=True)) == covered


def test_what_is_approved_alone_is_approved_where_it_is_merely_declared() -> None:
    """A caller of whom `non_personal` is certain declares `personal`: both may go."""
    sure, said = (SetFact(frozenset({name}), settled=True) for name in ("non_personal", "personal"))
    both = SetFact(sure.members | said.members, settled=True)
    judged = replace(BROAD, data=frozenset({"personal"}))
    assert [data_covered(judged, each) for each in (sure, both)] == [TRUE, TRUE]
