"""What `policy diff` compares, and what it says did it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.schemas import schema_files
from tests.cli.running import AT, run
from tests.house.tree import ROOT

SCHEMA = Draft202012Validator(json.loads(schema_files()["policy-diff.schema.json"]))
PACK = ROOT / "policies/gdpr/policy.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example organisation, in the current folder."""
    shutil.copytree(ROOT / "examples/organisation", tmp_path / "before")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "before"


def diff(old: str, new: str, more: str = "") -> dict[str, Any]:
    """Compare two sides, and check the shape of what comes of it."""
    done = run(f"policy diff {old} {new} {more} --at {AT} --format json")
    assert (done.code, done.err) == (0, "")
    data: dict[str, Any] = json.loads(done.out)
    SCHEMA.validate(data)
    return data


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def another(project: Path) -> Path:
    """A copy of the project, to be changed."""
    shutil.copytree(project, project.parent / "after")
    return project.parent / "after"


def turning(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes that open or shut a route, without those of why it stays refused."""
    return [change for change in data["changes"] if change["effect"] in {"opened", "shut"}]


def names(differences: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(d["kind"], d["id"], d["what"]) for d in differences]


def test_a_contract_that_ended_is_named(project: Path) -> None:
    after = another(project)
    text = (after / "data/agreements.yaml").read_text("utf-8")
    (after / "data/agreements.yaml").write_text(
        text.replace("until: 2027-01-14", "until: 2026-10-31", 1), "utf-8"
    )
    (change,) = turning(diff("before", "after"))
    assert change["effect"] == "shut"
    assert change["routes"] == ["opper:openai/o4-mini"]
    assert change["scenarios"] == ["customer-data", "employee-data"]
    assert names(change["alone"]) == [("agreement", change["alone"][0]["id"], "validity")]
    assert change["together"] == []


def test_contracts_that_are_needed_together_are_named_together(project: Path) -> None:
    after = another(project)
    replaced(after / "data/agreements.yaml", "until: 2027-01-14", "until: 2026-10-31")
    (change,) = turning(diff("after", "before"))
    assert change["effect"] == "opened"
    assert change["alone"] == []
    assert names(change["together"]) == [
        ("agreement", "openai-dpa", "validity"),
        ("agreement", "opper-dpa", "validity"),
    ]
    text = run(f"policy diff after before --at {AT}").out
    assert "What this opens" in text
    assert "together:" in text


def test_a_policy_stands_in_place_of_the_one_of_its_name(project: Path) -> None:
    own = project.parent / "own.yaml"
    shutil.copy(PACK, own)
    replaced(own, "{retention_days: {at_most: 30}}", "{retention_days: {at_most: 10}}")
    data = diff("shipped", "own.yaml", "--config before")
    assert names(data["differences"]) == [("rule", "gdpr/storage-limit", "require")]
    (change,) = turning(data)
    assert (change["effect"], change["alone"]) == ("shut", data["differences"])
    assert diff("own.yaml", "own.yaml")["differences"] == []


def test_beside_a_project_what_is_shipped_has_nothing_of_its_own(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project / "policy-router.yaml"
    replaced(file, "packs:\n", "packs:\n  - {id: own}\n")
    text = (
        "kind: policy\nid: own\nlanguage: 1\nversion: 1\ntitle: Own\nrules:\n"
        "  - id: nowhere\n    when: {data: {includes: personal}}\n"
        "    require: {inference_location: {within: [IS]}}\n"
    )
    (project / "policies/own.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(project)
    data = diff("shipped", ".")
    found = {(d["fate"], d["kind"], d["id"]) for d in data["differences"]}
    assert {("added", "policy", "own"), ("added", "rule", "own/nowhere")} < found
    assert {fate for fate, _, _ in found} == {"added"}
    assert data["old"]["policies"] != data["new"]["policies"]
    back = diff(".", "shipped")["differences"]
    assert {("removed", d["kind"], d["id"]) for d in data["differences"]} == {
        (d["fate"], d["kind"], d["id"]) for d in back
    }
    text = text.replace("[IS]", "[SE]")
    (project / "more.yaml").write_text(text.replace("id: own", "id: more"), "utf-8")
    beside = diff("shipped", "more.yaml")["differences"]
    assert names(beside) == [("policy", "more", None), ("rule", "more/nowhere", None)]


def test_policies_stand_beside_those_in_force(project: Path) -> None:
    folder = project.parent / "more"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "kind: policy\nid: own\nlanguage: 1\nversion: 1\ntitle: Own\nrules:\n"
        "  - id: nowhere\n    when: {data: {includes: personal}}\n"
        "    require: {retention_days: {at_most: 0}, inference_location: {within: [IS]}}\n",
        "utf-8",
    )
    data = diff("before", "more", "--config before")
    assert names(data["differences"]) == [("policy", "own", None), ("rule", "own/nowhere", None)]
    assert {c["effect"] for c in data["changes"]} == {"shut", "reason"}
    assert {n for c in data["changes"] for n in names(c["alone"])} == {
        ("rule", "own/nowhere", None)
    }


def test_obligations_that_change_are_told(project: Path) -> None:
    own = project.parent / "own.yaml"
    text = PACK.read_text("utf-8")
    own.write_text(text.replace("set: {store: false}", "set: {store: true}", 1), "utf-8")
    changes = diff("shipped", "own.yaml", "--config before")["changes"]
    effects = {c["effect"] for c in changes}
    assert "obligations" in effects
    told = next(c for c in changes if c["effect"] == "obligations")
    assert names(told["alone"]) == [("obligation", "gdpr/keep-no-state", "set")]
    before, after = (
        {o["obligation"]: o["set"] for o in told[side]["obligations"]}["gdpr/keep-no-state"]
        for side in ("before", "after")
    )
    assert (before, after) == ({"store": "false"}, {"store": "true"})


def test_revisions_of_a_project_are_compared(project: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a role", "-c", "user.email=role@organisation.example")
        subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)

    git("init")
    git("add", "-A")
    git("commit", "-m", "as it was")
    replaced(project / "data/agreements.yaml", "until: 2027-01-14", "until: 2026-10-31")
    data = diff("HEAD", "before", "--config before")
    assert {c["effect"] for c in turning(data)} == {"shut"}
    assert diff("HEAD", "HEAD", "--config before")["differences"] == []


def test_a_release_brings_its_registry_and_its_packs(project: Path) -> None:
    release = project.parent / "release"
    for folder in ("data", "policies"):
        shutil.copytree(ROOT / folder, release / folder)
    replaced(release / "policies/gdpr/policy.yaml", "{at_most: 30}", "{at_most: 10}")
    replaced(release / "data/routes/opper-openai-o4-mini.yaml", "off_by_default", "used")
    data = diff("shipped", "release", "--config before")
    assert names(data["differences"]) == [
        ("route", "opper:openai/o4-mini", "openai: training"),
        ("rule", "gdpr/storage-limit", "require"),
    ]
    told = {tuple(c["scenarios"]): names(c["alone"]) for c in turning(data)}
    assert told[("customer-data", "employee-data")] == names(data["differences"])[1:]


@pytest.mark.parametrize("side", ["nowhere", "empty"])
def test_what_is_no_side_is_misuse(project: Path, side: str) -> None:
    (project.parent / "empty").mkdir()
    done = run(f"policy diff {side} shipped")
    assert (done.code, done.out) == (2, "")
    assert "name a project, a policy, a folder with `data/territories` in it" in done.err


def test_every_route_is_named_if_that_is_wanted(project: Path) -> None:
    after = another(project)
    replaced(after / "policy-router.yaml", "[opper, inhouse]", "[opper, inhouse, openrouter]")
    done = run(f"policy diff before after --at {AT} --most 1")
    assert "further rows: `--most N`, or `--format json`" in done.out
    every = run(f"policy diff before after --at {AT} --detail --most 1000")
    assert len(every.out) > 10 * len(done.out)
