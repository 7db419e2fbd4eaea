"""Every file of tests/cases/diagnostics gives the diagnostics written beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policy_router.domain.codes import FAMILIES
from policy_router.report.diagnostics import render_text
from policy_router.store.project import LoadErrors, load_project

CASES = Path(__file__).resolve().parents[2] / "cases" / "diagnostics"
FILES = sorted(CASES.glob("*.yaml"))
WITHOUT_DOCUMENTS = ["PRJ415", *(f"PRJ{number}" for number in range(420, 427))]
"""About a load that names nothing, the machine, and what runs: `tests/unit/store`, `tests/pep`."""
ELSEWHERE = {"DOC", "IMP", "LNT", "ALR", "LOG", "RPL"}
"""Families with cases of their own: `documents`, `imports`."""
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _beside_the_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages call a file as the caller does: by its name alone here."""
    monkeypatch.chdir(CASES)


def _report(file: Path) -> str:
    path = Path(file.name)
    is_project = "kind: project\n" in file.read_text("utf-8")
    project, extra = (path, ()) if is_project else (None, (path,))
    try:
        loaded = load_project(project, today=TODAY, shipped=False, extra=extra)
    except LoadErrors as errors:
        return render_text(errors.diagnostics, errors.sources)
    return render_text(loaded.diagnostics, loaded.sources)


def test_there_are_cases() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_case(file: Path, pytestconfig: pytest.Config) -> None:
    expected = file.with_suffix(".txt")
    if pytestconfig.getoption("--update-cases"):
        expected.write_text(_report(file), "utf-8")
    assert _report(file) == expected.read_text("utf-8")


def test_every_code_of_what_documents_say_has_a_case() -> None:
    reports = "".join(file.with_suffix(".txt").read_text("utf-8") for file in FILES)
    codes = [
        code.id for name, family in FAMILIES.items() if name not in ELSEWHERE for code in family
    ]
    assert [code for code in codes if f"[{code}]" not in reports] == WITHOUT_DOCUMENTS
