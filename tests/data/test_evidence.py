"""Every shipped claim says where it was read, and none says more than its source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from policy_router.domain.claim import SourceKind
from policy_router.domain.route import OFFERED
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.claims import SourceBody
from policy_router.language.grammar.contracts import AgreementBody, SignoffBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody, RouteBody
from policy_router.language.grammar.policies import ExceptionBody, PolicyBody
from policy_router.language.grammar.projects import CallerBody, ProjectBody
from tests.data.shipped import (
    bodies,
    catalogue_routes,
    files,
    hop_claims,
    records,
    shipped,
    written,
)

READ_ON = {date(2026, 11, 22), date(2026, 11, 23)}
Sourced = GatewayBody | ModelBody | ProviderBody | RouteBody


def sourced() -> list[Sourced]:
    return [
        *shipped(GatewayBody),
        *shipped(ModelBody),
        *shipped(ProviderBody),
        *shipped(RouteBody),
    ]


def used_sources(body: Sourced) -> Iterator[str]:
    if isinstance(body, ModelBody):
        yield from (record.source for _, record in records(body.claims))
        yield from body.card_sources
    if not isinstance(body, ProviderBody) and body.source:
        yield body.source
    yield from (record.source for _, _, record in hop_claims(body))
    if isinstance(body, RouteBody):
        yield from (price.source for price in body.prices)
        yield from (event.source for event in body.lifecycle)


def all_sources() -> Iterator[SourceBody]:
    for body in sourced():
        yield from body.sources.values()


def test_every_claim_names_a_source_that_is_there() -> None:
    for body in sourced():
        assert set(used_sources(body)) <= set(body.sources), body.id


def test_every_source_is_used_or_is_the_listing_of_the_route() -> None:
    for document in written("data"):
        members = [body for body in document if isinstance(body, Sourced)]
        described = {name for body in members for name in body.sources}
        used = {name for body in members for name in used_sources(body)}
        assert described - used <= {"listing"}, [body.id for body in members][:1]


def test_nobody_has_verified_anything() -> None:
    assert [s.reference for s in all_sources() if s.verified_on or s.verified_by] == []
    for path in files("data", "policies"):
        assert "verified_" not in path.read_text(encoding="utf-8"), path


def test_everything_was_read_on_the_days_on_which_it_was_gathered() -> None:
    assert {source.read_on for source in all_sources()} == READ_ON


def test_page_dates_are_not_later_than_the_reading() -> None:
    assert [s for s in all_sources() if s.page_date and s.page_date > s.read_on] == []


def test_no_shipped_source_is_a_contract() -> None:
    kinds = {source.kind for source in all_sources()}
    assert kinds == {
        SourceKind.PROVIDER_DOCS,
        SourceKind.GATEWAY_CATALOGUE,
        SourceKind.VENDOR_ANSWER,
        SourceKind.THIRD_PARTY,
        SourceKind.INFERRED,
    }


def test_a_label_of_the_catalogue_states_nothing() -> None:
    for body in catalogue_routes().values():
        for _, attribute, record in hop_claims(body):
            if body.sources[record.source].kind is SourceKind.INFERRED:
                assert getattr(record, "value", None) is None, (body.id, attribute)


def test_no_pack_takes_what_third_parties_say() -> None:
    packs = [body for body in bodies("policies") if isinstance(body, PolicyBody)]
    assert {pack.evidence.at_least for pack in packs if pack.evidence} == {"gateway_catalogue"}


def test_every_claim_has_evidence_with_a_day() -> None:
    claims = 0
    for body in sourced():
        for _, _, record in hop_claims(body):
            assert body.sources[record.source].reference.strip()
            claims += 1
    assert claims > 1200


@pytest.mark.parametrize(
    "shape", [SignoffBody, ExceptionBody, ProjectBody, CallerBody], ids=lambda s: s.__name__
)
def test_nobody_decides_outside_the_example(shape: type[DocumentBody]) -> None:
    assert [b.id for b in bodies("data", "policies") if isinstance(b, shape)] == []


def test_agreements_are_invented_for_suites_or_the_example_only() -> None:
    assert shipped(AgreementBody) == []
    invented = [b for b in bodies("policies") if isinstance(b, AgreementBody)]
    assert all(b.document.startswith("FIXTURE-") for b in invented)


def test_what_a_route_offers_otherwise_than_its_model_says_where_that_was_read() -> None:
    unsourced = [
        route.id
        for route in shipped(RouteBody)
        if set(OFFERED) & route.model_fields_set and route.source is None
    ]
    assert unsourced == []
