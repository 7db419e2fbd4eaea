"""Which judgements cover a route and all of a request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Moment, Validity
from policy_router.domain.contract import Signoff
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from policy_router.registry.signoffs import signed_off, transfer_assessed
from policy_router.registry.standpoint import Asked, Standpoint
from tests.small import NOON, NOW, facts, gateway, registry, route, signoff, utc

PERSONAL = facts(data=("personal",), purpose="support", tenant="blue")
AT_JUNE = Moment(NOON, utc("2026-06-01"))


def _signed(
    *given: Signoff, asked: RequestFacts = PERSONAL, moment: Moment = NOW, doubt: Truth = UNKNOWN
) -> Truth:
    known = registry(*given)
    view = Standpoint(known, moment)
    return signed_off(view, "dpia", known.routes["r"], Asked(asked, doubt))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (signoff("dpia"), TRUE),
        (signoff("tia"), FALSE),
        (signoff("dpia", approved=False), FALSE),
        (signoff("dpia", routes=("r*",)), TRUE),
        (signoff("dpia", routes=("s*", "r")), TRUE),
        (signoff("dpia", routes=("s*",)), FALSE),
        (signoff("dpia", routes=("R",)), FALSE),
        (signoff("dpia", routes=(), importers=("acme", "other")), TRUE),
        (signoff("dpia", routes=(), importers=("other",)), FALSE),
        (signoff("dpia", routes=("r",), importers=("other",)), FALSE),
        (signoff("dpia", valid=Validity(NOON, None)), TRUE),
        (signoff("dpia", valid=Validity(None, NOON)), FALSE),
        (signoff("dpia", recorded="2026-06-01"), TRUE),
        (signoff("dpia", recorded="2026-06-02"), FALSE),
    ],
    ids=(
        "approved",
        "of another kind",
        "rejected",
        "for routes so named",
        "for this one among others",
        "for other routes",
        "for a route otherwise spelt",
        "for all its hops",
        "for other hops",
        "for this route with other hops",
        "from now on",
        "until now",
        "known by then",
        "not yet known",
    ),
)
def test_what_a_signoff_is_about(given: Signoff, expected: Truth) -> None:
    assert _signed(given, moment=AT_JUNE) == expected


def test_hops_all_count() -> None:
    known = registry(
        gateway("relay", adds_hop=True),
        route(at="relay"),
        signoff("dpia", routes=(), importers=("acme",)),
    )
    asked = Asked(PERSONAL)
    assert signed_off(Standpoint(known, NOW), "dpia", known.routes["r"], asked) == FALSE


@pytest.mark.parametrize(
    ("approved", "stated", "expected"),
    [
        (("personal",), ("personal",), TRUE),
        (("personal",), ("health",), FALSE),
        (("personal",), ("criminal",), FALSE),
        (("personal",), ("personal", "health"), FALSE),
        (("personal",), ("non_personal", "personal"), TRUE),
        (("personal",), ("source_code",), FALSE),
        (("non_personal",), ("non_personal",), TRUE),
        (("special_category",), ("health",), TRUE),
        (("special_category",), ("special_category",), TRUE),
        (("special_category",), ("personal",), FALSE),
        (("health",), ("health",), TRUE),
        (("health",), ("genetic",), FALSE),
        (("health",), ("special_category",), UNKNOWN),
        (("criminal",), ("special_category",), FALSE),
        (("personal", "health"), ("personal", "health"), TRUE),
    ],
)
def test_an_approval_covers_each_category(
    approved: tuple[str, ...], stated: tuple[str, ...], expected: Truth
) -> None:
    asked = facts(data=stated, purpose="support", tenant="blue")
    assert _signed(signoff("dpia", data=approved), asked=asked) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (facts(data=("personal",), opened=("data",)), UNKNOWN),
        (facts(data=("health",), opened=("data",)), FALSE),
        (facts(), UNKNOWN),
        (replace(facts(), sets={"data": SetFact(frozenset(), settled=True)}), UNKNOWN),
    ],
    ids=("open", "open, and more than is covered", "not stated", "stated as nothing"),
)
def test_data_that_is_not_known_whole(asked: RequestFacts, expected: Truth) -> None:
    assert _signed(signoff("dpia"), asked=asked) == expected


@pytest.mark.parametrize(
    ("patterns", "value", "expected"),
    [
        (("*",), "support", TRUE),
        (("*",), None, TRUE),
        (("support", "billing"), "support", TRUE),
        (("sup*",), "support", TRUE),
        (("billing",), "support", FALSE),
        (("support",), None, UNKNOWN),
        ((), "support", FALSE),
    ],
)
@pytest.mark.parametrize("fact", ["purpose", "tenant"])
def test_purposes_and_tenants(
    fact: str, patterns: tuple[str, ...], value: str | None, expected: Truth
) -> None:
    scalars: dict[str, FactValue] = {} if value is None else {fact: value}
    asked = replace(facts(data=("personal",)), scalars=scalars)
    given = (
        signoff("dpia", purposes=patterns)
        if fact == "purpose"
        else signoff("dpia", tenants=patterns)
    )
    assert _signed(given, asked=asked) == expected


APPROVED = signoff("dpia", data=("personal", "special_category"), recorded="2026-03-01")


def _rejected(
    recorded: str = "2026-04-01",
    *,
    data: tuple[str, ...] = ("personal",),
    routes: tuple[str, ...] = ("*",),
    purposes: tuple[str, ...] = ("*",),
    tenants: tuple[str, ...] = ("*",),
) -> Signoff:
    return signoff(
        "dpia",
        name="rejection",
        approved=False,
        recorded=recorded,
        data=data,
        routes=routes,
        purposes=purposes,
        tenants=tenants,
    )


@pytest.mark.parametrize(
    ("rejection", "stated", "expected"),
    [
        (_rejected(), ("personal",), FALSE),
        (_rejected("2026-03-01"), ("personal",), FALSE),
        (_rejected("2026-02-01"), ("personal",), TRUE),
        (_rejected(routes=("s",)), ("personal",), TRUE),
        (_rejected(data=("health",)), ("personal",), TRUE),
        (_rejected(data=("health",)), ("health",), FALSE),
        (_rejected(data=("health",)), ("personal", "health"), FALSE),
        (_rejected(data=("health",)), ("special_category",), UNKNOWN),
        (_rejected(data=("special_category",)), ("health",), FALSE),
        (_rejected(data=("personal",)), ("health",), FALSE),
        (_rejected(data=("source_code",)), ("personal",), TRUE),
        (_rejected(purposes=("billing",)), ("personal",), TRUE),
        (_rejected(tenants=("red",)), ("personal",), TRUE),
        (_rejected(tenants=("b*",)), ("personal",), FALSE),
    ],
    ids=(
        "later",
        "of the same day",
        "earlier",
        "of another route",
        "of other data",
        "of this data",
        "of some of this data",
        "of what this may be",
        "of all such data",
        "of all personal data",
        "of data of another kind",
        "for another purpose",
        "for another tenant",
        "for such tenants",
    ),
)
def test_a_rejection_ends_what_it_touches(
    rejection: Signoff, stated: tuple[str, ...], expected: Truth
) -> None:
    asked = facts(data=stated, purpose="support", tenant="blue")
    assert _signed(APPROVED, rejection, asked=asked) == expected
    assert _signed(rejection, APPROVED, asked=asked) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (facts(data=("personal",), opened=("data",), tenant="blue"), UNKNOWN),
        (facts(data=("personal",)), UNKNOWN),
        (facts(data=("personal",), tenant="red"), FALSE),
    ],
    ids=("data may be rejected", "tenant may be rejected", "tenant is rejected"),
)
def test_a_rejection_that_may_touch_a_request(asked: RequestFacts, expected: Truth) -> None:
    broad = signoff("dpia", data=("personal", "health"), recorded="2026-03-01")
    rejection = (
        _rejected(data=("health",))
        if not asked.knows("data")
        else _rejected(data=("personal",), tenants=("red",))
    )
    assert _signed(broad, rejection, asked=asked) == expected


def test_a_rejection_that_has_ended_or_is_not_yet_known_ends_nothing() -> None:
    assert _signed(APPROVED, replace(_rejected(), validity=Validity(None, NOON))) == TRUE
    assert _signed(APPROVED, _rejected("2026-06-02"), moment=AT_JUNE) == TRUE


def test_a_new_approval_counts_again() -> None:
    again = signoff("dpia", name="again", recorded="2026-05-01")
    assert _signed(APPROVED, _rejected(), again) == TRUE


def test_one_approval_that_covers_all_of_it_is_enough() -> None:
    assert _signed(signoff("dpia", data=("health",)), signoff("dpia", name="b")) == TRUE
    parts = (signoff("dpia", data=("health",)), signoff("dpia", name="b", data=("genetic",)))
    asked = facts(data=("health", "genetic"))
    assert _signed(*parts, asked=asked) == FALSE


@pytest.mark.parametrize("doubt", [TRUE, FALSE])
def test_what_the_request_leaves_open_is_taken_as_told(doubt: Truth) -> None:
    given = signoff("dpia", tenants=("blue",))
    assert _signed(given, asked=facts(data=("personal",)), doubt=doubt) == doubt
    opened = facts(data=("personal",), opened=("data",), tenant="blue")
    assert _signed(given, asked=opened, doubt=doubt) == doubt
    assert _signed(APPROVED, _rejected(data=("health",)), asked=opened, doubt=doubt) == doubt


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (signoff("tia", routes=(), importers=("acme",), countries=("US",)), TRUE),
        (signoff("tia", routes=(), importers=("other",), countries=("US",)), FALSE),
        (signoff("tia", routes=(), importers=("acme",), countries=("IN",)), FALSE),
        (signoff("tia", routes=("r",), importers=("acme",), countries=("US",)), TRUE),
        (signoff("tia", routes=("s",), importers=("acme",), countries=("US",)), FALSE),
        (signoff("tia", routes=("r",)), FALSE),
        (signoff("dpia", routes=(), importers=("acme",), countries=("US",)), FALSE),
        (
            signoff("tia", routes=(), importers=("acme",), countries=("US",), data=("health",)),
            FALSE,
        ),
    ],
    ids=(
        "importer and country",
        "another importer",
        "another country",
        "for this route",
        "for another route",
        "of no importer",
        "no assessment",
        "of other data",
    ),
)
def test_what_a_transfer_assessment_covers(given: Signoff, expected: Truth) -> None:
    known = registry(given)
    view, here = Standpoint(known, NOW), known.routes["r"]
    assert transfer_assessed(view, "acme", "US", here, Asked(PERSONAL)) == expected
