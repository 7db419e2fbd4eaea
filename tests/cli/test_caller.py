"""`caller add`: a document that loads, a key that is shown once, and nothing by halves."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from policy_router import Request, load
from policy_router.enforcement.callers import caller_of
from tests.cli.running import Done, run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    folder = tmp_path / "project"
    assert run(f"init {folder} --example").code == 0
    monkeypatch.chdir(folder)
    return folder


def _key(done: Done) -> str:
    (found,) = re.findall(r"^  (pr-\S{40,})$", done.out, re.MULTILINE)
    return str(found)


def test_whoever_has_the_key_is_the_caller_with_these_facts(project: Path) -> None:
    added = run("caller add shop --data personal,child --regime eu_gdpr --may-declare purpose")
    assert added.code == 0, added.err
    callers = load(project=project).loaded.callers
    found = caller_of((("authorization", f"Bearer {_key(added)}"),), callers.values())
    assert found is not None
    assert found.id == "shop"
    stated = Request(data=["personal", "child"], regime=["eu_gdpr"]).facts()
    assert {n: f.members for n, f in found.facts.sets.items() if f.members} == {
        n: stated.sets[n].members for n in ("data", "regime")
    }
    assert found.may_declare == {"purpose"}


def test_the_file_holds_the_hash_and_what_was_there_before(project: Path) -> None:
    file = project / "policies" / "callers.yaml"
    before = file.read_text("utf-8")
    key = _key(run("caller add shop --data non_personal --tenant retail --environment test"))
    after = file.read_text("utf-8")
    assert after.startswith(before)
    assert key not in after
    assert sha256(key.encode()).hexdigest() in after


def test_keys_differ(project: Path) -> None:
    del project
    assert _key(run("caller add one --data personal")) != _key(
        run("caller add two --data personal")
    )


def test_a_file_of_its_own_can_be_named(project: Path) -> None:
    file = project / "policies" / "shop.yaml"
    assert run(f"caller add shop --data personal --into {file}").code == 0
    assert "shop" in load(project=project).loaded.callers


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("first-app --data personal", "first-app"),
        ("shop --data helth", "helth"),
        ("shop --may-declare colour", "colour"),
        ('"no name" --data personal', "no name"),
    ],
)
def test_what_would_not_load_is_not_written(project: Path, arguments: str, why: str) -> None:
    file = project / "policies" / "callers.yaml"
    before = file.read_text("utf-8")
    done = run(f"caller add {arguments}")
    assert done.code == 2
    assert why in done.err
    assert "pr-" not in done.out
    assert file.read_text("utf-8") == before


def test_without_a_project_there_is_nowhere_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("caller add shop --data personal")
    assert done.code == 2
    assert "there is none here" in done.err
    assert list(tmp_path.iterdir()) == []


def test_where_no_folder_is_named_a_file_has_to_be(project: Path) -> None:
    file = project / "policy-router.yaml"
    text = re.sub(r"(?m)^documents:.*$", "documents: [policies/callers.yaml]", file.read_text())
    file.write_text(text, "utf-8")
    done = run("caller add shop --data personal")
    assert done.code == 2
    assert "--into FILE" in done.err


def test_a_file_that_the_project_does_not_read_lets_nobody_in(project: Path) -> None:
    done = run("caller add shop --data personal --into ../outside.yaml")
    assert (done.code, done.out) == (2, "")
    assert "not among the documents" in done.err
    assert not (project.parent / "outside.yaml").exists()
