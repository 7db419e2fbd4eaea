"""What docs/gaps.md says is unknown, is; nothing that is unknown is left out; no line is a loop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from policy_router.domain.claim import SourceKind
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody
from tests.data.shipped import ROOT, bare, records, shipped

PAGE = (ROOT / "docs" / "gaps.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^### .+ \(`([a-z0-9-]+)`\)$", re.MULTILINE)
ADDRESS = re.compile(r"https?://[^\s)]+")
CONTACT = re.compile(
    r"^Questions in writing go to https://\S+ \(address from memory\)\.$", re.MULTILINE
)
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
ASK = "ask in writing: "
FROM_MEMORY = "(address from memory)"
OF_CUSTOMERS = re.compile(r"in your account: \S|the [a-z ]+ as (signed|accepted): \S")
LESS = {
    SourceKind.THIRD_PARTY: "a third party says it",
    SourceKind.INFERRED: "inferred",
    SourceKind.VENDOR_ANSWER: "an answer of the provider's staff",
}
Offering = GatewayBody | ProviderBody


class Gap(NamedTuple):
    """A line of the page: what is known, what would settle it, and who can get that."""

    known: str
    settles: str
    who: str


@cache
def sections() -> dict[str, str]:
    """The text under the heading of each offering."""
    parts = HEADING.split(PAGE.split("## Whether the weights are open")[0])[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def listed() -> dict[str, dict[str, Gap]]:
    """The gaps of each offering, by attribute."""
    return {
        name: {
            bare(cells[0]): Gap(*cells[1:])
            for line in text.splitlines()
            if line.startswith("| `")
            for cells in [[cell.strip() for cell in line.strip("|").split(" | ")]]
        }
        for name, text in sections().items()
    }


@cache
def offering(name: str) -> Offering:
    found: list[Offering] = [*shipped(GatewayBody), *shipped(ProviderBody)]
    (of_that_name,) = (body for body in found if body.id == name)
    return of_that_name


def claimed(body: Offering, attribute: str) -> list[RecordBody]:
    return [record for name, record in records(body.claims) if name == attribute]


def known(body: Offering, attribute: str) -> str:
    """Say what is known, in the words of the page; nothing where the provider itself settles it."""
    said = claimed(body, attribute)
    general = [record for record in said if record.covers is None]
    if attribute == "storage_location" and keeps_nothing(body):
        return ""
    if not said:
        return "not recorded"
    if not general:
        return "known for some models only"
    if len({str(getattr(record, "value", None)) for record in general}) > 1:
        return "the pages contradict each other"
    of_some = any(how_well(body, record) for record in said if record.covers)
    return how_well(body, general[0]) or ("known for some models only" if of_some else "")


def how_well(body: Offering, record: RecordBody) -> str:
    if getattr(record, "at_least", None):
        return "part of the places"
    if getattr(record, "value", None) is None:
        return "read, not said"
    return LESS.get(body.sources[record.source].kind, "")


def keeps_nothing(body: Offering) -> bool:
    kept = body.claims.retention_days
    return len(kept) == 1 and kept[0].value == 0 and not how_well(body, kept[0])


def test_the_offerings_that_are_asked_about_first_are_looked_at() -> None:
    assert len(ASKED_FIRST) == 20
    assert set(listed()) >= ASKED_FIRST


@pytest.mark.parametrize("name", listed())
def test_what_is_unknown_is_listed_and_nothing_that_is_known(name: str) -> None:
    body = offering(name)
    unknown = {a: state for a in ASKED if (state := known(body, a))}
    assert {a: gap.known for a, gap in listed()[name].items()} == unknown


def test_a_claim_that_settles_something_can_be_looked_up() -> None:
    """What is not listed as a gap rests on an address of the provider that anybody can open."""
    for name in listed():
        body = offering(name)
        for attribute, record in records(body.claims):
            if attribute in ASKED and attribute not in listed()[name]:
                reference = body.sources[record.source].reference
                assert reference.startswith("https://"), (name, attribute, reference)


def each_gap() -> Iterator[tuple[str, str, Gap]]:
    for name, gaps in listed().items():
        yield from ((name, attribute, gap) for attribute, gap in gaps.items())


def bare_address(address: str) -> str:
    """Return an address without what may differ between two spellings of one page."""
    plain = address.rstrip(":.").removesuffix("/").removesuffix(".md")
    return re.sub(r"^https?://(www\.)?", "", plain)


def pages_read(body: Offering, attribute: str) -> set[str]:
    """The pages that were opened for an offering, and those that said nothing of an attribute.

    A page that only others quote was not opened, unless what they quote is that it does not say.
    """
    sources = [s for s in body.sources.values() if s.kind is not SourceKind.THIRD_PARTY]
    silent = [r for r in claimed(body, attribute) if how_well(body, r) == "read, not said"]
    sources += [body.sources[record.source] for record in silent]
    return {bare_address(source.reference) for source in sources}


def test_no_page_that_was_read_is_named_as_what_would_settle_it() -> None:
    loops = [
        (name, attribute, gap.settles)
        for name, attribute, gap in each_gap()
        if {bare_address(a) for a in ADDRESS.findall(gap.settles)}
        & pages_read(offering(name), attribute)
    ]
    assert loops == []


def addresses(from_memory: bool) -> set[str]:
    """The addresses that gaps name, either those recalled or those seen in what was read."""
    return {
        bare_address(address)
        for _, _, gap in each_gap()
        if (FROM_MEMORY in gap.settles) is from_memory
        for address in ADDRESS.findall(gap.settles)
    }


def test_an_address_was_seen_or_is_recalled_and_never_both() -> None:
    assert addresses(from_memory=True) & addresses(from_memory=False) == set()


def test_no_page_that_was_read_is_said_to_be_recalled() -> None:
    every: list[Offering] = [*shipped(GatewayBody), *shipped(ProviderBody)]
    read = {bare_address(s.reference) for body in every for s in body.sources.values()}
    assert addresses(from_memory=True) & read == set()


def test_every_gap_says_what_would_settle_it_and_who_can_get_that() -> None:
    for name, attribute, gap in each_gap():
        if gap.settles.startswith("https://"):
            allowed = {"anybody", "anybody, for a fee", "a customer, under NDA"}
        elif gap.settles.startswith(ASK):
            allowed = {"whoever asks"}
            assert gap.settles.removeprefix(ASK).count("?") == 1, (name, attribute)
        else:
            allowed = {"a customer"}
            assert OF_CUSTOMERS.match(gap.settles), (name, attribute, gap.settles)
        assert gap.who in allowed, (name, attribute, gap.who)


def test_whoever_is_to_be_asked_has_an_address() -> None:
    for name, text in sections().items():
        asked = any(gap.settles.startswith(ASK) for gap in listed()[name].values())
        assert len(CONTACT.findall(text)) == int(asked), name


def test_the_words_for_what_is_known_are_explained() -> None:
    table = PAGE.split("| what is known | means |")[1].split("\n\n")[0]
    explained = {line.split(" | ")[0].strip("| ") for line in table.splitlines()[2:]}
    assert {gap.known for _, _, gap in each_gap()} <= explained


def listed_models(heading: str) -> list[set[str]]:
    lines = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    return [set(re.findall(r"`([^`]+)`", line)) for line in lines if line.startswith("- ")]


def test_models_of_which_a_price_file_says_both_are_listed_and_left_unknown() -> None:
    both = [m for m in shipped(ModelBody) if "says both that the weights" in (m.notes or "")]
    assert sorted(m.id for m in both) == sorted(
        name for names in listed_models("Whether the weights are open") for name in names
    )
    assert {m.open_weights for m in both} == {None}


def test_names_that_look_alike_are_all_listed() -> None:
    groups: dict[str, set[str]] = {}
    for model in shipped(ModelBody):
        tail = re.sub(r"[^a-z0-9]", "", model.id.partition("/")[2].lower())
        groups.setdefault(tail, set()).add(model.id)
    found = [group for group in groups.values() if len(group) > 1]
    alike = listed_models("Names that look alike")
    assert sorted(map(sorted, found)) == sorted(map(sorted, alike))
