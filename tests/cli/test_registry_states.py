"""What `registry verify` writes, and what `registry diff` compares."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.registries import PAGE, fine, new_project, rows
from tests.cli.running import AT, run
from tests.house.tree import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    return new_project(tmp_path / "project", monkeypatch)


# ---- what is written ----------------------------------------------------------------------------


BY = "--by 'data protection officer' --on 2026-11-22"


def verified(project: Path) -> list[str]:
    return (project / "contracts/verifications.yaml").read_text("utf-8").splitlines()


def test_a_claim_is_verified(project: Path) -> None:
    done = fine(f"verify opper:openai/o4-mini training {PAGE}")
    said = " ".join(done.lines)
    assert "off by default, checked by data protection officer on 2026-11-22" in said
    assert 'route: "opper:openai/o4-mini"' in verified(project)
    assert 'hop: "openai"' in verified(project)
    claims = json.loads(fine("evidence openai/o4-mini --format json").out)["claims"]
    found = {(c["hop"], c["attribute"]): c["verified_by"] for c in claims if c["verified_by"]}
    assert found == {("openai", "training"): "data protection officer"}


OPPERS = "https://docs.opper.ai/overview/security.md"


@pytest.mark.parametrize(
    ("name", "source", "is_told"),
    [
        ("opper", OPPERS, False),
        ("opper", f"{OPPERS}/#training", False),
        ("opper", f"{OPPERS}x", True),
        ("opper", "DPA-2026-003", True),
        ("opper:openai/o4-mini", OPPERS, True),
    ],
)
@pytest.mark.parametrize("found", ["", " --value used"])
def test_that_another_source_was_read_is_told(
    name: str, source: str, found: str, is_told: bool, project: Path
) -> None:
    said = " ".join(fine(f"verify {name} training {BY} --source {source}{found}").lines)
    assert ("The claim rests on another source, `" in said) is is_told
    assert (f"`{source}` was read, and not that one." in said) is is_told
    assert f'reference: "{source}"' in verified(project)


def test_what_was_found_otherwise_makes_it_unknown(project: Path) -> None:
    done = fine(f"verify opper:openai/o4-mini training {PAGE} --value used")
    assert "claimed off by default, found used" in " ".join(done.lines)
    assert run("check").out.startswith("contracts/verifications.yaml:")
    listed = run("registry list --where '{training: [used, off_by_default]}' --format json")
    assert json.loads(listed.out)["counts"]["known_true"] == 0
    assert 'found: {training: "used"}' in verified(project)


@pytest.mark.parametrize("name", ["opper:openai/o4-mini", "opper"])
def test_between_sources_that_contradict_each_other_nobody_but_the_reader_chooses(
    project: Path, name: str
) -> None:
    fine(f"verify {name} training {PAGE} --value used")
    before = verified(project)
    done = run(f"registry verify {name} training {PAGE}")
    assert (done.code, done.out, verified(project)) == (2, "", before)
    assert "sources contradict each other about `training`" in done.err
    assert run(f"registry verify {name} training {PAGE} --value opted_out").code == 0


def test_documents_are_added_and_nothing_is_lost(project: Path) -> None:
    file = project / "contracts/verifications.yaml"
    file.write_text("# ours\nkind: alias\nid: one\nlanguage: 1\nmodels: [openai/o4-mini]", "utf-8")
    for found in ("storage_location --value SE,DE --at-least", "retention_days --value 30"):
        assert run(f"registry verify opper {found} {PAGE} --into {file}").code == 0
    assert run(f"registry verify opper dpa --value null {PAGE} --into {file}").code == 0
    text = file.read_text("utf-8")
    assert text.startswith("# ours\nkind: alias\n")
    assert text.count("\n---\n") == 3
    assert 'found_at_least: {storage_location: ["DE", "SE"]}' in text
    assert "found: {retention_days: 30}" in text
    assert "found: {dpa: null}" in text
    assert run("check").code == 0


@pytest.mark.usefixtures("project")
def test_what_is_wrong_with_a_verification_is_said_of_the_options_it_was_made_of() -> None:
    said = "--value UK,XX --by '' --source ' ' --on 2026-11-22"
    lines = run(f"registry verify opper provider_jurisdiction {said}").err.splitlines()
    places = [line.partition(": error[")[0] for line in lines if ": error[" in line]
    assert places == ["--by", "--source", "--value", "--value"]
    assert not any("yaml" in line for line in lines)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"opper:openai/o4-mini caching {PAGE}", "nothing is claimed about `caching` at `openai`"),
        (f"opper:openai/o4-mini training --hop x {PAGE}", "`x` is no hop of this route"),
        (f"openai/o4-mini training {PAGE}", "its routes: `azure-eu:o4-mini`"),
        (f"opper traning {PAGE}", "nothing claims `traning`; did you mean `training`?"),
        (f"opper training {PAGE} --value sometimes", "unknown value of `training` `sometimes`"),
        (f"opper retention_days {PAGE} --value many", "`many` is no whole number"),
        (f"opper training {BY} --source notaurl", "`notaurl` is no source: write `https://"),
        (f"opper training {BY} --source opper.ai/terms", "`opper.ai/terms` is no source: write"),
        (f"opper training {PAGE[:-10]}2026-11-21", "the source was read again on 2026-11-22"),
        (f"opper training {PAGE[:-10]}2999-01-01", "`2999-01-01` lies in the future"),
        (f"opper training {PAGE[:-10]}yesterday", "`yesterday` is no day; write 2026-11-22"),
        ("opper training --by x --on 2026-11-22", "missing option `--source`"),
        (f"opper training {PAGE} --into ../outside.yaml", "is not among the documents"),
        (f"opper training {PAGE} --into contracts/notes.txt", "is not among the documents"),
        (f"opper training {PAGE} --into contracts/own.suite.yaml", "is not among the documents"),
        (f"perplexity-sonar retention_days {PAGE}", "say with `--value` what this one says"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    project: Path, command: str, message: str
) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    done = run(f"registry verify {command}")
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before


def test_a_verification_needs_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(f"registry verify opper training {PAGE}")
    assert done.code == 2
    assert "a verification is a document of a project, and there is none here" in done.err


# ---- states of the registry ---------------------------------------------------------------------


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


_CONTRACT = """kind: agreement
id: contract
language: 1
with: [{party}]
document: DPA-1
from: 2026-01-01
until: 2099-12-31
recorded_on: 2026-01-01
covers: {{models: [openai/o4-mini]}}
terms: {{dpa: in_force}}
"""


@pytest.mark.parametrize(
    ("party", "name", "place"),
    [
        ("openai", "opper:openai/o4-mini", "hop `openai` of route `opper:openai/o4-mini`"),
        ("opper", "opper", "`opper`"),
        ("opper", "opper:openai/o4-mini", "hop `openai` of route `opper:openai/o4-mini`"),
        ("azure", "opper:openai/o4-mini", "hop `openai` of route `opper:openai/o4-mini`"),
    ],
)
def test_a_contract_counts_whatever_a_page_was_found_to_say(
    project: Path, party: str, name: str, place: str
) -> None:
    (project / "contracts/contract.yaml").write_text(_CONTRACT.format(party=party), "utf-8")
    said = " ".join(fine(f"verify {name} dpa {PAGE} --value none").lines)
    assert f"processing contract at {place}, checked by" in said
    counts = "covers a route it counts instead: `contract` states in force" in said
    assert counts is (party in {name, "openai"})


def test_a_source_that_is_no_page_and_no_document_is_refused(project: Path) -> None:
    before = sorted(project.rglob("*"))
    said = "--by 'data protection officer' --source 'javascript:alert(1)' --on 2026-11-22"
    done = run(f"registry verify opper training {said}")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("--source: error[SCH106]: expected an address or a reference")
    assert sorted(project.rglob("*")) == before


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("source", ["DPA-2026-003", "Handbook", "terms of use", "dpa-acme.pdf"])
def test_the_number_or_title_of_a_document_is_a_source(source: str) -> None:
    assert run(f"registry verify opper training {BY} --source '{source}'").code == 0
