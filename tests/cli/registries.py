"""What the tests of `registry` share: a project, commands that work, tables read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.running import Done, run
from tests.house.tree import ROOT

VERDICTS = ROOT / "tests/cli/projects/verdicts.json"
PAGE = "--by 'data protection officer' --source https://page.example --on 2026-11-22"


def new_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a project with a gateway's verdicts beside it, and make its folder the current one."""
    assert run(f"init {folder} --example").code == 0
    monkeypatch.chdir(folder)
    (folder / "verdicts.json").write_text(VERDICTS.read_text("utf-8"), "utf-8")
    return folder


def fine(command: str) -> Done:
    """Run a command of the group, without a word on standard error."""
    done = run(f"registry {command}")
    assert (done.code, done.err) == (0, "")
    return done


def rows(text: str) -> list[dict[str, str]]:
    """A CSV by its titles."""
    return list(csv.DictReader(io.StringIO(text)))
