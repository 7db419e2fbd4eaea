"""What docs/gaps.md says is unknown, is; nothing that is unknown is left out; no line is a loop."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from policy_router.domain.claim import SourceKind
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody
from tests.data.shipped import ROOT, bare, records, shipped

FILE = ROOT / "docs" / "gaps.md"
PAGE = FILE.read_text(encoding="utf-8")
HEADING = re.compile(r"^### .+ \(`([a-z0-9-]+)`\)$", re.MULTILINE)
ADDRESS = re.compile(r"(https?://[^\s),]+)( \(address from memory\))?")
NOT_ASKED = {"maker_jurisdiction", "dpf", "adequacy_conditions"}
"""What has no line of its own: the page says of each why, and what would settle it."""
ASKED_FIRST = frozenset({
    "openai-api", "openai-api-eu-residency", "azure-openai-datazone-eu", "azure-openai-regional",
    "azure-openai-global", "aws-bedrock-regional", "aws-bedrock-eu-cris", "google-vertex-ai-eu",
    "google-gemini-api-paid", "anthropic-api", "mistral-api", "mistral-api-eu", "opper",
    "openrouter", "ovhcloud-ai-endpoints", "ionos-ai-model-hub", "scaleway-generative-apis",
    "stackit-model-serving", "nebius-token-factory", "aleph-alpha",
})  # fmt: skip
"""What organisations in Europe ask about first: none of them may drop out of the page."""
ASKED = [a.name for a in CLAIMED_ATTRIBUTES if a.name not in NOT_ASKED]
PAGE_OF = re.compile(r"https://\S+( \(address from memory\))?(: .+)?")
ASK = re.compile(r"ask in writing at https://\S+( \(address from memory\))?: [^?]+\?( [^?]+\.)?")
OF_CUSTOMERS = re.compile(
    r"in your account(, where https://\S+ says)?: \S.*|"
    r"the [a-z ]+ as signed, ordered (at|under) https://\S+( \(address from memory\))?: \S.*"
)
LEFT_OUT = "which the copy that was read leaves out"
FOR_OTHERS = "read so far for other things only"
PUBLIC, UNDER_NDA = {"anybody", "anybody, for a fee"}, {"a customer, under NDA"}
COUNTED = "<!-- counts -->\n{}<!-- end of counts -->"
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


def named(text: str) -> dict[str, bool]:
    """The addresses in a text, and whether each is recalled."""
    return {bare_address(found): bool(recalled) for found, recalled in ADDRESS.findall(text)}


def test_no_page_that_was_read_is_named_as_what_would_settle_it() -> None:
    """But for a part that the copy leaves out, or where it was read for other attributes."""
    loops = [
        (name, attribute, gap.settles)
        for name, attribute, gap in each_gap()
        if PAGE_OF.fullmatch(gap.settles) and LEFT_OUT not in gap.settles
        if not (FOR_OTHERS in gap.settles and gap.known == "not recorded")
        if named(gap.settles).keys() & pages_read(offering(name), attribute)
    ]
    assert loops == []


def test_a_page_that_is_to_be_read_again_was_read() -> None:
    every: list[Offering] = [*shipped(GatewayBody), *shipped(ProviderBody)]
    read = {bare_address(s.reference) for body in every for s in body.sources.values()}
    for name, attribute, gap in each_gap():
        if LEFT_OUT in gap.settles or FOR_OTHERS in gap.settles:
            assert named(gap.settles).keys() <= read, (name, attribute, gap.settles)


def addresses(recalled: bool) -> set[str]:
    """The addresses that gaps name, either those recalled or those seen in what was read."""
    found = (pair for _, _, gap in each_gap() for pair in named(gap.settles).items())
    return {address for address, from_memory in found if from_memory is recalled}


def test_an_address_was_seen_or_is_recalled_and_never_both() -> None:
    assert addresses(recalled=True) & addresses(recalled=False) == set()


def test_no_page_that_was_read_is_said_to_be_recalled() -> None:
    every: list[Offering] = [*shipped(GatewayBody), *shipped(ProviderBody)]
    read = {bare_address(s.reference) for body in every for s in body.sources.values()}
    assert addresses(recalled=True) & read == set()


def settled_by(gap: Gap) -> str:
    """What would settle a gap, in the words of the page's count; nothing it is none of these."""
    if PAGE_OF.fullmatch(gap.settles):
        if gap.who in PUBLIC:
            return "a page that anybody can open, some of them for a fee"
        return "a document shown under NDA at the address" if gap.who in UNDER_NDA else ""
    if ASK.fullmatch(gap.settles):
        return "an answer in writing, asked for at the address" if gap.who == "whoever asks" else ""
    found = OF_CUSTOMERS.fullmatch(gap.settles) and gap.who == "a customer"
    return "the contract as signed, or what your account shows" if found else ""


def test_every_gap_says_what_would_settle_it_and_where_and_who_can_get_that() -> None:
    """No line is without the address where it is found, ordered or asked for."""
    for name, attribute, gap in each_gap():
        assert settled_by(gap), (name, attribute, gap)
        assert named(gap.settles), (name, attribute, gap.settles)


def counts() -> str:
    """The table at the head of the page: how many gaps each kind of document would settle."""
    of_all = Counter(settled_by(gap) for _, _, gap in each_gap())
    of_first = Counter(settled_by(gap) for name, _, gap in each_gap() if name in ASKED_FIRST)
    kinds = [kind for kind, _ in of_all.most_common()]
    rows = [(kind, of_all[kind], of_first[kind]) for kind in kinds]
    rows.append(("all lines", of_all.total(), of_first.total()))
    lines = [f"| {kind} | {every} | {first} |" for kind, every, first in rows]
    heading = f"| what would settle it | lines | of the {len(ASKED_FIRST)} asked about first |"
    return "\n".join((heading, "|---|---|---|", *lines, ""))


def test_the_head_of_the_page_counts_the_lines(request: pytest.FixtureRequest) -> None:
    expected = COUNTED.format(counts())
    if request.config.getoption("--update-cases"):
        start, end = PAGE.split("<!-- counts -->")[0], PAGE.split("<!-- end of counts -->")[1]
        FILE.write_text(f"{start}{expected}{end}", "utf-8")
    assert expected in FILE.read_text("utf-8")


def test_what_has_no_line_of_its_own_is_explained_and_recorded_for_nobody() -> None:
    head = PAGE.split("## By offering")[0]
    rows = [line for line in head.splitlines() if line.startswith("| `")]
    assert {bare(row.strip("|").split(" | ")[0].strip()) for row in rows} == NOT_ASKED
    for body in (*map(offering, listed()), *shipped(ModelBody)):
        assert {a for a, _ in records(body.claims)} & NOT_ASKED == set(), body.id


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
