"""Exit codes and messages: 0 permitted or fine, 1 denied or failed, 2 misuse or broken."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.running import AT, Done, run
from tests.house.tree import ROOT

PUBLIC = f"decide --policy gdpr --model openai/o4-mini --data non_personal --at {AT}"
PERSONAL = f"decide --policy gdpr --model openai/o4-mini --data personal --at {AT}"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(done: Done, *parts: str) -> None:
    """Expect misuse or broken documents, said in our words on standard error."""
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert [part for part in parts if part not in done.err] == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (PUBLIC, 0),
        (PERSONAL, 1),
        (PUBLIC.replace("decide", "explain"), 0),
        (PERSONAL.replace("decide", "explain"), 1),
        (f"why openai/o4-mini --data non_personal --at {AT}", 0),
        (f"why openai/o4-mini --data personal --at {AT}", 1),
        (f"audit --policy gdpr --model openai/o4-mini --at {AT}", 0),
        (f"gaps --policy gdpr --model openai/o4-mini --at {AT}", 0),
        ("check --policy gdpr", 0),
        (f"doctor --policy gdpr --at {AT}", 0),
        ("version", 0),
        ("--version", 0),
        ("schema policy", 0),
        ("completion zsh", 0),
    ],
)
def test_exit_code(command: str, code: int) -> None:
    done = run(command)
    assert (done.code, done.err) == (code, "")


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        ("decide --model openai/o4-mini", ["no project", "policy-router init", "--policy gdpr"]),
        (f"{PUBLIC} --polcy x", ["no such option `--polcy`", "decide --help"]),
        ("decid", ["there is no command `decid`", "did you mean `decide`?"]),
        (
            "decide --policy gdp",
            ["--policy: error[PRJ403]: unknown pack `gdp`", "did you mean `gdpr`"],
        ),
        (
            "decide --policy gdpr --data helth",
            ["--data: error[", "`helth`", "did you mean `health`"],
        ),
        ("decide --policy gdpr --regime gdpr", ["--regime: error[", "`gdpr`"]),
        ("decide --policy gdpr --subject-location UK", ["--subject-location: error[", "`GB`"]),
        ("decide --policy gdpr --at 2026-11-22", ["`2026-11-22` is not an instant", "zone"]),
        ("decide --policy gdpr --at 2026-11-22T12:00:00", ["is not an instant"]),
        ("decide --policy gdpr --label x", ["`x` is not a label", "key=value"]),
        ("decide --policy gdpr --tokens-in -1", ["--tokens-in"]),
        ("decide --policy gdpr --request none.yaml", ["no file or folder `none.yaml`"]),
        ("decide --config none.yaml", ["`none.yaml`"]),
        ("explain --policy gdpr --data personal --route x", ["`x` is not a candidate"]),
        ("audit --policy gdpr --scenario helth-data", ["did you mean `health-data`?"]),
        ("audit --policy gdpr --provider opena", ["`opena`", "did you mean `openai`?"]),
        ("test", []),
        ("schema polcy", ["there is no schema `polcy`", "did you mean `policy`?"]),
        ("completion powershell", ["powershell"]),
        ("gaps --policy gdpr --model o4-mini", ["--model", "did you mean `openai/o4-mini`?"]),
        ("test --policy gdp", ["no suite of `gdp`", "did you mean `gdpr`?"]),
        ("decide a/b --model a/b --policy gdpr", ["the model is named twice"]),
    ],
)
def test_misuse(command: str, parts: list[str], nowhere: Path) -> None:
    if command == "test":
        command, parts = f"test {nowhere}", ["there is no suite here"]
    refused(run(command), *parts)


def test_broken_documents_are_all_shown_with_their_lines(nowhere: Path) -> None:
    file = nowhere / "policy-router.yaml"
    file.write_text(
        "kind: project\nid: broken\nlanguage: 1\npacks: [{id: gdp}]\ngateways: [oper]\n", "utf-8"
    )
    for command in ("decide", "check", "audit", "gaps", "doctor", "why openai/o4-mini"):
        done = run(command)
        text = done.out if command == "check" else done.err
        assert done.code == 2
        assert "policy-router.yaml:4:14: error[PRJ403]: unknown pack `gdp`" in text
        assert "  4 | packs: [{id: gdp}]\n" in text
        assert "help: did you mean `gdpr`?" in text
        assert "did you mean `opper`?" in text
        assert "2 errors in 1 file" in text


def test_a_suite_that_fails_says_where_and_what_differs(nowhere: Path) -> None:
    (nowhere / "suite.yaml").write_text(
        f"kind: suite\nid: wrong\nlanguage: 1\nat: {AT}\npolicies: [gdpr]\ncases:\n"
        "  - id: hoped-for\n"
        "    request: {model: 'opper:openai/o4-mini', data: [personal], regime: [eu_gdpr]}\n"
        "    expect: {outcome: permitted}\n"
        "  - id: other-rule\n"
        "    request: {model: 'opper:openai/o4-mini', data: [personal], regime: [eu_gdpr]}\n"
        "    expect: {outcome: denied, fails: [gdpr/no-training]}\n",
        "utf-8",
    )
    done = run("test .")
    assert (done.code, done.err) == (1, "")
    assert done.lines[0] == "FAILED  wrong: 0 of 2 passed"
    assert done.lines[1] == "  suite.yaml:7: hoped-for"
    assert "    outcome: expected permitted, found refused" in done.lines
    assert "    fails: expected gdpr/no-training, found pass" in done.lines
    assert done.lines[-1] == "2 cases, 2 failures"


def test_strict_makes_warnings_count(nowhere: Path) -> None:
    (nowhere / "policy-router.yaml").write_text(
        "kind: project\nid: idle\nlanguage: 1\npacks: [{id: gdpr}]\ndocuments: [own.yaml]\n"
        "gateways: [opper]\n",
        "utf-8",
    )
    (nowhere / "own.yaml").write_text(
        "kind: policy\nid: own\nlanguage: 1\nversion: 1\ntitle: Own\nrules:\n"
        "  - {id: any, when: {}, require: {stage: ga}}\n",
        "utf-8",
    )
    assert run("check").code == 0
    assert run("check --strict").code == 1
    assert "warning" in run("check").out
    assert "1 warning in the documents" in run(PUBLIC).err


def test_a_defect_is_no_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom\x1b[31m")

    monkeypatch.setattr("policy_router.service.pdp.Engine", fail)
    done = run(PUBLIC)
    refused(done, "a defect of this program", "RuntimeError", "boom\\u{1b}")
    assert "\x1b" not in done.err


def test_init_never_overwrites(nowhere: Path) -> None:
    (nowhere / "suite.yaml").write_text("mine", "utf-8")
    refused(run("init"), "nothing was written", "`suite.yaml`")
    assert sorted(path.name for path in nowhere.iterdir()) == ["suite.yaml"]
    assert (nowhere / "suite.yaml").read_text("utf-8") == "mine"


def test_init_keeps_keys_and_the_log_out_of_a_repository(nowhere: Path) -> None:
    assert run("init").code == 0
    subprocess.run(["git", "init", "-q", "."], cwd=nowhere, check=True)
    (nowhere / "var" / "log").mkdir(parents=True)
    for name in ("log.pem", "gateway.key", ".env", "var/log/00000000.jsonl"):
        (nowhere / name).write_text("secret", "utf-8")
    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=nowhere, check=True, capture_output=True, text=True)
    found = done.stdout.split()
    assert {"policy-router.yaml", "policies/callers.yaml", ".gitignore"} <= set(found)
    assert not [name for name in found if name.endswith((".pem", ".key", ".env", ".jsonl"))]


def test_init_leaves_what_is_ignored_already_as_it_is(nowhere: Path) -> None:
    (nowhere / ".gitignore").write_text("mine", "utf-8")
    done = run("init")
    assert done.code == 0
    assert (nowhere / ".gitignore").read_text("utf-8") == "mine"
    assert "`.gitignore` was left as it is: keep `*.pem`" in done.err


def test_the_repository_is_no_project() -> None:
    assert not (ROOT / "policy-router.yaml").exists()
