"""Every row of docs/data-mapping.md is what the documents say."""

from __future__ import annotations

from collections import Counter

import pytest

from policy_router.domain.territory import Confirmation, Scope
from policy_router.language.grammar.law import AdequacyBody
from policy_router.language.grammar.places import GatewayBody, RouteBody
from tests.data.shipped import MAPPING, bare, catalogue_routes, hop_claims, shipped, shown, table


def test_the_model_page() -> None:
    seed = catalogue_routes()["opper:openai/o4-mini"]
    written = [
        (bare(attribute), bare(value)) for _, attribute, value, _ in table("words of the page")
    ]
    stated = [(attribute, shown(record)) for _, attribute, record in hop_claims(seed)]
    assert sorted(written) == sorted(stated)
    kinds = {seed.sources[record.source].kind for _, _, record in hop_claims(seed)}
    assert kinds == {"gateway_catalogue"}


def test_what_the_model_page_does_not_say() -> None:
    text = MAPPING.read_text(encoding="utf-8")
    paragraph = text.split("Not on the page, so unknown: ")[1].split("\n\n")[0]
    unknown = {bare(word.strip(" .\n")) for word in paragraph.replace("\n", " ").split(",")}
    assert len(unknown) == 8
    stated = {
        attribute for _, attribute, _ in hop_claims(catalogue_routes()["opper:openai/o4-mini"])
    }
    assert not unknown & stated


def test_the_gateways_own_hop() -> None:
    (gateway,) = (g for g in shipped(GatewayBody) if g.id == "opper")
    written = [tuple(bare(cell) for cell in row[1:]) for row in table("what was found")]
    stated = [
        (attribute, shown(record), str(gateway.sources[record.source].kind))
        for _, attribute, record in hop_claims(gateway)
    ]
    assert sorted(written) == sorted(stated)


def place(route: RouteBody) -> tuple[str, ...]:
    """Value, source kind and note of what a route says about where the model runs."""
    for _, attribute, record in hop_claims(route):
        if attribute == "inference_location":
            return shown(record), str(route.sources[record.source].kind), record.note or ""
    return "absent", "", ""


def test_places_in_the_listings() -> None:
    written = {
        (bare(value), bare(kind), note): int(count)
        for _, value, kind, note, count in table("what the listing says about the place")
    }
    assert Counter(place(route) for route in catalogue_routes().values()) == written


def test_a_slug_grants_nothing() -> None:
    claims = [
        (route.provider, attribute, shown(record))
        for route in catalogue_routes().values()
        for _, attribute, record in hop_claims(route)
        if attribute == "zero_data_retention" and route.id != "opper:openai/o4-mini"
    ]
    assert claims == [("azure-zdr", "zero_data_retention", "null")] * 6


@pytest.mark.parametrize("row", table("source, by the start of its reference"), ids=lambda r: r[0])
def test_where_the_listings_were_read(row: list[str]) -> None:
    start, kind, page_date, count = row
    sources = [
        route.sources["model-page" if route.id == "opper:openai/o4-mini" else "listing"]
        for route in catalogue_routes().values()
    ]
    read_there = [s for s in sources if s.reference.startswith(start)]
    assert len(read_there) == int(count)
    assert {s.kind for s in read_there} == {bare(kind)}
    dates = {s.page_date.isoformat() if s.page_date else "none printed" for s in read_there}
    assert dates == {page_date}


def test_all_routes_are_in_each_count() -> None:
    for column in ("what the listing says about the place", "provider in the catalogue"):
        assert sum(int(row[-1]) for row in table(column)) == len(catalogue_routes())


def test_levels_and_scopes_of_law_are_all_explained() -> None:
    words = {bare(row[1]) for row in table("in the sources")}
    assert {f"confirmation: {c}" for c in Confirmation} <= words
    assert {f"scope: {s}" for s in Scope} <= words
    for row in table("in the sources"):
        level = bare(row[1]).removeprefix("confirmation: ")
        if level in set(Confirmation):
            assert Confirmation(level).usable == row[2].startswith("yes")


def test_entries_of_law_are_counted_as_the_docs_say() -> None:
    entries = shipped(AdequacyBody)
    unsure = [e for e in entries if not e.confirmation.usable]
    written = {bare(regime): (int(n), int(u)) for regime, n, u in table("regime")}
    counted = {
        regime: (n, Counter(e.regime for e in unsure)[regime])
        for regime, n in Counter(e.regime for e in entries).items()
    }
    assert counted == written
