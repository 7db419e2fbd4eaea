"""`registry import`: what is shown, what is written, and that nothing else ever changes."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine

from policy_router.cli.documents import folder_of_facts
from policy_router.domain.codes import FAMILIES
from policy_router.store.archive import PRICE_MAPS
from tests.cli.running import run
from tests.house.tree import ROOT
from tests.unit.imports.hostile import large, refused, set_aside
from tests.unit.store.test_archive import wheel

CASES = ROOT / "tests" / "cases" / "imports"
SOURCES = sorted(file.stem for file in CASES.glob("*.json"))
ON = "--read-on 2026-11-22"
UNSEEN = {f"IMP{n}" for n in (207, 208, 210, 301, 302, 303, 304, 401, 402)}
"""Codes whose cases are elsewhere: in fixtures, in the tests of comparing and of the store."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example organisation, in a folder of its own that is the current one."""
    folder = tmp_path / "organisation"
    shutil.copytree(ROOT / "examples" / "organisation", folder)
    monkeypatch.chdir(folder)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_shown(
    source: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    done = run(f"registry import {source} {source}.json {ON} --most 20")
    file = CASES / f"{source}.txt"
    if request.config.getoption("--update-cases"):
        file.write_text(done.out, "utf-8")
    assert (done.code, done.err) == (0, "")
    assert done.out == file.read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES)
def test_writing_is_sound_touches_one_file_and_is_done_once(source: str, project: Path) -> None:
    before = tree(project)
    command = f"registry import {source} {CASES / source}.json {ON} --format json"
    shown = json.loads(run(command).out)
    assert tree(project) == before
    done = json.loads(run(f"{command} --write").out)
    assert {**done, "written": None} == shown
    after = tree(project)
    name = f"data/imported-{source}.yaml"
    assert {key: after[key] for key in before} == before
    assert after.keys() - before.keys() == ({name} if done["written"] else set())
    assert run("check").code == 0
    repeated = run(f"{command} --write".replace(" --format json", "")).out
    assert ("say --write" in repeated, "Nothing to write" in repeated) == (False, True)
    again = json.loads(run(f"{command} --write").out)
    assert again["written"] is None
    assert {f["change"] for f in again["findings"]} <= {"removed", "to_verify", "in_conflict"}
    assert tree(project) == after


@pytest.mark.parametrize("kind", ["", " --example"])
def test_what_is_imported_into_a_new_project_stands_with_its_facts(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From `init` on, as a user does it: nothing lands among the policies, and all stays green.

    Begun on the day of the catalogues, which retire later the model that the new suite asks for.
    """
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        assert run(f"init {tmp_path / 'new'}{kind}").code == 0
    monkeypatch.chdir(tmp_path / "new")
    before = tree(Path())
    for source in ("opper", "litellm"):
        done = run(f"registry import {source} {CASES / source}.json {ON} --write")
        assert (done.code, f"Written to contracts/imported-{source}.yaml" in done.out) == (0, True)
    after = tree(Path())
    assert {key: after[key] for key in before} == before
    new = after.keys() - before.keys()
    assert new == {"contracts/imported-opper.yaml", "contracts/imported-litellm.yaml"}
    assert run("check --strict").code == run("test").code == 0
    assert "opper:evroc/north-1" in run("registry list --most 100000 --format json").out


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        (("policies", "contracts", "data"), "data"),
        (("policies", "contracts"), "contracts"),
        (("policies", "a", "b"), "a"),
        (("policies",), "policies"),
        ((), None),
    ],
)
def test_where_facts_stand(folders: tuple[str, ...], expected: str | None) -> None:
    found = folder_of_facts(map(Path, folders))
    assert (None if found is None else found.name) == expected


def hostile() -> list[tuple[str, bytes]]:
    """One case of each code; all of them are in the tests of the importers."""
    return sorted({code: data for code, _, data in (*refused(), *set_aside())}.items())


def test_every_code_has_a_case() -> None:
    seen = {code for code, _ in (*hostile(), *large())}
    assert seen | UNSEEN == {code.id for code in FAMILIES["IMP"]}


@pytest.mark.parametrize(("code", "data"), hostile())
def test_what_is_hostile_is_named_and_changes_nothing(
    code: str, data: bytes, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "prices.json").write_bytes(data)
    before = tree(project)
    done = run(f"registry import litellm {tmp_path / 'prices.json'} --write --most 1")
    assert code in done.out + done.err
    assert "Traceback" not in done.err
    assert "\x1b" not in done.out + done.err
    written = tree(project)
    written.pop("data/imported-litellm.yaml", None)
    assert written == before


ONE_BAD_ROW = {
    "opper": '{"models": [{"id": "g\\u0440t-5", "provider": "openai"}]}',
    "opper-compat": '{"data": [{"id": "a/b", "context_length": -1}]}',
    "models-dev": '{"openai": {"models": {"a": {"id": "a b"}}}}',
    "openrouter": '{"data": [{"id": "a/\\u001b[31m"}]}',
    "openrouter-endpoints": '{"data": {"id": "a/b", "endpoints": [{"tag": 1}]}}',
    "openrouter-zdr": '{"data": [{"model_id": "a/b"}]}',
    "litellm": '{"a b": {"litellm_provider": "x"}}',
}
"""Lists of which nothing can be read. Of a price map that is so, it is not known to be one."""


@pytest.mark.parametrize("source", SOURCES)
def test_a_list_of_which_every_row_is_set_aside_is_no_success(source: str, project: Path) -> None:
    """Whoever runs it on a timer learns that nothing was read; earlier imports stay."""
    command = f"registry import {source} {CASES / source}.json {ON} --write"
    assert run(command).code == 0
    before = tree(project)
    (project.parent / "bad.json").write_text(ONE_BAD_ROW[source], "utf-8")
    for form in ("", " --format json"):
        done = run(f"registry import {source} {project.parent / 'bad.json'} {ON} --write{form}")
        assert tree(project) == before
        if source == "litellm":
            assert (done.code, "IMP107" in done.err) == (2, True)
            continue
        assert (done.code, done.err) == (1, "")
        assert "No longer listed" not in done.out
        if form:
            shown = json.loads(done.out)
            assert (shown["rows"], len(shown["quarantined"]), shown["findings"]) == (0, 1, [])
        else:
            assert "Every row was set aside" in done.out


def test_a_row_that_was_set_aside_is_still_listed(project: Path) -> None:
    """Its route is not said to have gone, only because its row could not be read."""
    rows = [{"id": "openai/o4-mini", "provider": "openai", "context_window": n} for n in (1, -1)]
    rows[1]["id"] = "openai/gpt-5-mini"
    (project / "list.json").write_text(json.dumps({"models": rows}), "utf-8")
    shown = json.loads(run(f"registry import opper list.json {ON} --format json").out)
    gone = {f["about"] for f in shown["findings"] if f["change"] == "removed"}
    assert [q["row"] for q in shown["quarantined"]] == ["openai/gpt-5-mini"]
    assert gone
    assert "opper:openai/gpt-5-mini" not in gone


def test_a_wheel_is_read_by_its_hash(project: Path) -> None:
    data = wheel(**{PRICE_MAPS[0]: (CASES / "litellm.json").read_bytes()})
    (project / "litellm.whl").write_bytes(data)
    refusal = run("registry import litellm litellm.whl")
    assert (refusal.code, "IMP303" in refusal.err) == (2, True)
    done = run(f"registry import litellm litellm.whl --sha256 {sha256(data).hexdigest()}")
    assert done.code == 0
    assert "direct-anthropic:claude-sonnet-4-6" in done.out


def test_a_file_may_have_to_have_a_hash() -> None:
    done = run(f"registry import opper {CASES / 'opper.json'} --sha256 {'0' * 64}")
    assert (done.code, "IMP303" in done.err) == (2, True)


def test_comments_are_not_lost(project: Path) -> None:
    command = f"registry import opper {CASES / 'opper.json'} {ON} --write"
    assert run(command).code == 0
    file = project / "data" / "imported-opper.yaml"
    file.write_text(file.read_text().replace("language: 1", "language: 1  # mine", 1))
    before = file.read_bytes()
    done = run(command)
    assert (done.code, "IMP401" in done.err, file.read_bytes()) == (2, True, before)


def test_what_would_not_be_sound_is_not_written(project: Path) -> None:
    (project / "policies" / "taken.yaml").write_text(
        "kind: alias\nid: evroc/north-1\nlanguage: 1\nmodels: [openai/o4-mini]\n"
    )
    before = tree(project)
    done = run(f"registry import opper {CASES / 'opper.json'} {ON} --write")
    assert (done.code, "PRJ402" in done.err) == (2, True)
    assert tree(project) == before


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("registry import opper nowhere.json", "no file"),
        ("registry import opper . ", "no file"),
        (f"registry import opper {CASES / 'opper.json'} --write", "--into"),
        (f"registry import opper {CASES / 'opper.json'} --read-on 2999-01-01", "future"),
        ("registry import nobody x.json", "nobody"),
        ("registry import opper http://gw.example/", "IMP302"),
    ],
)
def test_misuse(command: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(command)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_into_a_folder_without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(f"registry import opper {CASES / 'opper.json'} {ON} --write --into .")
    assert done.code == 0
    assert (tmp_path / "imported-opper.yaml").exists()
