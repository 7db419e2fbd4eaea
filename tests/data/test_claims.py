"""Every shipped claim stands as it was reviewed: `claims.txt`, one line for each.

Whoever changes a claim reads what the page says, runs `--update-cases`, and looks at the lines
that changed: value, grade of the source, address and day are all there.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from policy_router.language.document import read_documents
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody, RouteBody
from policy_router.language.parsing import parse
from tests.data.claim_lines import claim_lines
from tests.data.shipped import ROOT, shipped

REVIEWED = Path(__file__).parent / "claims.txt"
Lines = Counter[str]


def shipped_lines() -> list[str]:
    documents: list[DocumentBody] = []
    for shape in (GatewayBody, ProviderBody, ModelBody, RouteBody):
        documents += shipped(shape)
    return claim_lines(documents)


def reviewed() -> list[str]:
    return REVIEWED.read_text(encoding="utf-8").splitlines()


def test_every_claim_stands_as_it_was_reviewed(request: pytest.FixtureRequest) -> None:
    now = shipped_lines()
    if request.config.getoption("--update-cases"):
        REVIEWED.write_text("".join(f"{line}\n" for line in now), encoding="utf-8")
    known = reviewed()
    added = sorted((Lines(now) - Lines(known)).elements())
    gone = sorted((Lines(known) - Lines(now)).elements())
    assert not added, "\n".join(("nobody reviewed:", *added, "in the place of:", *gone))
    assert not gone, "\n".join(("these are gone:", *gone))


def test_the_favourable_claims_are_most_of_them() -> None:
    """The marks tell a reviewer where to look first."""
    marks = Counter(line[0] for line in reviewed())
    assert set(marks) == {"+", "-", "?"}
    assert marks["+"] > marks["-"]


def lines_of(file: str, old: str, new: str) -> list[str]:
    """Return the lines of a shipped file in which some words are others."""
    text = (ROOT / "data" / file).read_text(encoding="utf-8")
    assert old in text
    documents, _ = read_documents(file, text.replace(old, new, 1).encode())
    return claim_lines(parsed.body for parsed in parse(documents).parsed)


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        (
            "providers/openai.yaml",
            "training: {value: off_by_default,",
            "training: {value: prohibited,",
            "+ openai-api | training | prohibited | provider_docs",
        ),
        (
            "providers/cohere.yaml",
            "training:\n    value: used\n",
            "training:\n    value: opted_out\n",
            "+ cohere-api | training | opted_out | provider_docs",
        ),
        (
            "providers/groq.yaml",
            "zero_data_retention: {value: available,",
            "zero_data_retention: {value: default,",
            "+ groq-cloud | zero_data_retention | default | provider_docs",
        ),
        (
            "providers/xai.yaml",
            "page_date: 2026-08-14",
            "page_date: 2026-11-14",
            "+ xai-api | parent_jurisdiction | [US] | inferred",
        ),
        (
            "providers/ovhcloud.yaml",
            "kind: third_party",
            "kind: provider_docs",
            "+ ovhcloud-ai-endpoints | training | prohibited | provider_docs",
        ),
        (
            "providers/ovhcloud.yaml",
            "    at_least: [FR]",
            "    value: [FR]",
            "+ ovhcloud-ai-endpoints | provider_jurisdiction | [FR] | provider_docs",
        ),
        (
            "providers/snowflake.yaml",
            "retention_days: {value: null,",
            "retention_days: {value: 0,",
            "+ snowflake-cortex | retention_days | 0 | provider_docs",
        ),
        (
            "providers/deepinfra.yaml",
            "anthropic/claude-fable-5, ",
            "",
            "? deepinfra-api | retention_days | null | provider_docs",
        ),
        (
            "models/anthropic.yaml",
            "value: unavailable",
            "value: available",
            "+ model anthropic/claude-fable-5 | zero_data_retention | available",
        ),
    ],
)
def test_a_claim_that_is_altered_is_named(file: str, old: str, new: str, line: str) -> None:
    unknown = Lines(lines_of(file, old, new)) - Lines(reviewed())
    assert any(found.startswith(line) for found in unknown), sorted(unknown)
