"""The page about contracts and assessments: every document loads and does what the page says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from policy_router.store import gathering
from tests.cli.running import run
from tests.docs.project_pages import Shown, Step, Written, steps
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "recording-contracts.md"
STEPS = steps(PAGE)
LAW = "data/territories/adequacy-eu-gdpr.yaml"
ON_THE_FRAMEWORK = (
    "why example-models/writer --data personal --subjects customers --regime eu_gdpr --at "
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project that the page begins with, as the current folder."""
    monkeypatch.chdir(tmp_path)
    assert run("init mail-desk").code == 0
    monkeypatch.chdir(tmp_path / "mail-desk")
    return tmp_path / "mail-desk"


def test_documents_change_the_answers_as_the_page_says(project: Path) -> None:
    for written, shown in _lessons(STEPS):
        before = {w.file: _text(project / w.file) for w in written}
        _write(project, written)
        assert run("test").code == 0, "a suite of the page does not hold what the page records"
        assert [s.command for s in shown if not s.holds()] == []
        for document in written:
            _restore(project / document.file, before[document.file])
            assert not all(s.holds() for s in shown), f"{document.file} changes nothing"
            _write(project, [document])


def test_every_route_that_the_page_records_takes_calls(project: Path) -> None:
    """Its limits are stated: without them `check` says that no call fits."""
    _write(project, [step for step in STEPS if isinstance(step, Written)])
    assert "REG315" not in run("check").out
    file = project / "contracts" / "example-models.yaml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "context_window" not in line), "utf-8")
    assert "REG315" in run("check").out


def test_the_line_that_suspends_a_decision_takes_effect_on_its_day(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(project, [step for step in STEPS if isinstance(step, Written)])
    monkeypatch.setattr(gathering, "shipped_root", lambda: tmp_path)
    for folder in ("data", "policies"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    assert run(ON_THE_FRAMEWORK + "2026-11-20T00:00:00Z").code == 0
    _suspend(tmp_path / LAW)
    assert run(ON_THE_FRAMEWORK + "2026-11-19T23:59:59Z").code == 0
    assert run(ON_THE_FRAMEWORK + "2026-11-20T00:00:00Z").code == 1


def test_a_project_cannot_suspend_a_decision(project: Path) -> None:
    copied = project / "contracts" / "law.yaml"
    shutil.copy(ROOT / LAW, copied)
    _suspend(copied)
    done = run("check")
    assert done.code == 2
    assert "adequacy `eu-us-dpf` is described twice, and differently" in done.out + done.err


def test_unverified_statements_are_refused_as_the_page_says(project: Path) -> None:
    _write(project, [step for step in STEPS if isinstance(step, Written)])
    file = project / "contracts" / "example-models-statements.yaml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(at for at in lines if "verified_" not in at), "utf-8")
    done = run(f"{ON_THE_FRAMEWORK}2026-11-22T12:00:00Z --policy checked")
    assert done.code == 1
    assert "verified what is recorded" in done.out


def _lessons(course: Sequence[Step]) -> list[tuple[list[Written], tuple[Shown, ...]]]:
    """What is written before each block of commands, with these commands; the way in left out."""
    lessons: list[tuple[list[Written], tuple[Shown, ...]]] = []
    waiting: list[Written] = []
    for step in course[1:]:
        if isinstance(step, Written):
            waiting.append(step)
        else:
            lessons.append((waiting, step))
            waiting = []
    assert len(lessons) > 10
    assert waiting == []
    return lessons


def _suspend(file: Path) -> None:
    """Add the line that the page shows to the decision it names."""
    line = PAGE.read_text("utf-8").partition("```yaml line\n")[2].partition("```")[0]
    named = "id: eu-us-dpf\n"
    text = file.read_text("utf-8")
    assert line.startswith("suspended_from: ")
    assert text.count(named) == 1
    file.write_text(text.replace(named, named + line), "utf-8")


def _text(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


def _restore(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink()
    else:
        file.write_text(text, "utf-8")


def _write(project: Path, documents: Sequence[Written]) -> None:
    for document in documents:
        (project / document.file).write_text(document.text, "utf-8")
