"""Every limit an approval states counts; a rejection reaches whatever it may concern."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.contract import Signoff
from policy_router.domain.registry import Registry
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from policy_router.registry.signoffs import signed_off, transfer_assessed
from policy_router.registry.standpoint import Asked, Standpoint
from tests.small import NOW, facts, gateway, registry, signoff

ASKED = Asked(facts(data=("personal",), purpose="support", tenant="blue"))
TWO_HOPS = registry(gateway("hub", adds_hop=True))


def _with(*given: Signoff) -> Registry:
    return replace(TWO_HOPS, signoffs=given)


def _signed(*given: Signoff) -> Truth:
    known = _with(*given)
    return signed_off(Standpoint(known, NOW), "dpia", known.routes["r"], ASKED)


def _assessed(*given: Signoff) -> Truth:
    known = _with(*given)
    return transfer_assessed(Standpoint(known, NOW), "acme", "US", known.routes["r"], ASKED)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (signoff(routes=("r",), importers=("hub",)), FALSE),
        (signoff(routes=("r",), importers=("hub", "acme")), TRUE),
        (signoff(routes=(), importers=("hub", "acme")), TRUE),
        (signoff(routes=(), importers=()), FALSE),
        (signoff(routes=("*",), countries=("SE",)), UNKNOWN),
        (signoff(routes=("s",), countries=("SE",)), FALSE),
    ],
    ids=("one hop of two", "both hops", "hops alone", "no limit", "countries", "another route"),
)
def test_an_approval_covers_no_more_than_it_says(given: Signoff, expected: Truth) -> None:
    assert _signed(given) == expected


@pytest.mark.parametrize(
    "rejection",
    [
        signoff(name="no", approved=False, routes=(), importers=("acme",)),
        signoff(name="no", approved=False, routes=(), importers=("hub",)),
        signoff(name="no", approved=False, routes=("r",), importers=("acme",)),
        signoff(name="no", approved=False, routes=("r",), importers=()),
        signoff(name="no", approved=False, routes=(), importers=()),
        signoff(name="no", approved=False, routes=("*",), countries=("SE",)),
    ],
    ids=("the provider", "the gateway", "the route at a hop", "the route", "all", "in a country"),
)
def test_a_rejected_hop_rejects_the_route(rejection: Signoff) -> None:
    approval = signoff(recorded="2026-01-01")
    assert _signed(approval) == TRUE
    assert _signed(approval, rejection) == FALSE


@pytest.mark.parametrize(
    "rejection",
    [
        signoff(name="no", approved=False, routes=(), importers=("elsewhere",)),
        signoff(name="no", approved=False, routes=("s",), importers=("acme",)),
    ],
    ids=("another hop", "another route"),
)
def test_a_rejection_of_something_else_does_not(rejection: Signoff) -> None:
    assert _signed(signoff(recorded="2026-01-01"), rejection) == TRUE


@pytest.mark.parametrize(
    ("limits", "ends"),
    [
        ({"importers": ("acme",), "countries": ("US",)}, True),
        ({"importers": (), "countries": ("US",)}, True),
        ({"importers": ("acme",), "countries": ()}, True),
        ({"importers": ("hub",), "countries": ("US",)}, False),
        ({"importers": ("acme",), "countries": ("IN",)}, False),
    ],
)
def test_a_rejected_transfer(limits: dict[str, tuple[str, ...]], *, ends: bool) -> None:
    approval = signoff("tia", recorded="2026-01-01", importers=("acme",), countries=("US",))
    rejection = replace(
        signoff("tia", name="no", approved=False, routes=()),
        importers=frozenset(limits["importers"]),
        countries=frozenset(limits["countries"]),
    )
    assert _assessed(approval) == TRUE
    assert _assessed(approval, rejection) == (FALSE if ends else TRUE)
