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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('"no name"', "NAME: error[SCH106]: expected an id"),
        ("shop --data helth", "--data: error[SCH102]: unknown category of data `helth`"),
        ("shop --data personal --regime gdpr", "--regime: error["),
        ('shop --data personal --purpose "to mail"', "--purpose: error[SCH106]"),
        ('shop --tenant "a b" --purpose mail', "--tenant: error[SCH106]"),
        ('shop --environment "a b" --tenant x', "--environment: error[SCH106]"),
        ("shop --may-declare tenant", "--may-declare: error[PRJ412]"),
        ("shop --data personal --may-declare purpose,colour", "--may-declare: error[POL201]"),
    ],
)
def test_what_is_wrong_is_said_of_the_option(project: Path, arguments: str, said: str) -> None:
    done = run(f"caller add {arguments}")
    assert done.code == 2
    assert said in done.err
    assert "callers.yaml" not in done.err, "nothing of it is in a file"
    assert str(project.parent) not in done.err


def test_every_mistake_is_said_at_once(project: Path) -> None:
    del project
    done = run('caller add "no name" --data helth --purpose "to mail"')
    said = [line.partition(":")[0] for line in done.err.splitlines() if "error[" in line]
    assert sorted(said) == ["--data", "--purpose", "NAME"]


# ---- a key for a caller that is there ----


def test_the_caller_of_a_new_project_gets_a_key(project: Path) -> None:
    """The command that `init`, `doctor` and `serve` name is the one that works."""
    command = "policy-router caller key first-app"
    assert command in run("init ../another").out
    assert command in run("doctor").out
    assert command in run("serve").err
    before = load(project=project).loaded.callers["first-app"]
    made = run("caller key first-app")
    assert made.code == 0, made.err
    callers = load(project=project).loaded.callers
    found = caller_of((("x-api-key", _key(made)),), callers.values())
    assert found is not None
    assert (found.id, found.facts, found.may_declare) == (
        "first-app",
        before.facts,
        before.may_declare,
    )


def test_a_key_is_only_replaced_if_that_is_said(project: Path) -> None:
    file = project / "policies" / "callers.yaml"
    first = _key(run("caller key first-app"))
    before = file.read_text("utf-8")
    again = run("caller key first-app")
    assert again.code == 2
    assert "--replace" in again.err
    assert file.read_text("utf-8") == before
    second = _key(run("caller key first-app --replace"))
    after = file.read_text("utf-8")
    assert after == before.replace(
        sha256(first.encode()).hexdigest(), sha256(second.encode()).hexdigest()
    )


def test_a_caller_that_is_there_is_shown_the_way(project: Path) -> None:
    del project
    assert "`policy-router caller key first-app`" in run("caller add first-app").err
    run("caller key first-app")
    assert "`policy-router caller key first-app --replace`" in run("caller add first-app").err


def test_whom_nobody_knows_gets_no_key(project: Path) -> None:
    del project
    assert "did you mean `first-app`?" in run("caller key first-ap").err
    assert "`policy-router caller add shop` adds it" in run("caller key shop").err


FIELD, HASH = "key_sha256", "c" * 64
OTHER = "kind: caller\nid: other\nlanguage: 1\nfacts: {}\n"
SHOP = """kind: caller
id: shop  # ours
language: 1
key_sha256: {hash}   # of last year
facts:
  data: [personal]
"""


@pytest.mark.parametrize(
    "text",
    [
        SHOP.format(hash="'" + "0" * 64 + "'"),
        SHOP.format(hash='"' + "a" * 64 + '"').replace("\n", "\r\n"),
        f"{OTHER}---\n{SHOP.format(hash='f' * 64)}",
        f"---\n# a heading\n{SHOP.format(hash='b' * 64)}---\n{OTHER}",
        f'{{"kind": "caller", "id": "shop", "language": "1", "facts": {{}}, "{FIELD}": "{HASH}"}}',
    ],
)
def test_only_the_hash_changes_however_the_file_is_written(project: Path, text: str) -> None:
    file = project / "policies" / "shop.yaml"
    file.write_bytes(text.encode())
    file.chmod(0o640)
    done = run("caller key shop --replace")
    assert done.code == 0, done.err
    (old,) = re.findall(r"[0-9a-f]{64}", text)
    new = sha256(_key(done).encode()).hexdigest()
    assert re.sub(rf"""["']?{old}["']?""", f'"{new}"', text).encode() == file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o640


def test_where_no_line_can_be_added_nothing_is_written(project: Path) -> None:
    file = project / "policies" / "shop.yaml"
    text = "{kind: caller, id: shop, language: 1, facts: {}}\n"
    file.write_text(text, "utf-8")
    done = run("caller key shop")
    assert (done.code, done.out) == (2, "")
    assert "write each key of caller `shop` on a line of its own" in done.err
    assert file.read_text("utf-8") == text
