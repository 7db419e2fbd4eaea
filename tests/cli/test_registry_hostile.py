"""What documents and gateways say acts on no terminal and no spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from policy_router.report.visible import escaped, width
from tests.cli.registries import fine, new_project
from tests.cli.running import AT, run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    return new_project(tmp_path / "project", monkeypatch)


HOSTILE = "=HYPERLINK(A1) [2J <b>|漢字 \U0001f4a9 e\u0301 `x`"
LONGEST = 110
"""Columns of a line: a table of words that cannot be broken may be a little wider than 100."""
OWN = f"""
kind: gateway
id: own
language: 1
title: "{HOSTILE}"
type: openai_compatible
base_url: https://own.example/v1
---
kind: provider
id: own-servers
language: 1
title: "{HOSTILE}"
covers: [own/one]
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: "{HOSTILE}", read_on: 2026-11-01}}
claims:
  training: {{value: prohibited, source: page, note: "{HOSTILE}"}}
---
kind: model
id: own/one
language: 1
title: "{HOSTILE}"
maker: own
context_window: 1000
max_output_tokens: 1000
source: page
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: "{HOSTILE}", read_on: 2026-11-01}}
---
kind: route
id: "own:one"
language: 1
model: own/one
gateway: own
provider: own-servers
address: "{HOSTILE}"
stage: ga
"""


@pytest.mark.parametrize(
    "command",
    [
        "show own/one",
        "compare own/one openai/o4-mini",
        "evidence own/one",
        "evidence own/one --format csv",
        "list --where '{route: own*}' --format csv",
        "stale --within 900d",
        "stale --within 900d --format csv",
        "diff shipped .",
        "diff shipped . --format csv",
    ],
)
def test_what_documents_say_acts_on_no_terminal_and_no_spreadsheet(
    project: Path, command: str
) -> None:
    (project / "contracts/own.yaml").write_text(OWN, "utf-8")
    file = project / "policy-router.yaml"
    file.write_text(file.read_text("utf-8").replace("gateways: [", "gateways: [own, "), "utf-8")
    done = fine(f"{command} --at {AT}")
    assert done.out == "\n".join(map(escaped, done.out.split("\n")))
    if command.endswith("csv"):
        assert not formulas(done.out)
    else:
        assert max(map(width, done.lines)) <= LONGEST


def formulas(text: str) -> list[str]:
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("form", ["text", "csv"])
def test_what_a_gateway_says_acts_on_no_terminal_and_no_spreadsheet(
    tmp_path: Path, form: str
) -> None:
    said = "=1+1\x1b[2J\u202e"
    policy = {"allowed": False, "blocked_by": said, "reason": said}
    rows = [
        {"id": "openai/o4-mini", "policy": policy},
        {"id": said, "policy": {"allowed": True}},
    ]
    file = tmp_path / "verdicts.json"
    file.write_text(json.dumps({"data": rows}), "utf-8")
    done = run(f"registry reconcile {file} --scenario public-text --policy gdpr --format {form}")
    aside = "1 row is set aside: see the report as text or JSON\n" if form == "csv" else ""
    assert (done.code, done.err) == (1, aside)
    assert "=1+1\\u{1b}[2J\\u{202e}" in done.out
    assert done.out == "\n".join(map(escaped, done.out.split("\n")))
    if form == "csv":
        assert not formulas(done.out)
