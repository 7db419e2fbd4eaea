"""Every file of tests/cases/documents gives the diagnostics written beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policy_router.domain.diagnostic import Diagnostic
from policy_router.language import document
from policy_router.language.document import read_documents
from policy_router.report.diagnostics import render_text

CASES = Path(__file__).resolve().parents[2] / "cases" / "documents"
FILES = sorted(CASES.glob("*.yaml"))


def _report(path: Path) -> str:
    data = path.read_bytes()
    _, diagnostics = read_documents(path.name, data)
    return render_text(diagnostics, {path.name: data.decode()})


def test_there_are_cases() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_case(path: Path, pytestconfig: pytest.Config) -> None:
    expected = path.with_suffix(".txt")
    if pytestconfig.getoption("--update-cases"):
        expected.write_text(_report(path), "utf-8")
    assert _report(path) == expected.read_text("utf-8")


# PyYAML's own parser allows no tab after a colon, libyaml does
ALIKE = [path for path in FILES if path.stem != "tab-between"]


@pytest.mark.parametrize("path", ALIKE, ids=lambda path: path.stem)
def test_parser_without_libyaml_finds_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, by_libyaml = read_documents(path.name, path.read_bytes())
    monkeypatch.setattr(document, "_LOADER", yaml.BaseLoader)
    _, by_python = read_documents(path.name, path.read_bytes())
    assert [_essence(d) for d in by_python] == [_essence(d) for d in by_libyaml]


def _essence(diagnostic: Diagnostic) -> tuple[str, str, int]:
    return diagnostic.code, diagnostic.message, diagnostic.span.line
