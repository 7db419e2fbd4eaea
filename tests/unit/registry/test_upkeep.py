"""Verifications raise exactly the claim that says the same; suspensions end what rests on law."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from policy_router.compiler.epochs import Epochs
from policy_router.domain.claim import (
    Claim,
    EvidenceDemand,
    Gap,
    Knowledge,
    Members,
    Moment,
)
from policy_router.domain.registry import Registry
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, AttributeKind, Regime
from policy_router.language.grammar.claims import ClaimsBody
from policy_router.language.grammar.upkeep import FoundAtLeastBody, FoundBody
from policy_router.registry.speaking import knowledge, records
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.territories import adequacy_about
from tests.unit.documents import TERRITORIES, build, sound

DOCUMENTS = """
kind: gateway
id: gw
language: 1
title: Gateway
type: openai_compatible
base_url: https://gw.example/v1
sources:
  page: {kind: provider_docs, reference: gw page, basis: public_terms, read_on: 2026-03-01}
claims:
  training: {value: off_by_default, source: page}
---
kind: provider
id: acme
language: 1
title: Acme
covers: [acme/one, acme/two]
sources:
  page: {kind: provider_docs, reference: acme page, basis: public_terms, read_on: 2026-03-01}
  later: {kind: provider_docs, reference: acme page, basis: public_terms, read_on: 2026-05-01}
claims:
  training:
    - {value: off_by_default, source: page, note: as printed}
    - {value: used, source: page, covers: [acme/two]}
  storage_location: {at_least: [SE], source: page}
  logging: {value: none, source: later}
  human_review:
    - {value: none, source: page}
    - {value: sampled, source: page}
---
kind: model
id: acme/one
language: 1
title: One
---
kind: model
id: acme/two
language: 1
title: Two
---
kind: route
id: "gw:one"
language: 1
model: acme/one
gateway: gw
provider: acme
address: one
stage: ga
sources:
  page: {kind: provider_docs, reference: route page, basis: public_terms, read_on: 2026-03-01}
claims:
  acme:
    retention_days: {value: 30, source: page}
---
kind: route
id: "gw:two"
language: 1
model: acme/two
gateway: gw
provider: acme
address: two
stage: ga
"""
OLD = EvidenceDemand(max_age_days=30)
CHECKED = EvidenceDemand(verified=True)


def verification(about: str, found: str, on: str = "2026-04-01", name: str = "v") -> str:
    return (
        f"kind: verification\nid: {name}\nlanguage: 1\n{about}\n{found}\nverified_on: {on}\n"
        "verified_by: data protection officer\nreference: the page itself\n"
    )


def known(registry: Registry, attribute: str, route: str = "gw:one", **seen: object) -> Knowledge:
    at, known_at = seen.get("at", "2026-04-02"), seen.get("known_at")
    demand, hop = seen.get("demand", CHECKED), str(seen.get("hop", "acme"))
    assert isinstance(demand, EvidenceDemand)
    moment = Moment(instant(str(at)), None if known_at is None else instant(str(known_at)))
    return knowledge(Standpoint(registry, moment, demand), registry.routes[route], hop, attribute)


def instant(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def spoken(found: Knowledge) -> Claim:
    assert found.claim is not None
    return found.claim


GENERAL = verification("provider: acme", "found: {training: off_by_default}")


def test_the_claim_that_says_the_same_is_verified() -> None:
    registry = sound(DOCUMENTS, GENERAL).registry
    assert known(sound(DOCUMENTS).registry, "training").gap is Gap.NOT_VERIFIED
    found = known(registry, "training")
    evidence = spoken(found).evidence
    assert (found.value, evidence.verified_on) == ("off_by_default", date(2026, 4, 1))
    assert evidence.verified_by == "data protection officer"
    assert evidence.reference == "acme page"
    assert spoken(found).note == "as printed; verified in the page itself"


def test_its_age_counts_from_the_day_it_was_verified() -> None:
    registry = sound(DOCUMENTS, GENERAL).registry
    assert known(sound(DOCUMENTS).registry, "training", demand=OLD).gap is Gap.TOO_OLD
    assert known(registry, "training", demand=OLD).value == "off_by_default"
    assert known(registry, "training", demand=OLD, at="2026-05-02").gap is Gap.TOO_OLD


def test_nothing_else_is_raised() -> None:
    registry = sound(DOCUMENTS, GENERAL).registry
    assert known(registry, "training", hop="gw").gap is Gap.NOT_VERIFIED
    assert known(registry, "training", "gw:two").gap is Gap.NOT_VERIFIED
    assert known(registry, "storage_location").gap is Gap.NOT_VERIFIED


def test_before_it_was_recorded_nobody_knew() -> None:
    text = GENERAL.replace("reference:", "recorded_on: 2026-04-10\nreference:")
    registry = sound(DOCUMENTS, text).registry
    assert known(registry, "training", known_at="2026-04-09").gap is Gap.NOT_VERIFIED
    assert known(registry, "training", known_at="2026-04-10").value == "off_by_default"


@pytest.mark.parametrize(
    ("about", "found", "attribute", "where"),
    [
        ("gateway: gw", "found: {training: off_by_default}", "training", ("gw:one", "gw")),
        ('route: "gw:one"\nhop: acme', "found: {retention_days: 30}", "retention_days", None),
        ("provider: acme\nmodel: acme/two", "found: {training: used}", "training", ("gw:two", "")),
        ("provider: acme", "found_at_least: {storage_location: [SE]}", "storage_location", None),
    ],
)
def test_claims_of_every_document(
    about: str, found: str, attribute: str, where: tuple[str, str] | None
) -> None:
    route, hop = where or ("gw:one", "acme")
    registry = sound(DOCUMENTS, verification(about, found)).registry
    assert known(registry, attribute, route, hop=hop or "acme").gap is None


@pytest.mark.parametrize(
    ("found", "attribute"),
    [
        ("found: {training: prohibited}", "training"),
        ("found: {training: used}", "training"),
        ("found: {training: null}", "training"),
        ("found: {storage_location: [SE]}", "storage_location"),
        ("found: {human_review: none}", "human_review"),
    ],
)
def test_what_says_otherwise_makes_it_unknown(found: str, attribute: str) -> None:
    built = build(DOCUMENTS, verification("provider: acme", found))
    assert built.codes == ["REG314"]
    seen = known(built.registry, attribute, demand=EvidenceDemand())
    assert (seen.value, seen.gap) == (None, Gap.CONFLICT)
    before = known(built.registry, attribute, demand=EvidenceDemand(), known_at="2026-03-31")
    assert before.gap == (Gap.CONFLICT if attribute == "human_review" else None)


def test_the_last_word_counts() -> None:
    first = verification("provider: acme", "found: {training: used}", "2026-04-01", "a")
    second = verification("provider: acme", "found: {training: off_by_default}", "2026-04-08", "b")
    registry = build(DOCUMENTS, first, second).registry
    assert known(registry, "training", known_at="2026-04-07").gap is Gap.CONFLICT
    assert known(registry, "training", at="2026-04-09").value == "off_by_default"


@pytest.mark.parametrize(
    ("about", "found", "code"),
    [
        ("provider: acme", "found: {logging: none}", "REG313"),
        ("provider: acme", "found: {dpa: available}", "REG312"),
        ('route: "gw:one"\nhop: gw', "found: {retention_days: 30}", "REG312"),
        ("provider: acme\nmodel: acme/one", "found: {training: off_by_default}", "REG312"),
        ("provider: acmee", "found: {training: off_by_default}", "REG308"),
    ],
)
def test_what_is_about_nothing_changes_nothing(about: str, found: str, code: str) -> None:
    built, without = build(DOCUMENTS, verification(about, found)), sound(DOCUMENTS).registry
    assert built.codes == [code]
    assert built.registry.gateways == without.gateways
    assert built.registry.providers == without.providers
    assert built.registry.routes == without.routes
    assert built.registry.digest != without.digest


def test_records_are_every_claim_whether_or_not_it_speaks() -> None:
    registry = sound(DOCUMENTS, GENERAL).registry
    two = registry.routes["gw:two"]
    assert [c.value for c in records(registry, two, "acme", "training")] == [
        "used",
        "off_by_default",
        "off_by_default",
    ]
    assert [c.value for c in records(registry, two, "gw", "training")] == ["off_by_default"]
    assert records(registry, two, "acme", "caching") == ()


# ---- suspensions --------------------------------------------------------------------------------

FRAME = (
    "kind: adequacy\nid: frame\nlanguage: 1\nregime: eu_gdpr\ncountries: [US]\nscope: whole\n"
    "from: 2020-01-01\nread_on: 2026-03-01\nconfirmation: stored_source\n"
)
SUSPENDED = (
    "kind: suspension\nid: s\nlanguage: 1\nadequacy: [frame]\nfrom: 2026-06-01\n"
    "until: 2026-06-30\nrecorded_on: 2026-05-20\nreference: a notice\n"
)


@pytest.mark.parametrize(
    ("at", "known_at", "holds"),
    [
        ("2026-05-31", None, True),
        ("2026-06-01", None, False),
        ("2026-06-30", None, False),
        ("2026-07-01", None, True),
        ("2026-06-01", "2026-05-19", True),
        ("2026-06-01", "2026-05-20", False),
    ],
)
def test_a_decision_does_not_hold_while_it_is_suspended(
    at: str, known_at: str | None, holds: bool
) -> None:
    registry = sound(TERRITORIES, FRAME, SUSPENDED).registry
    moment = Moment(instant(at), None if known_at is None else instant(known_at))
    assert bool(adequacy_about(registry, "US", Regime.EU_GDPR, moment)) is holds


def test_a_suspension_begins_and_ends_an_epoch() -> None:
    built = build(TERRITORIES, FRAME, SUSPENDED)
    epochs = Epochs(Snapshot(built.resolved.policies, built.registry))
    assert {instant("2026-06-01"), instant("2026-07-01")} <= set(epochs.changes)
    assert instant("2026-05-20") in epochs.learnt


def test_members_that_are_found_are_a_set() -> None:
    text = verification("provider: acme", "found: {storage_location: [SE]}")
    claims = build(DOCUMENTS, text).registry.providers["acme"].claims
    values = [c.value for c in claims if c.attribute == "storage_location"]
    assert values == [
        Members(frozenset({"SE"}), open=True),
        Members(frozenset({"SE"}), open=True),
        Members(frozenset({"SE"})),
    ]


def test_every_attribute_that_is_claimed_can_be_verified() -> None:
    claimed = {spec.name for spec in CLAIMED_ATTRIBUTES}
    assert FoundBody.model_fields.keys() == claimed == ClaimsBody.model_fields.keys()
    sets = {
        spec.name
        for spec in CLAIMED_ATTRIBUTES
        if spec.kind in {AttributeKind.COUNTRIES, AttributeKind.TAGS}
    }
    assert FoundAtLeastBody.model_fields.keys() == sets
