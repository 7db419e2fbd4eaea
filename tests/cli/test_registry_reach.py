"""What `registry` shows of what is within reach, and that it is called as it was asked for."""

from __future__ import annotations

import json

import pytest

from tests.cli.registries import fine, rows
from tests.cli.running import AT
from tests.house.tree import ROOT

ORGANISATION = f"--config {ROOT}/examples/organisation"


def test_routes_behind_other_gateways_are_named_and_not_judged() -> None:
    elsewhere = f"--config {ROOT}/tests/cli/projects/elsewhere.yaml"
    text = fine(f"show openai/o4-mini {elsewhere} --at {AT}").out
    assert "Not within reach: `azure-eu:o4-mini`" in text
    assert "What may go there" not in text
    assert "Input price      no route within reach" in text
    one = " ".join(fine(f"show opper:openai/o4-mini {elsewhere} --at {AT}").out.split())
    assert "`opper:openai/o4-mini` is not within reach: the project does not list its" in one


@pytest.mark.parametrize("reach", [ORGANISATION, "--policy gdpr", f"{ORGANISATION} --all-routes"])
@pytest.mark.parametrize("name", ["openai/o4-mini", "opper:openai/o4-mini", "azure-eu:o4-mini"])
def test_a_page_says_of_each_route_of_the_model_whether_it_is_within_reach(
    name: str, reach: str
) -> None:
    """And nothing is told to be out of reach for no more than that it was not asked for."""
    listed = fine(f"list --where '{{model: openai/o4-mini}}' {reach} --at {AT} --format csv")
    within = {row["route"] for row in rows(listed.out)}
    page = json.loads(fine(f"show {name} {reach} --at {AT} --format json").out)
    shown = {offer["route"] for offer in page["routes"]}
    assert shown == within & ({name} if ":" in name else within)
    assert shown | set(page["within_reach_beside"]) == within
    assert within.isdisjoint(page["not_within_reach"])
    assert len(within) + len(page["not_within_reach"]) == 11


@pytest.mark.parametrize("reach", [ORGANISATION, f"{ORGANISATION} --all-routes", ""])
def test_evidence_about_a_model_is_about_its_routes_within_reach(reach: str) -> None:
    listed = fine(f"list --where '{{model: openai/o4-mini}}' {reach} --at {AT} --format csv")
    told = rows(fine(f"evidence openai/o4-mini {reach} --at {AT} --format csv").out)
    assert {r["route"] for r in told} == {row["route"] for row in rows(listed.out)}
    pinned = rows(fine(f"evidence azure-eu:o4-mini {reach} --at {AT} --format csv").out)
    assert {r["route"] for r in pinned} == {"azure-eu:o4-mini"}


def test_what_is_compared_is_called_as_it_was_asked_for() -> None:
    """Two routes to one model are two columns, also where a program reads them by name."""
    asked = ["opper:openai/o4-mini", "azure-eu:o4-mini", "openai/o4-mini"]
    command = f"compare {' '.join(asked)} --at {AT}"
    data = json.loads(fine(f"{command} --format json").out)
    assert data["models"] == asked
    for part in ("sections", "sources"):
        assert {tuple(r) for s in data[part].values() for r in s.values()} == {tuple(sorted(asked))}
    places = data["sections"]["Hosting"]["providers run it in"]
    assert places["opper:openai/o4-mini"] == "US"
    assert places["azure-eu:o4-mini"].startswith("CH, DE")
    table = fine(f"{command} --format csv").out.splitlines()[0]
    assert table.split(",")[2:5] == asked
    text = fine(command).out
    assert all(text.count(name) >= len(data["sections"]) for name in asked)


def test_a_column_without_a_route_says_so() -> None:
    command = f"compare azure-eu:o4-mini openai/o4-mini {ORGANISATION} --at {AT} --format json"
    sections = json.loads(fine(command).out)["sections"]
    answers = {q: a["azure-eu:o4-mini"] for s in sections.values() for q, a in s.items()}
    by_route = [*sections["Privacy at the provider"], "providers run it in", "Input price"]
    assert {answers[question] for question in by_route} == {"no route within reach"}
    assert answers["routes within reach"] == "0"


def test_comparisons_hold_every_benchmark_of_each() -> None:
    command = f"compare openai/o4-mini mistral/codestral-2508 --at {AT}"
    data = json.loads(fine(f"{command} --format json").out)
    scores = next(s for title, s in data["sections"].items() if title.startswith("Benchmarks"))
    assert scores["mmlu_pro"] == {"openai/o4-mini": "83", "mistral/codestral-2508": "not known"}
    table = rows(fine(f"{command} --format csv").out)
    assert len(table) == sum(map(len, data["sections"].values()))
