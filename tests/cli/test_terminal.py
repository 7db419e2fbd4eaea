"""What goes to a terminal, a pipe or a spreadsheet; real processes where it matters."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import AT, run
from tests.house.tree import ROOT

PROGRAM = Path(sys.executable).parent / "policy-router"
ORGANISATION = f"--config {ROOT}/examples/organisation --at {AT}"

HOSTILE_PROJECT = """\
kind: project
id: hostile
language: 1
title: "\\u200bowned"
packs: [{id: own}]
documents: [own.yaml]
gateways: [own]
registry: none
"""
HOSTILE = """\
kind: policy
id: own
language: 1
version: 1
title: "\\u200bred"
rules:
  - id: no-training
    title: "=cmd|' /C calc'!A0 \\u200b"
    when: {}
    require: {training: prohibited}
    cites: ["\\u200bArt. 1", "@SUM(1)"]
---
kind: gateway
id: own
language: 1
title: "+1\\u200b"
type: direct
base_url: https://llm.own.example/v1
---
kind: provider
id: own-provider
language: 1
title: "\\u200b=1+1"
operator: own
covers: [own/model]
sources:
  page: {kind: provider_docs, basis: public_terms, reference: "\\u200b=x", read_on: 2026-01-01}
claims:
  training: {value: used, source: page, note: "\\u200bblink"}
---
kind: model
id: own/model
language: 1
title: Own
---
kind: route
id: own:model
language: 1
title: Own
model: own/model
gateway: own
provider: own-provider
address: own-model
stage: ga
---
kind: scenario
id: any
language: 1
title: "=HYPERLINK(1) \\u200b"
text: "\\u200b"
request: {data: [non_personal], labels: {team: "\\u200b"}}
"""


def command(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed program in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NO_COLOR", "PYTHONIO"))}
    return subprocess.run(
        [PROGRAM, *shlex.split(line)],
        check=False,
        capture_output=True,
        env={**kept, **environment},
        timeout=60,
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project whose texts try to act on whatever shows them, as far as reading lets them in."""
    (tmp_path / "policy-router.yaml").write_text(HOSTILE_PROJECT, "utf-8")
    (tmp_path / "own.yaml").write_text(HOSTILE, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "decide --model own/model --data non_personal",
        "decide --model own:model --data non_personal --label 'x=\x1b[31m'",
        "explain --model own/model --data non_personal",
        "why own/model --data non_personal",
        "audit --detail",
        "audit --format markdown --detail",
        "audit --format csv",
        "gaps",
        "gaps --format csv",
        "check",
        "doctor",
    ],
)
def test_no_text_acts_on_a_terminal(line: str, hostile: Path) -> None:
    at = "" if line == "check" else f" --at {AT}"
    done = run(f"{line} --config {hostile}{at}")
    assert done.code in {0, 1}, done.err
    shown = done.out + done.err
    assert not any(c in shown for c in "\x1b\a\u200b")


@pytest.mark.parametrize("line", ["audit --format csv", "gaps --format csv"])
def test_no_cell_is_a_formula(line: str, hostile: Path) -> None:
    rows = list(csv.reader(io.StringIO(run(f"{line} --config {hostile} --at {AT}").out)))
    assert len(rows) > 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


def test_a_name_that_acts_on_a_terminal_is_no_name() -> None:
    done = run("why 'own/\x1b[31mmodel'")
    assert done.code == 2
    assert done.err.startswith("MODEL: error[")
    assert "\x1b" not in done.err


def test_a_pipe_that_closes_early_is_no_failure() -> None:
    line = f"{shlex.quote(str(PROGRAM))} audit {ORGANISATION} --format csv | head -n 1"
    done = subprocess.run(["bash", "-c", line], check=False, capture_output=True, timeout=60)
    assert done.stdout.startswith(b"scenario,route,")
    assert done.stderr == b""


def test_piped_output_is_plain_and_fits_any_encoding(hostile: Path) -> None:
    (hostile / "own.yaml").write_text(HOSTILE.replace("=cmd", "größer"), "utf-8")
    line = f"explain --config {hostile} --model own/model --data non_personal --at {AT}"
    for encoding in ("utf-8", "ascii"):
        done = command(line, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode == 1, done.stderr
        assert done.stdout.isascii() == (encoding == "ascii")
        assert b"Traceback" not in done.stderr


def on_a_terminal(line: str, **environment: str) -> str:
    """What the program writes where standard output is a terminal of 80 columns."""
    master, slave = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    process = subprocess.Popen(
        [PROGRAM, *shlex.split(line)],
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env={**kept, "TERM": "xterm", "COLUMNS": "80", "LANG": "C.UTF-8", **environment},
    )
    os.close(slave)
    shown = b""
    try:
        while part := os.read(master, 65536):
            shown += part
    except OSError:  # the terminal of a process that has ended
        pass
    finally:
        os.close(master)
        process.wait(timeout=60)
    return shown.decode()


def test_a_person_sees_colours_and_lines_that_fit() -> None:
    line = f"audit {ORGANISATION} --model openai/o4-mini"
    shown = on_a_terminal(line)
    assert "\x1b[1m" in shown
    assert "─" in shown
    plain = on_a_terminal(line, NO_COLOR="1")
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 80
    assert on_a_terminal(line, TERM="dumb").isascii()


def test_keys_are_found_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-very-secret-0123456789"  # noqa: S105 - shown nowhere is the point
    monkeypatch.delenv("OPPER_API_KEY", raising=False)
    without = run(f"doctor {ORGANISATION}")
    assert "`export OPPER_API_KEY=...`" in without.out
    monkeypatch.setenv("OPPER_API_KEY", secret)
    with_key = run(f"doctor {ORGANISATION}")
    assert "opper`: https://api.opper.ai/v3/compat, key present" in with_key.out
    as_json = run(f"doctor {ORGANISATION} --format json")
    assert secret not in with_key.out + with_key.err + as_json.out + as_json.err
    checks = {c["about"]: c["state"] for c in json.loads(as_json.out)}
    assert checks["gateway `opper`"] == "fine"
    assert checks["gateway `inhouse`"] == "note"


def test_a_project_that_cannot_work_is_not_ready() -> None:
    done = run(f"doctor --config {ROOT}/tests/cli/projects/elsewhere.yaml --at {AT}")
    assert done.code == 1
    assert "wrong  routes: none within reach" in done.lines
    assert done.lines[-1] == "1 thing to put right, 1 note"


def test_what_ends_soon_is_noted() -> None:
    for at, words in (
        ("2026-11-22T12:00:00Z", "agreement `openai-dpa`: ends on 2027-01-14"),
        ("2027-01-15T00:00:00Z", "agreement `openai-dpa`: ended on 2027-01-14"),
    ):
        lines = run(f"doctor --config {ROOT}/examples/organisation --at {at}").lines
        assert f"note   {words}" in lines
    early = run(f"doctor --config {ROOT}/examples/organisation --at 2026-06-01T00:00:00Z")
    assert "openai-dpa" not in early.out


def test_a_key_in_a_file_is_looked_for_beside_the_project(hostile: Path) -> None:
    keyed = HOSTILE.replace("type: direct\n", "type: direct\nkey: {file: secrets/key.txt}\n")
    (hostile / "own.yaml").write_text(keyed, "utf-8")
    assert "put the key into" in run(f"doctor --config {hostile} --at {AT}").out
    (hostile / "secrets").mkdir()
    (hostile / "secrets" / "key.txt").write_text("secret", "utf-8")
    done = run(f"doctor --config {hostile} --at {AT}")
    assert "key present" in done.out
    assert "secret\n" not in done.out


def test_completion_offers_categories_packs_and_models() -> None:
    for words, cword, wanted in (
        ("policy-router decide --data personal,he", "3", b"personal,health"),
        ("policy-router decide --policy eu", "3", b"eu-residency"),
        ("policy-router why openai/o4", "2", b"openai/o4-mini"),
        ("policy-router ex", "1", b"explain"),
    ):
        done = command(
            "", _POLICY_ROUTER_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=cword
        )
        assert wanted in done.stdout
