"""What docs/gaps.md says is unknown, is; and nothing that is unknown is left out there."""

from __future__ import annotations

import re
from functools import cache

import pytest

from policy_router.domain.claim import SourceKind
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody
from tests.data.shipped import ROOT, bare, records, shipped

PAGE = (ROOT / "docs" / "gaps.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^### .+ \(`([a-z0-9-]+)`\)$", re.MULTILINE)
NOT_ASKED = {"maker_jurisdiction", "dpf", "adequacy_conditions"}
ASKED_FIRST = frozenset({
    "openai-api", "openai-api-eu-residency", "azure-openai-datazone-eu", "azure-openai-regional",
    "azure-openai-global", "aws-bedrock-regional", "aws-bedrock-eu-cris", "google-vertex-ai-eu",
    "google-gemini-api-paid", "anthropic-api", "mistral-api", "mistral-api-eu", "opper",
    "openrouter", "ovhcloud-ai-endpoints", "ionos-ai-model-hub", "scaleway-generative-apis",
    "stackit-model-serving", "nebius-token-factory", "aleph-alpha",
})  # fmt: skip
"""What organisations in Europe ask about first: none of them may drop out of the page."""
ASKED = [a.name for a in CLAIMED_ATTRIBUTES if a.name not in NOT_ASKED]


def listed() -> dict[str, dict[str, str]]:
    """Attribute and page by offering."""
    parts = HEADING.split(PAGE.split("## Names that look alike")[0])[1:]
    return {
        name: {
            bare(cells[0]): cells[2]
            for line in text.splitlines()
            if line.startswith("| `")
            for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
        }
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


@cache
def offering(name: str) -> GatewayBody | ProviderBody:
    found: list[GatewayBody | ProviderBody] = [*shipped(GatewayBody), *shipped(ProviderBody)]
    (of_that_name,) = (body for body in found if body.id == name)
    return of_that_name


def settled(body: GatewayBody | ProviderBody, attribute: str) -> bool:
    """Whether a page of the provider itself says it, of every model and completely."""
    stated = [r for name, r in records(body.claims) if name == attribute and r.covers is None]
    if attribute == "storage_location" and keeps_nothing(body):
        return True
    values = {str(getattr(r, "value", None)) for r in stated}
    return len(values) == 1 and all(is_settled(body, r) for r in stated)


def is_settled(body: GatewayBody | ProviderBody, record: RecordBody) -> bool:
    stated = getattr(record, "value", None) is not None
    return stated and body.sources[record.source].kind is SourceKind.PROVIDER_DOCS


def keeps_nothing(body: GatewayBody | ProviderBody) -> bool:
    kept = body.claims.retention_days
    return len(kept) == 1 and kept[0].value == 0 and is_settled(body, kept[0])


def test_the_offerings_that_are_asked_about_first_are_looked_at() -> None:
    assert len(ASKED_FIRST) == 20
    assert set(listed()) >= ASKED_FIRST


def test_a_claim_that_settles_something_can_be_looked_up() -> None:
    """What is not listed as a gap rests on an address of the provider that anybody can open."""
    for name in listed():
        body = offering(name)
        for attribute, record in records(body.claims):
            if attribute in ASKED and attribute not in listed()[name]:
                reference = body.sources[record.source].reference
                assert reference.startswith("https://"), (name, attribute, reference)


@pytest.mark.parametrize("name", listed())
def test_every_attribute_is_known_or_listed_with_the_page_that_would_settle_it(name: str) -> None:
    body, gaps = offering(name), listed()[name]
    assert {a for a in ASKED if not settled(body, a)} == set(gaps)
    for attribute, page in gaps.items():
        assert page.startswith(("https://", "http://")), attribute


def alike() -> list[set[str]]:
    lines = PAGE.split("## Names that look alike")[1].splitlines()
    return [set(re.findall(r"`([^`]+)`", line)) for line in lines if line.startswith("- ")]


def test_names_that_look_alike_are_all_listed() -> None:
    groups: dict[str, set[str]] = {}
    for model in shipped(ModelBody):
        tail = re.sub(r"[^a-z0-9]", "", model.id.partition("/")[2].lower())
        groups.setdefault(tail, set()).add(model.id)
    found = [group for group in groups.values() if len(group) > 1]
    assert sorted(map(sorted, found)) == sorted(map(sorted, alike()))
