"""What stands behind a decision: law, agreements, sign-offs and exceptions, by their ids."""

from __future__ import annotations

import pytest

from policy_router.domain.claim import Claim, Listing
from policy_router.domain.contract import Signoff
from policy_router.domain.territory import Scope
from policy_router.domain.vocabulary import Regime
from tests.explained import DE, IS, NOTHING_KEPT, told
from tests.small import (
    agreement,
    claim,
    facts,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
)
from tests.strategies.law import adequacy
from tests.strategies.predicates import names

US = places("US")
ASKED = facts(None, data=("personal",), regime=("eu_gdpr",), subjects=("customers",))
EVERYWHERE = ("provider_jurisdiction", "inference_location", "support_location")
WHOLE = adequacy("whole", Regime.EU_GDPR, Scope.WHOLE, "CH")
LISTED = adequacy("listed", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US")
REFUSED = policy(rule(require=names("stage", IS, "preview")))
CERTIFIED = claim("dpf", Listing("Acme Inc", "active", frozenset({"hr", "non_hr"}), frozenset()))


@pytest.mark.parametrize(
    ("claims", "law"),
    [
        ([claim(name, DE) for name in EVERYWHERE], ("EEA",)),
        ([claim(name, places("CH")) for name in EVERYWHERE], ("whole",)),
        ([*(claim(name, US) for name in EVERYWHERE), CERTIFIED], ("listed",)),
        ([claim(name, US) for name in EVERYWHERE], ()),
        ([claim(EVERYWHERE[0], DE), claim(EVERYWHERE[1], places("CH"))], ("EEA", "whole")),
        ([], ()),
    ],
    ids=("at home", "adequate", "certified", "abroad", "here and there", "nowhere known"),
)
def test_the_law_that_places_rest_on(claims: list[Claim], law: tuple[str, ...]) -> None:
    known = registry(provider("acme", NOTHING_KEPT, *claims), WHOLE, LISTED)
    assert told(policy(), known, ASKED).law == law
    assert told(policy(), known, facts(None, data=("personal",))).law == ()


@pytest.mark.parametrize(
    ("judged", "counts"),
    [
        (signoff(routes=("a",)), True),
        (signoff(routes=("b", "c")), True),
        (signoff(routes=("c",)), False),
        (signoff(routes=(), importers=("acme",)), True),
        (signoff(routes=(), importers=("other",)), False),
        (signoff(approved=False), False),
        (signoff(recorded="2027-01-01"), True),
    ],
)
def test_sign_offs_about_one_of_the_routes_refused_count(judged: Signoff, counts: bool) -> None:
    found = told(REFUSED, registry(route("a"), route("b"), judged), ASKED)
    assert found.signoffs == (("judgement",) if counts else ())


def test_agreements_count_for_the_routes_refused_or_for_the_chosen_one() -> None:
    held = agreement("own", models=(), routes=("b",)), agreement("other", parties=("other",))
    known = registry(route("a"), route("b"), *held)
    assert told(REFUSED, known, ASKED).agreements == ("own",)
    assert told(policy(), known, ASKED).agreements == ()
