"""A sheet says what the definition says: where claims contradict each other, nothing is known."""

from __future__ import annotations

import pytest

from policy_router.audit.sheet import Offer, sheet
from policy_router.domain.claim import Gap, Moment
from policy_router.domain.policy import PolicySet
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.small import snapshot, utc
from tests.unit.documents import sound

NOON = Moment(utc("2026-11-22T12:00"))

OFFERING = """
kind: provider
id: acme
language: 1
title: Acme
covers: [acme/one]
sources:
  terms:
    kind: provider_docs
    basis: public_terms
    reference: https://acme.example/t
    read_on: 2026-11-01
  blog:
    kind: third_party
    basis: public_terms
    reference: https://blog.example/t
    read_on: 2026-11-01
claims:
  training: {claims}
---
kind: gateway
id: gw
language: 1
title: Gateway
type: openai_compatible
base_url: https://gw.example/v1
---
kind: model
id: acme/one
language: 1
title: One
---
kind: route
id: "gw:one"
language: 1
model: acme/one
gateway: gw
provider: acme
address: one
stage: ga
"""

ON_THE_ROUTE = """sources:
  list:
    kind: third_party
    basis: public_terms
    reference: https://list.example/t
    read_on: 2026-11-01
claims:
  acme:
    training: {value: prohibited, source: list}
"""

CONTRACT = """
kind: agreement
id: {name}
language: 1
with: [acme]
document: {name}
from: 2026-01-01
recorded_on: 2026-01-01
read_on: 2026-01-01
covers: {{models: [acme/one]}}
terms: {{training: {says}}}
"""

GOOD, BAD = "{value: prohibited, source: terms}", "{value: used, source: terms}"
SAID = "{value: used, source: blog}"
TWO = (
    CONTRACT.format(name="c1", says="prohibited") + "---" + CONTRACT.format(name="c2", says="used")
)


def offer_of(claims: str, *more: str, route: str = "") -> Offer:
    known = sound(OFFERING.format(claims=claims) + route, *more).registry
    found = snapshot(PolicySet(()), known)
    (only,) = sheet(found, "acme/one", (known.routes["gw:one"],), NOON).offers
    spoken = knowledge(Standpoint(known, NOON), only.route, "acme", "training")
    shown = only.at_provider("training")
    assert (None if shown is None else shown.gap) == (None if shown is None else spoken.gap)
    assert shown is None or shown.gap is not None or shown.value == spoken.value
    return only


@pytest.mark.parametrize("claims", [f"[{GOOD}, {BAD}]", f"[{BAD}, {GOOD}]", f"[{GOOD}, {SAID}]"])
def test_what_is_contradicted_is_not_known(claims: str) -> None:
    shown = offer_of(claims).at_provider("training")
    assert shown is not None
    assert shown.gap is Gap.CONFLICT


def test_what_agreements_contradict_is_not_known() -> None:
    shown = offer_of(GOOD, TWO).at_provider("training")
    assert shown is not None
    assert (shown.gap, shown.agreement) == (Gap.CONFLICT, "c1")


def test_what_is_overruled_is_not_told_as_what_counts() -> None:
    """A route's own claim on weaker evidence does not better what the offering says."""
    shown = offer_of(BAD, route=ON_THE_ROUTE).at_provider("training")
    assert shown is not None
    assert (shown.gap, shown.value) == (None, "used")


def test_what_an_agreement_says_counts() -> None:
    shown = offer_of(BAD, CONTRACT.format(name="c1", says="prohibited")).at_provider("training")
    assert shown is not None
    assert (shown.gap, shown.value, shown.agreement) == (None, "prohibited", "c1")


def test_what_nobody_claims_is_not_there() -> None:
    assert offer_of(GOOD).at_provider("logging") is None
