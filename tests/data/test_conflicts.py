"""What contradicts itself stays visible: both claims stand, and the attribute is not known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from policy_router.audit.sheet import sheet
from policy_router.domain.claim import Gap
from policy_router.domain.route import Route
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ProviderBody
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.data.shipped import records, shipped, shown
from tests.data.test_posture import snapshot
from tests.data.test_worked_example import NOON

Offering = GatewayBody | ProviderBody

CONTRADICTED = {
    ("deepinfra-api", "retention_days"): {"0", "null"},
    ("deepinfra-api", "zero_data_retention"): {"default", "null"},
    ("mistral-api", "training"): {"off_by_default", "used"},
    ("mistral-api-eu", "training"): {"off_by_default", "used"},
    ("mistral-api-us", "training"): {"off_by_default", "used"},
    ("openrouter", "dpa"): {"available", "null"},
    ("openrouter-eu", "dpa"): {"available", "null"},
    ("opper", "logging"): {"metadata", "content"},
    ("perplexity-sonar", "retention_days"): {"0", "null"},
    ("perplexity-sonar", "zero_data_retention"): {"default", "null"},
    ("perplexity-sonar", "logging"): {"metadata", "null"},
    ("requesty", "retention_days"): {"0", "null"},
    ("together-ai", "retention_days"): {"0", "null"},
    ("together-ai", "logging"): {"content", "null"},
}
"""Offering and attribute of which pages say different things, and what they say."""

NO_ROUTE = {"mistral-api-eu", "mistral-api-us", "openrouter-eu", "requesty"}
"""Those that no shipped route goes through."""

WITH_ROUTES = [each for each in CONTRADICTED if each[0] not in NO_ROUTE]

SETTLED_BY_READING = re.compile(r"\bconflict\b|\bdisagree\b|\bcontradict", re.IGNORECASE)
"""Words of a note that tells of a contradiction. Whatever it is about is not known."""


def offerings() -> list[Offering]:
    return [*shipped(GatewayBody), *shipped(ProviderBody)]


def general(offering: Offering) -> dict[str, list[RecordBody]]:
    """What a document claims of an offering as a whole, by attribute."""
    found: dict[str, list[RecordBody]] = defaultdict(list)
    for attribute, record in records(offering.claims):
        if record.covers is None:
            found[attribute].append(record)
    return found


def contradictions() -> Iterator[tuple[Offering, str, list[RecordBody]]]:
    for offering in offerings():
        for attribute, said in general(offering).items():
            if len(said) > 1:
                yield offering, attribute, said


def test_whatever_is_claimed_twice_is_a_contradiction_that_was_found() -> None:
    found = {(o.id, attribute): {shown(r) for r in said} for o, attribute, said in contradictions()}
    assert found == CONTRADICTED


def test_each_side_says_where_it_was_read_and_what_it_says() -> None:
    for offering, attribute, said in contradictions():
        pages = {offering.sources[record.source].reference for record in said}
        assert len(pages) == len(said) == 2, (offering.id, attribute)
        assert any(record.note for record in said), (offering.id, attribute)


def through(hop: str) -> Route:
    """A route through an offering, to a model of which nothing narrower is claimed."""
    registry = snapshot().registry
    narrow = {
        model
        for offering in shipped(ProviderBody)
        if offering.id == hop
        for _, record in records(offering.claims)
        for model in record.covers or ()
    }
    return next(
        route
        for route in registry.routes.values()
        if hop in {route.provider, route.gateway} and route.model not in narrow
    )


@pytest.mark.parametrize(("hop", "attribute"), WITH_ROUTES, ids=" ".join)
def test_what_is_contradicted_is_unknown_and_names_both_claims(hop: str, attribute: str) -> None:
    known = knowledge(Standpoint(snapshot().registry, NOON), through(hop), hop, attribute)
    assert (known.value, known.gap) == (None, Gap.CONFLICT)
    assert known.claim is not None
    assert len(known.overruled) == 1
    assert known.overruled[0].evidence.reference != known.claim.evidence.reference


@pytest.mark.parametrize(("hop", "attribute"), WITH_ROUTES, ids=" ".join)
def test_a_sheet_says_that_it_is_not_known(hop: str, attribute: str) -> None:
    route = through(hop)
    (offer,) = sheet(snapshot(), route.model, (route,), NOON).offers
    assert offer.claims[hop, attribute].gap is Gap.CONFLICT


def test_no_note_tells_of_a_contradiction_that_the_claims_hide() -> None:
    hidden = [
        (offering.id, attribute, record.note)
        for offering in offerings()
        for attribute, record in records(offering.claims)
        if record.note and SETTLED_BY_READING.search(record.note)
        if (offering.id, attribute) not in CONTRADICTED
    ]
    assert hidden == []
