"""A vendor's zone is written out as countries only where its page prints them; else inferred."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from policy_router.domain.claim import SourceKind
from policy_router.language.document import read_documents
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ProviderBody, RouteBody
from policy_router.language.parsing import parse
from tests.data.printed_lists import PRINTED
from tests.data.shipped import ROOT, hop_claims, shipped

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
Found = tuple[str, str, str, str]


def listed(record: RecordBody) -> str:
    """Return the places a claim lists, or nothing where it lists fewer than two."""
    members = getattr(record, "at_least", None) or getattr(record, "value", None) or ()
    return " ".join(sorted(members)) if len(members) > 1 else ""


def stated_lists(documents: Iterable[DocumentBody]) -> set[Found]:
    """Return offering, attribute, reference and members of each list that is not inferred."""
    found: set[Found] = set()
    for body in documents:
        if isinstance(body, GatewayBody | ProviderBody | RouteBody):
            for hop, attribute, record in hop_claims(body):
                source = body.sources[record.source]
                places = listed(record) if attribute.endswith("_location") else ""
                if places and source.kind is not SourceKind.INFERRED:
                    found.add((hop, attribute, source.reference, places))
    return found


PRINTED_LISTS = {
    (offering, attribute, one.reference, " ".join(sorted(one.members.split())))
    for (offering, attribute), lists in PRINTED.items()
    for one in lists
}


def test_every_list_of_places_that_is_not_inferred_is_printed_on_its_page() -> None:
    documents = [*shipped(GatewayBody), *shipped(ProviderBody), *shipped(RouteBody)]
    stated = stated_lists(documents)
    assert stated - PRINTED_LISTS == set()
    assert PRINTED_LISTS - stated == set()


def test_no_page_prints_all_members_of_the_union() -> None:
    """Nobody does: a list that holds them all is a zone that somebody wrote out."""
    assert [found for found in PRINTED_LISTS if set(found[3].split()) >= set(EU.split())] == []


def altered(path: Path, old: str, new: str) -> list[DocumentBody]:
    """Return the documents of a shipped file in which some words are others."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    documents, _ = read_documents(path.name, text.replace(old, new).encode())
    return [parsed.body for parsed in parse(documents).parsed]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("providers/alibaba", "source: inferred-regions", "source: regions"),
        (
            "providers/snowflake",
            "inference_location: {value: [GLOBAL], ",
            f"inference_location: {{value: [{', '.join(EU.split())}], ",
        ),
        (
            "providers/berget",
            "kind: inferred, basis",
            "kind: provider_docs, basis",
        ),
        (
            "providers/mistral",
            "source: inferred-regional-inference",
            "source: regional-inference",
        ),
        (
            "providers/google",
            "  inferred-data-residency: {kind: inferred",
            "  inferred-data-residency: {kind: provider_docs",
        ),
        ("providers/openai", "{kind: inferred", "{kind: gateway_catalogue"),
        ("providers/scaleway", "{value: [FR], source: faq,", "{value: [FR, NL], source: faq,"),
        ("providers/microsoft", "[FR, DE, IT, NL", "[FR, DE, IT"),
    ],
)
def test_a_zone_that_is_passed_off_as_read_is_found(file: str, old: str, new: str) -> None:
    documents = altered(ROOT / "data" / f"{file}.yaml", old, new)
    assert documents
    assert stated_lists(documents) - PRINTED_LISTS
