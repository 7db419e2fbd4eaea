"""What `registry diff` compares."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.registries import fine, new_project, rows
from tests.cli.running import AT
from tests.house.tree import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    return new_project(tmp_path / "project", monkeypatch)


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_a_revision_of_git_is_a_state(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "begin")
    agreement = ROOT / "examples/organisation/data/agreements.yaml"
    (project / "contracts/agreements.yaml").write_text(
        agreement.read_text("utf-8").rpartition("---\nkind: agreement\nid: hosting-dpa")[0], "utf-8"
    )
    data = json.loads(fine(f"diff HEAD . --at {AT} --format json").out)
    assert [(d["fate"], d["kind"], d["id"]) for d in data["differences"]] == [
        ("added", "agreement", "openai-dpa"),
        ("added", "agreement", "opper-dpa"),
    ]
    back = rows(fine(f"diff . HEAD --at {AT} --format csv").out)
    assert [r["fate"] for r in back] == ["removed", "removed"]


def test_a_change_opens_and_shuts_routes(tmp_path: Path) -> None:
    documents = tmp_path / "other"
    (documents / "data").mkdir(parents=True)
    for folder in ("territories", "gateways", "providers", "models", "routes"):
        (documents / "data" / folder).symlink_to(ROOT / "data" / folder)
    fine(f"diff {documents} shipped --policy no-training")
    (documents / "data/routes").unlink()
    (documents / "data/routes").mkdir()
    text = (ROOT / "data/routes/opper-openai-o4-mini.yaml").read_text("utf-8")
    file = documents / "data/routes/one.yaml"
    file.write_text(text.replace("value: off_by_default", "value: used"), "utf-8")
    command = f"diff {documents} shipped --policy no-training,gdpr --at {AT} --format json"
    data = json.loads(fine(command).out)
    opened = {p["policy"]: p["gained"] for p in data["permissions"]}
    changed = {"scenario": "public-text", "route": "opper:openai/o4-mini"}
    assert changed in opened["no-training"]
    assert changed not in opened["gdpr"]
    assert changed in opened[None]
    assert [d["what"] for d in data["differences"] if d["fate"] == "changed"] == [
        "openai: training"
    ]


# ---- what is shipped, beside a project ----------------------------------------------------------

ORGANISATION = ROOT / "examples/organisation"
_OWN_POLICY = """kind: policy
id: own
language: 1
version: 1
title: Own
rules:
  - id: not-there
    when: {data: {includes: personal}}
    require: {inference_location: {within: [SE]}}
"""


def own(folder: Path) -> Path:
    """Write the example organisation with a policy of its own in force."""
    shutil.copytree(ORGANISATION, folder)
    file = folder / "policy-router.yaml"
    text = file.read_text("utf-8").replace("packs:\n", "packs:\n  - {id: own}\n")
    file.write_text(text, "utf-8")
    (folder / "policies/own.yaml").write_text(_OWN_POLICY, "utf-8")
    return folder


@pytest.mark.parametrize("named", [".", "../own", "policy-router.yaml", "HEAD"])
@pytest.mark.parametrize("inside", [True, False])
def test_what_is_shipped_has_nothing_of_the_project_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, *, inside: bool
) -> None:
    """Inside a project, where that is in force, and outside, where only the side names it."""
    project = own(tmp_path / "own")
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "begin")
    side = named if inside or named == "HEAD" else str(project / named)
    monkeypatch.chdir(project if inside or named == "HEAD" else tmp_path)
    added = json.loads(fine(f"diff shipped {side} --at {AT} --format json").out)
    removed = json.loads(fine(f"diff {side} shipped --at {AT} --format json").out)
    assert {d["fate"] for d in added["differences"]} == {"added"}
    names = {(d["kind"], d["id"]) for d in added["differences"]}
    assert {
        ("agreement", "opper-dpa"),
        ("gateway", "inhouse"),
        ("route", "inhouse:assistant-eu"),
    } < names
    assert {(d["kind"], d["id"]) for d in removed["differences"]} == names
    assert {d["fate"] for d in removed["differences"]} == {"removed"}
    for there, back in zip(added["permissions"], removed["permissions"], strict=True):
        assert there["gained"] == back["lost"]
        assert there["lost"] == back["gained"] == []
        routes = {each["route"].partition(":")[0] for each in (*there["gained"], *there["moves"])}
        assert routes <= {"opper", "inhouse"}, "others are out of reach of the project"
    assert [p["policy"] for p in added["permissions"]] == ["gdpr", "own", None]


def test_shipped_is_shipped_whatever_project_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two releases are compared with the current project in force, so that its routes count."""
    monkeypatch.chdir(own(tmp_path / "own"))
    assert (
        json.loads(fine(f"diff shipped shipped --at {AT} --format json").out)["differences"] == []
    )
    worse = other(tmp_path / "release", "value: off_by_default", "value: used")
    before = json.loads(fine(f"diff shipped {worse} --at {AT} --format json").out)
    assert ("agreement", "opper-dpa") not in {(d["kind"], d["id"]) for d in before["differences"]}
    here = json.loads(fine(f"diff {worse} . --at {AT} --format json").out)
    assert ("agreement", "opper-dpa") not in {(d["kind"], d["id"]) for d in here["differences"]}


def other(folder: Path, was: str = "", now: str = "") -> Path:
    """Write a registry of one route that differs from the shipped one in what a claim says."""
    data = folder / "data"
    data.mkdir(parents=True)
    for name in ("territories", "gateways", "providers", "models"):
        (data / name).symlink_to(ROOT / "data" / name)
    (data / "routes").mkdir()
    text = (ROOT / "data/routes/opper-openai-o4-mini.yaml").read_text("utf-8")
    assert was in text
    (data / "routes/one.yaml").write_text(text.replace(was, now), "utf-8")
    return folder


OURS = "opper:openai/o4-mini"
CONTRACTS = ["contract with OpenAI API", "contract with Opper"]


def moved(command: str) -> dict[str, tuple[Any, Any]]:
    """Before and now, by scenario, of our route, under the one policy in force."""
    data = json.loads(fine(f"diff {command} --at {AT} --format json").out)
    alone, together = data["permissions"]
    assert {**alone, "policy": None} == together
    ours = [move for move in alone["moves"] if move["route"] == OURS]
    permitted = [each["scenario"] for each in (*alone["gained"], *alone["lost"])]
    assert not {*permitted} & {move["scenario"] for move in ours}
    return {move["scenario"]: (move["old"], move["new"]) for move in ours}


def test_what_is_in_the_way_is_told_where_nothing_is_permitted(tmp_path: Path) -> None:
    """Without a contract nothing personal goes anywhere, and yet a worse claim is worse."""
    good = other(tmp_path / "good")
    bad = other(tmp_path / "bad", "value: off_by_default", "value: used")
    before, now = moved(f"{good} {bad} --policy no-training")["customer-data"]
    assert before["failed"] == []
    assert now["failed"] == ["no-training/nobody-trains"]
    assert "no-training/contract-rules-it-out" in before["unknown"]
    back = moved(f"{bad} {good} --policy no-training")
    assert back["customer-data"] == (now, before)
    shown = " ".join(fine(f"diff {good} {bad} --policy no-training --at {AT}").out.split())
    assert "Refused before and now, for other reasons or with other steps" in shown
    assert " no-training/" in shown
    assert "contract-rules-it-out" not in shown, "that is in the way before and now"


def test_other_steps_are_told_where_nothing_is_permitted(tmp_path: Path) -> None:
    abroad, here = other(tmp_path / "us"), other(tmp_path / "se", "[US]", "[SE]")
    before, now = moved(f"{abroad} {here} --policy gdpr")["customer-data"]
    assert before["steps"] == [*CONTRACTS, "assessment of transfers to OpenAI API"]
    assert now["steps"] == CONTRACTS


def test_a_route_that_comes_or_goes_says_what_it_needs_and_a_note_changes_nothing(
    tmp_path: Path,
) -> None:
    one, none = other(tmp_path / "one"), other(tmp_path / "none", f"id: {OURS}", f"id: {OURS}-2")
    nothing, new = moved(f"{none} {one} --policy gdpr")["customer-data"]
    assert nothing is None
    assert new["steps"][:2] == CONTRACTS
    assert moved(f"{one} {none} --policy gdpr")["customer-data"] == (new, None)
    noted = other(tmp_path / "noted", 'note: "route table: US', 'note: "a route table: US')
    assert moved(f"{one} {noted} --policy gdpr") == {}
