"""Asking as a caller of the project: the command line decides what the middleware would."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from pathlib import Path

import pytest

from policy_router.enforcement.facts import floor_of, joined
from policy_router.language.facts import request_facts
from policy_router.service.pdp import load
from tests.cli.running import AT, run

ASKED = f"decide openai/o4-mini --caller first-app --at {AT}"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    assert run(f"init {tmp_path} --at {AT}").code == 0
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_decision_is_the_one_that_a_call_gets(project: Path) -> None:
    pdp = load(project=project)
    floor = floor_of(pdp.loaded.callers["first-app"])
    said = [("lawful_basis", "A6-1-b"), ("purpose", "customer-care")]
    facts = joined(floor, request_facts({"model": "openai/o4-mini"}), said)
    options = "--lawful-basis A6-1-b --purpose customer-care --format json"
    assert facts.base is not None
    shown = json.loads(run(f"{ASKED} {options}").out)
    assert shown["declared"] == ["lawful_basis", "purpose"]
    decided = json.loads(pdp.decide(facts, at=datetime.fromisoformat(AT)).to_json())
    assert [shown[key] for key in ("outcome", "reason", "candidates", "declared")] == [
        decided[key] for key in ("outcome", "reason", "candidates", "declared")
    ]


def test_it_says_whose_floor_was_used_and_what_is_a_mere_word() -> None:
    done = run(f"{ASKED} --lawful-basis A6-1-b --purpose x")
    assert "as a call of `first-app`, whose floor is: data personal; regime eu_gdpr" in done.err
    assert "not settled by its word (`may_declare`): `lawful_basis`\n" in done.err
    assert "data personal; regime eu_gdpr" in done.lines[1]


def test_a_floor_is_not_declared_away() -> None:
    done = run(f"{ASKED} --data non_personal")
    assert done.code == 1
    assert "data non_personal (only declared), personal" in done.lines[1]


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ("--caller frst-app", ["no caller `frst-app`", "did you mean `first-app`?"]),
        ("--caller first-app --tenant x", ["would be refused", "`tenant` says who calls"]),
        ("--caller first-app --environment test", ["would be refused", "`environment`"]),
    ],
)
def test_what_no_call_can_say(options: str, parts: list[str]) -> None:
    done = run(f"decide openai/o4-mini {options}")
    assert (done.code, done.out) == (2, "")
    assert [part for part in parts if part not in done.err] == []


def test_without_a_project_a_caller_is_a_fact(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    done = run(f"decide openai/o4-mini --policy gdpr --data non_personal --caller x --at {AT}")
    assert (done.code, done.err) == (0, "")
    assert "caller x" in done.lines[1]


@pytest.mark.parametrize("command", ["decide", "why"])
def test_it_ends_with_a_command_that_asks_the_same(command: str) -> None:
    request = "--data personal,health --label team=a --tokens-in 5 --stateful --all-routes"
    done = run(f"{command} openai/o4-mini {request} --policy no-dpf --at {AT}")
    _, found, again = done.out.rpartition("\n  policy-router ")
    words = shlex.split(again.replace("\\\n", " "))
    assert found
    explained = json.loads(run(shlex.join([*words, "--format", "json"])).out)
    asked = json.loads(run(shlex.join(["decide", *words[1:], "--format", "json"])).out)
    first = json.loads(
        run(f"decide openai/o4-mini {request} --policy no-dpf --at {AT} --format json").out
    )
    assert words[0] == "explain"
    assert explained["decision"] == asked == first


def test_why_has_the_json_of_an_explanation() -> None:
    options = f"openai/o4-mini --data personal --at {AT} --format json"
    assert run(f"why {options}").out == run(f"explain {options}").out


def test_the_schemas_of_a_new_project_are_up_to_date(project: Path) -> None:
    assert run(f"schema --check {project}/schemas").lines == ["up to date"]


def test_a_new_project_is_told_that_its_caller_has_no_key() -> None:
    assert any(line.startswith("note   caller `first-app`: no key") for line in run("doctor").lines)


def test_a_broken_project_is_examined_as_far_as_it_goes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "secret")
    file = project / "policy-router.yaml"
    file.write_text(file.read_text("utf-8").replace("id: gdpr", "id: gdp"), "utf-8")
    done = run("doctor")
    assert done.code == 2
    assert "fine   project: `policy-router.yaml`" in done.lines
    assert any(line.startswith("wrong  documents: 1 error") for line in done.lines)
    assert any("gateway `opper`" in line and "key present" in line for line in done.lines)
    assert "unknown pack `gdp`" in done.err
