"""Reports tell first what is one's own: routes that are gone, then those in use, then the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import AT, run
from tests.house.tree import ROOT

OWN = """
kind: project
id: own
language: 1
packs: [{id: gdpr}]
documents: [.]
gateways: [edge]
---
kind: gateway
id: edge
language: 1
title: Edge
type: openai_compatible
base_url: https://edge.example/v1
key: {env: EDGE_KEY}
sources:
  page: {kind: provider_docs, basis: public_terms, reference: dates, read_on: 2026-11-01}
"""
ROUTE = """---
kind: route
id: edge:%s
language: 1
model: openai/o4-mini
gateway: edge
provider: openai
address: "%s"
stage: ga
sources:
  page: {kind: %s, basis: public_terms, reference: dates, read_on: 2026-11-01}
lifecycle:
  - {stage: %s, from: %s, source: page}
"""
REPORTS = ("audit", "audit --format markdown", "gaps", "gaps --format markdown",
           "registry stale", "why --data personal --regime eu_gdpr")  # fmt: skip


def project(folder: Path, *dates: tuple[str, str, str, str]) -> str:
    """A project whose gateway has one route for each name, kind of source, stage and day."""
    text = OWN + "".join(ROUTE % (n, n, kind, stage, day) for n, kind, stage, day in dates)
    (folder / "policy-router.yaml").write_text(text, "utf-8")
    return f"--config {folder} --at {AT}"


@pytest.mark.parametrize("report", REPORTS)
def test_what_is_gone_or_soon_will_be_is_named_before_all_else(report: str, tmp_path: Path) -> None:
    where = project(
        tmp_path,
        ("later", "provider_docs", "retired", "2028-01-01"),
        ("hearsay", "third_party", "deprecated", "2026-10-01"),
        ("soon", "gateway_catalogue", "retired", "2026-12-01"),
        ("gone", "provider_docs", "retired", "2026-11-02"),
    )
    done = run(f"{report} {where}")
    assert done.code in {0, 1}, done.err
    told = done.out.removeprefix("# What may go where\n").removeprefix("# What is missing\n")
    first = re.sub(r"\s+", " ", told.replace("`", ""))
    named = [first.index(f"edge:{name}, in use here, is") for name in ("gone", "soon", "hearsay")]
    assert named == sorted(named)
    assert first.strip().startswith("edge:gone, in use here, is retired since 2026-11-02, so every")
    assert "edge:later, in use here" not in first


def test_what_has_gone_is_in_the_json_too_with_whose_word_it_is(tmp_path: Path) -> None:
    dates = (
        ("hearsay", "third_party", "retired", "2026-10-01"),
        ("gone", "vendor_answer", "retired", "2026-11-02"),
    )
    where = project(tmp_path, *dates)
    data = json.loads(run(f"registry stale {where} --format json").out)
    assert [(each["route"], each["counts"]) for each in data["leaving"]] == [
        ("edge:gone", True),
        ("edge:hearsay", False),
    ]


def test_of_many_a_few_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    gone = [(f"r{n}", "provider_docs", "retired", "2026-11-02") for n in range(5)]
    where = project(tmp_path, *gone)
    assert "2 further routes of yours retired" in " ".join(run(f"audit {where}").out.split())
    assert run(f"registry stale {where}").out.count("is retired since") == 5


def test_without_a_project_no_route_is_anybodys() -> None:
    done = run(f"registry stale --policy gdpr --at {AT}")
    assert not done.out.startswith("`")


@pytest.mark.parametrize("scope", ["", "--all", "--policy gdpr", "--detail", "--provider openai"])
def test_the_page_on_a_screen_and_in_markdown_says_the_same_in_the_same_order(scope: str) -> None:
    """Word by word, but for what makes a table of one and of the other."""
    where = scope if "--policy" in scope else f"--config {ROOT}/examples/organisation {scope}"
    text, markdown = (
        run(f"audit {where} --scenario public-text,health-data --at {AT} {more}").out
        for more in ("", "--format markdown")
    )
    assert _words(markdown.removeprefix("# What may go where")) == _words(text)
    heads = [h for h in _HEADS if h in text]
    assert [text.index(h) for h in heads] == sorted(text.index(h) for h in heads)
    assert [markdown.index(h) for h in heads] == sorted(markdown.index(h) for h in heads)


_HEADS = ("we checked which", "In use are", "no known context window", "Why not", "What this rests")


def _words(page: str) -> list[str]:
    """The letters of all words, in the order of the alphabet: cells of a screen wrap."""
    plain = re.sub(r"^\|[ :|-]+\|$|^#+ ", "", page, flags=re.MULTILINE)
    return sorted(re.sub(r"[\\`|\s]", "", plain))


UNSIZED = """---
kind: model
id: edge/one
language: 1
title: One
input_modalities: [text]
output_modalities: [text]
"""


@pytest.mark.parametrize(
    "command",
    [
        "audit",
        "audit --format markdown",
        "registry stats",
        "why --data non_personal",
        "why edge/one --data non_personal",
        "explain --data non_personal",
        "explain edge/one --data non_personal",
        "explain openai/gpt-5-mini --data non_personal",
        "doctor",
    ],
)
def test_routes_without_a_context_window_are_told_wherever_they_count_as_permitted(
    command: str, tmp_path: Path
) -> None:
    where = project(tmp_path, ("one", "third_party", "ga", "2026-11-02"))
    file = tmp_path / "policy-router.yaml"
    file.write_text(
        file.read_text("utf-8").replace("openai/o4-mini", "edge/one") + UNSIZED, "utf-8"
    )
    said = " ".join(run(f"{command} {where}").out.replace("`", "").replace("\\", "").split())
    assert said.count("will be refused as unsuitable") == 1
    assert "context_window" in said
    if command.startswith(("audit", "registry", "why --", "explain openai")):
        assert "Of 1 permitted route 1 has no known context window: a call says its tokens" in said
