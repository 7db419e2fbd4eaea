"""`check` and `test` say the same in every format, with the same exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Done, run
from tests.formats import junit, message, sarif
from tests.house.tree import ROOT

OWN = (
    "kind: policy\nid: own\nlanguage: 1\nversion: 1\ntitle: Own\nrules:\n"
    "  - id: in-the-eea\n    when: {}\n    require: {inference_location: {within: EAA}}\n"
)
FILES = [
    "contracts/scenarios.yaml",
    "policies/callers.yaml",
    "policy-router.yaml",
    "suite.yaml",
]
CHECK = ("text", "json", "sarif", "junit", "github")
TEST = ("text", "json", "sarif", "junit")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound project, which is the current folder."""
    assert run(f"init {tmp_path}").code == 0
    monkeypatch.chdir(tmp_path)
    return tmp_path


def in_formats(command: str, formats: tuple[str, ...], code: int) -> dict[str, Done]:
    done = {name: run(f"{command} --format {name}") for name in formats}
    assert {name: d.code for name, d in done.items()} == dict.fromkeys(formats, code)
    return done


def case_names(done: Done) -> list[str | None]:
    return [case.get("name") for case in junit(done.out).iter("testcase")]


def test_a_sound_project() -> None:
    done = in_formats("check", CHECK, 0)
    assert sarif(done["sarif"].out)["results"] == []
    assert case_names(done["junit"]) == FILES
    assert junit(done["junit"].out).get("failures") == "0"
    assert done["github"].out == done["text"].out


def test_a_broken_document(project: Path) -> None:
    (project / "policies/own.yaml").write_text(OWN, "utf-8")
    done = in_formats("check", CHECK, 2)
    results = sarif(done["sarif"].out)["results"]
    assert [(r["ruleId"], r["level"]) for r in results] == [
        ("PRJ413", "warning"),
        ("POL203", "error"),
    ]
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in results]
    assert places == [{"uri": "policies/own.yaml"}] * 2
    assert case_names(done["junit"]) == sorted([*FILES, "policies/own.yaml"])
    (failure,) = junit(done["junit"].out).iter("failure")
    assert failure.get("message") == "unknown territory `EAA`"
    assert done["text"].out.startswith(failure.text or "missing")
    assert done["github"].lines[1].startswith("::error file=policies/own.yaml,line=9,endLine=9,")
    assert done["github"].lines[-1] == "1 error, 1 warning in 1 file"


def test_warnings_fail_where_they_count(project: Path) -> None:
    (project / "policies/own.yaml").write_text(OWN.replace("EAA", "EEA"), "utf-8")
    for command, code, failures in (("check", 0, "0"), ("check --strict", 1, "1")):
        done = in_formats(command, ("sarif", "junit"), code)
        assert junit(done["junit"].out).get("failures") == failures
        assert [r["level"] for r in sarif(done["sarif"].out)["results"]] == ["warning"]


def test_project_and_suites_are_both_read_to_the_end(project: Path) -> None:
    (project / "policies/own.yaml").write_text(OWN, "utf-8")
    suite = project / "suite.yaml"
    suite.write_text(suite.read_text("utf-8").replace("cases:", "casse:"), "utf-8")
    results = sarif(in_formats("check", ("sarif",), 2)["sarif"].out)["results"]
    assert {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results} == {
        "policies/own.yaml",
        "suite.yaml",
    }


def test_a_folder_named_in_full_is_shown_as_it_lies(project: Path) -> None:
    (project / "policies/own.yaml").write_text(OWN, "utf-8")
    done = run(f"check --config {project} --format sarif")
    uris = [
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for r in sarif(done.out)["results"]
    ]
    assert uris == ["policies/own.yaml"] * 2


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_pack_that_does_not_exist_is_misuse_and_not_a_finding(form: str) -> None:
    done = run(f"check --policy gdp --format {form}")
    assert (done.code, done.out) == (2, "")
    assert "--policy: error[PRJ403]: unknown pack `gdp`" in done.err


def test_suites_that_pass() -> None:
    done = in_formats("test", TEST, 0)
    assert sarif(done["sarif"].out)["results"] == []
    assert len(case_names(done["junit"])) == 4


def test_a_case_that_fails(project: Path) -> None:
    suite = project / "suite.yaml"
    broken = suite.read_text("utf-8").replace("{outcome: denied}", "{outcome: permitted}")
    suite.write_text(broken, "utf-8")
    done = in_formats("test", TEST, 1)
    (result,) = sarif(done["sarif"].out)["results"]
    assert "outcome: expected permitted, found refused" in message(result)
    (failure,) = junit(done["junit"].out).iter("failure")
    assert (failure.text or "missing") in done["text"].out


def test_documents_that_must_not_be_used_are_in_the_report_and_said_in_words(
    project: Path,
) -> None:
    (project / "policies/own.yaml").write_text(OWN, "utf-8")
    done = in_formats("test", TEST, 2)
    assert {d.err for d in done.values()} == {done["text"].err}
    assert "error[POL203]: unknown territory `EAA`" in done["text"].err
    rules = [r["ruleId"] for r in sarif(done["sarif"].out)["results"]]
    assert rules == ["PRJ413", "POL203"]
    (failure,) = junit(done["junit"].out).iter("failure")
    assert failure.get("type") == "POL203"


def test_the_shipped_suites_are_allowed_by_both_schemas(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("nowhere"))
    cost_caps = ROOT / "policies" / "cost-caps"
    assert sarif(run(f"test {cost_caps} --format sarif").out)["results"] == []
    assert case_names(run(f"test {cost_caps} --format junit"))
