"""`registry show` and `compare`: every figure and claim says its source, and conflicts are seen."""

from __future__ import annotations

import json
import re
from itertools import permutations
from pathlib import Path

import pytest

from tests.cli.registries import fine, rows
from tests.cli.running import AT


def numbered(page: str) -> dict[str, str]:
    """The sources at the end of a page, by the mark that stands behind what was read in them."""
    lines = re.findall(
        r"^  (\[\d+\]) (.+(?:\n   .+)*)", page.partition("\nSources\n")[2], re.MULTILINE
    )
    return {mark: " ".join(text.split()) for mark, text in lines}


@pytest.mark.parametrize("model", ["openai/o4-mini", "mistral/mistral-large-2512"])
@pytest.mark.parametrize("more", ["", "--all"])
def test_each_figure_of_a_card_says_which_source_it_was_read_in_and_when(
    model: str, more: str
) -> None:
    page = fine(f"show {model} {more} --at {AT}").out
    sources = numbered(page)
    card = page.partition("\nCard\n")[2].partition("\nAs recorded")[0]
    for row in re.sub(r"\n +", " ", card).splitlines():
        marks = re.findall(r"\[\d+\]", row)
        assert marks or row.endswith("not known"), row
    read = page.partition("\nCall it")[0]
    assert sources.keys() == set(re.findall(r"\[\d+\]", read))
    assert [*sources] == [f"[{number}]" for number in range(1, len(sources) + 1)]
    assert all(", read 2026-" in text for text in sources.values())
    (day,) = (row for row in card.splitlines() if row.startswith("Released"))
    (mark,) = re.findall(r"\[\d+\]", day)
    assert "as of 2026-07-02" in sources[mark]
    assert "models.dev" in sources[mark]


def test_what_is_claimed_of_data_says_its_source_attribute_by_attribute() -> None:
    page = fine(f"show openai/o4-mini --at {AT}").out
    handling = page.partition("Data handling, each party once\n")[2].partition("\nWith `--all`")[0]
    told = [
        part
        for part in re.split(r"; ", " ".join(handling.split()))
        if re.match(r"(training|zero|what is logged|processing contract|says)", part)
        and not part.endswith("sources contradict each other")
    ]
    assert len(told) > 10
    assert any(part.startswith("says") for part in told)
    assert all(re.search(r" \[\d+\]", part) for part in told)


@pytest.mark.parametrize("order", list(permutations(["openai/o4-mini", "perplexity/sonar-pro"])))
def test_a_figure_that_few_cards_state_is_compared_whichever_comes_first(
    order: tuple[str, ...],
) -> None:
    data = json.loads(fine(f"compare {' '.join(order)} --at {AT} --format json").out)
    assert data["sections"]["Card and prices"]["Uses, asked or not"] == {
        "openai/o4-mini": "not known",
        "perplexity/sonar-pro": "web search",
    }


def test_a_comparison_says_where_each_figure_was_read() -> None:
    command = f"compare openai/o4-mini mistral/mistral-large-2512 --at {AT}"
    page, data = fine(command).out, json.loads(fine(f"{command} --format json").out)
    sources = numbered(page)
    assert sources.keys() == set(re.findall(r"\[\d+\]", page.partition("\n\n")[2]))
    by_figure = data["sources"]["Card and prices"]
    assert all("models.dev" in each for each in by_figure["Released"]["openai/o4-mini"])
    assert all("Opper model page" in s for s in by_figure["Context window"]["openai/o4-mini"])
    cited = {
        each
        for answers in data["sources"].values()
        for by_model in answers.values()
        for found in by_model.values()
        for each in found
    }
    assert cited == set(sources.values())
    (row,) = (r for r in rows(fine(f"{command} --format csv").out) if r["question"] == "Released")
    assert row["sources of openai/o4-mini"] == "; ".join(by_figure["Released"]["openai/o4-mini"])
    unread = {
        (question, model)
        for section, answers in data["sections"].items()
        for question, by in answers.items()
        for model, answer in by.items()
        if not answer.startswith("not known") and not data["sources"][section][question][model]
    }
    assert {question for question, _ in unread} == {"routes within reach", "EEA only, every hop"}


TORN = """
kind: provider
id: torn
language: 1
title: Torn
covers: [torn/one]
sources:
  page: {kind: provider_docs, basis: public_terms, reference: the terms, read_on: 2026-11-01}
  faq: {kind: provider_docs, basis: public_terms, reference: the questions, read_on: 2026-11-02}
  press: {kind: third_party, basis: public_terms, reference: the press, read_on: 2026-11-03}
claims:
  training:
    - {value: prohibited, source: page, recorded_on: 2026-11-05}
    - {value: used, source: faq, recorded_on: 2026-11-05}
  retention_days: {value: 30, source: page}
---
kind: model
id: torn/one
language: 1
title: Torn One
context_window: 9
max_output_tokens: 4
---
kind: route
id: direct-torn:one
language: 1
model: torn/one
gateway: direct-torn
provider: torn
address: one
stage: ga
sources:
  press: {kind: third_party, basis: public_terms, reference: the press, read_on: 2026-11-03}
claims:
  torn: {retention_days: {value: 0, source: press}}
---
kind: gateway
id: direct-torn
language: 1
title: Torn's own interface
type: direct
base_url: https://torn.example/v1
"""


def test_sources_that_contradict_each_other_are_shown_and_nothing_is_known(tmp_path: Path) -> None:
    """Of two claims as good as each other none counts, in whichever order they are written."""
    said = {"prohibited": "the terms", "used": "the questions"}
    head = "kind: project\nid: p\nlanguage: 1\npacks: [{id: gdpr}]\n"
    (tmp_path / "policy-router.yaml").write_text(
        f"{head}documents: [.]\ngateways: [direct-torn]\n", "utf-8"
    )
    first, second = (line for line in TORN.splitlines() if "2026-11-05}" in line)
    swapped = TORN.replace(first, "FIRST").replace(second, first).replace("FIRST", second)
    for text in (TORN, swapped):
        (tmp_path / "torn.yaml").write_text(text, "utf-8")
        where = f"--config {tmp_path} --at {AT}"
        for more in ("", "--all"):
            page = fine(f"show torn/one {more} {where}").out
            sources, flat = numbered(page), " ".join(page.split())
            assert "training on the data: not known: sources contradict each other" in flat
            for value, source in said.items():
                (mark,) = (m for m, each in sources.items() if each.endswith(source))
                assert f"says {value} {mark}" in flat
            assert "30" in flat.partition("days the data is kept")[2][:8]
        data = json.loads(fine(f"show torn/one {where} --format json").out)
        by_name = {c["attribute"]: c for c in data["routes"][0]["handling"]}
        training, kept = by_name["training"], by_name["retention_days"]
        assert (training["says"], training["gap"]) == (None, "conflict")
        assert len(training["contradicted_by"]) == 1
        assert (kept["says"], [c["says"] for c in kept["contradicted_by"]]) == ("30", ["0"])
        compared = json.loads(fine(f"compare torn/one {where} --format json").out)
        answer = compared["sections"]["Privacy at the provider"]["training on the data"]["torn/one"]
        assert answer.startswith("not known: sources contradict each other")
