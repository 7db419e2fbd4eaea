"""Changes of a project's files are seen, and nothing else is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_router import load
from policy_router.store.described import Project
from policy_router.store.watching import Seen, seen
from tests.pep.world import build


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a file and a folder of documents."""
    build(tmp_path)
    (tmp_path / "more" / "inside").mkdir(parents=True)
    (tmp_path / "more" / "inside" / "alias.yml").write_text(
        "kind: alias\nid: a\nlanguage: 1\ntitle: A\nmodels: [maker/allowed]\n", "utf-8"
    )
    file = tmp_path / "policy-router.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("[documents.yaml]", "[documents.yaml, more]"), "utf-8")
    found = load(project=tmp_path).loaded.project
    assert found is not None
    return found


def _after(project: Project, file: Path, text: str) -> tuple[Seen, Seen]:
    before = seen(project)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return before, seen(project)


@pytest.mark.parametrize(
    "name", ["policy-router.yaml", "documents.yaml", "more/inside/alias.yml", "more/new.yaml"]
)
def test_a_change_of_a_document_is_seen(project: Project, name: str) -> None:
    before, after = _after(project, project.file.parent / name, "kind: x\n")
    assert before != after


@pytest.mark.parametrize("name", ["notes.yaml", "more/notes.txt", "var/log/00000001.jsonl"])
def test_a_change_beside_them_is_not(project: Project, name: str) -> None:
    before, after = _after(project, project.file.parent / name, "kind: x\n")
    assert before == after


def test_a_change_of_the_same_length_is_seen_by_its_time(project: Project) -> None:
    before, file = seen(project), project.file.parent / "documents.yaml"
    about = file.stat()
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns + 1))
    assert seen(project) != before


def test_a_file_that_goes_is_seen_and_no_error(project: Project) -> None:
    before = seen(project)
    (project.file.parent / "more" / "inside" / "alias.yml").unlink()
    (project.file.parent / "more" / "gone.yaml").symlink_to("nowhere")
    after = seen(project)
    assert len(after) == len(before) - 1
