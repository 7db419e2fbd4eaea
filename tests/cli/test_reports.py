"""Reports for programs and mails say what the reports for readers say."""

from __future__ import annotations

import csv
import io
import json
from functools import cache

import pytest

from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES
from policy_router.report import phrases
from tests.cli.running import AT, Done, run
from tests.house.tree import ROOT

CHOSEN = f"--config {ROOT}/examples/organisation --provider openai,inhouse-servers --at {AT}"


@cache
def report(command: str, form: str) -> Done:
    done = run(f"{command} {CHOSEN} --format {form}")
    assert (done.code, done.err) == (0, "")
    return done


def test_the_matrix_says_the_same_in_every_shape() -> None:
    data = json.loads(report("audit", "json").out)
    rows = list(csv.DictReader(io.StringIO(report("audit", "csv").out)))
    assert [(c["scenario"], c["route"], c["standing"]) for c in data["cells"]] == [
        (r["scenario"], r["route"], r["standing"]) for r in rows
    ]
    for scenario, counts in data["counts"].items():
        cells = [c["standing"] for c in data["cells"] if c["scenario"] == scenario]
        assert counts == {s: cells.count(s) for s in ("permitted", "refused", "unknown")}
        shown = (
            f"| {scenario} | {counts['permitted']} | {counts['refused']} | {counts['unknown']} |"
        )
        assert shown in report("audit", "markdown").out
    assert rows[0]["policies"] == data["digests"]["policies"]
    assert rows[0]["at"] == data["at"] == AT
    assert len(data["sentences"]) == 3
    assert data["rests_on"]["agreements"] == ["hosting-dpa", "openai-dpa", "opper-dpa"]
    assert "not legal advice" in data["sentences"][2]


@pytest.mark.parametrize("standing", ["permitted", "refused", "unknown"])
def test_only_one_standing_is_shown_and_all_are_counted(standing: str) -> None:
    every = json.loads(report("audit", "json").out)
    some = json.loads(run(f"audit {CHOSEN} --standing {standing} --format json").out)
    assert {c["standing"] for c in some["cells"]} == {standing}
    assert len(some["cells"]) == sum(counts[standing] for counts in every["counts"].values())
    assert some["counts"] == every["counts"]


def test_the_gaps_say_the_same_in_every_shape() -> None:
    data = json.loads(report("gaps", "json").out)
    rows = list(csv.DictReader(io.StringIO(report("gaps", "csv").out)))
    assert [(m["kind"], m["about"], m["alone"], m["part_of"]) for m in data["missing"]] == [
        (r["kind"], r["about"], int(r["alone"]), int(r["part_of"])) for r in rows
    ]
    text = report("gaps", "markdown").out
    assert all(f"| {m['alone']:,} | {m['part_of']:,} |" in text for m in data["missing"])
    assert data["combinations"] == data["permitted"] + data["blocked"]
    assert data["together"][0]["permits"] == max(b["permits"] for b in data["together"])


def test_where_everything_is_permitted_nothing_is_missing() -> None:
    done = run(f"gaps {CHOSEN.replace('openai,', '')} --scenario public-text")
    assert any(" permitted and 0 are not." in line for line in done.lines)
    assert "What is missing" not in done.out


def test_suites_as_json_hold_every_decision() -> None:
    data = json.loads(run(f"test {ROOT}/policies/no-training --format json").out)
    assert (data["cases"], data["failed"]) == (len(data["results"]), 0)
    assert all(r["passed"] and r["decision"]["outcome"] for r in data["results"])
    assert all(r["place"].count(":") >= 2 for r in data["results"])


def test_diagnostics_as_json() -> None:
    data = json.loads(run(f"check --config {ROOT}/examples/organisation --format json").out)
    assert data["counts"]["error"] == 0
    assert data["diagnostics"] == []


@pytest.mark.parametrize(
    "options", ["", " --provider 'azure*' --policy eu-residency,zero-retention"]
)
def test_what_to_do_names_an_attribute_once(options: str) -> None:
    rows = [
        line
        for line in run(
            f"gaps --config {ROOT}/examples/organisation --at {AT}{options} --format markdown"
        ).lines
        if line.startswith("|") and ("Sign with " in line or "Amend " in line)
    ]
    assert any("where the model runs" in row for row in rows)
    titles = [phrases.title_of(spec.name) for spec in CLAIMED_ATTRIBUTES]
    assert [(row, t) for row in rows for t in titles if row.count(t) > 1] == []


@pytest.mark.parametrize("options", ["", " --all"])
@pytest.mark.parametrize("whose", [f" --config {ROOT}/examples/organisation", " --policy gdpr"])
def test_what_a_sign_off_has_to_cover_is_said_once(whose: str, options: str) -> None:
    said = " ".join(run(f"gaps{whose} --at {AT}{options}").out.split())
    assert "sign-off `dpia`" in said
    assert said.count("A sign-off counts where it is in force for the route and the request.") == 1
    assert "for this route and request" not in said
