"""Documents added to files, and folders as they were at a revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from policy_router.store import revisions
from policy_router.store.appending import append_document
from policy_router.store.revisions import exported


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "kind: x\n"),
        ("", "kind: x\n"),
        ("# nothing yet", "# nothing yet\n---\nkind: x\n"),
        ("kind: y\n", "kind: y\n---\nkind: x\n"),
        ("kind: y", "kind: y\n---\nkind: x\n"),
    ],
)
def test_a_document_is_added_at_the_end(tmp_path: Path, before: str | None, after: str) -> None:
    file = tmp_path / "new" / "file.yaml"
    if before is not None:
        file.parent.mkdir()
        file.write_text(before, "utf-8")
        file.chmod(0o640)
    append_document(file, "kind: x\n")
    assert file.read_text("utf-8") == after
    assert file.stat().st_mode & 0o777 == (0o644 if before is None else 0o640)
    assert [p.name for p in file.parent.iterdir()] == ["file.yaml"]


def test_what_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("kind: y\n", "utf-8")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "permission denied", str(target), None, str(self))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        append_document(file, "kind: x\n")
    assert file.read_text("utf-8") == "kind: y\n"
    assert [p.name for p in tmp_path.iterdir()] == ["file.yaml"]


# ---- revisions ----------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit of `inner/file`, changed since."""
    folder = tmp_path / "repository"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner/file").write_text("old", "utf-8")
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "begin"]):
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)
    (folder / "inner/file").write_text("new", "utf-8")
    return folder


@pytest.mark.parametrize("below", [".", "inner"])
def test_a_folder_as_it_was(repository: Path, tmp_path: Path, below: str) -> None:
    into = tmp_path / "into"
    into.mkdir()
    assert exported("HEAD", repository / below, into)
    assert [p.read_text("utf-8") for p in into.rglob("file")] == ["old"]


@pytest.mark.parametrize("revision", ["nowhere", "--output=file", "-x", ""])
def test_there_is_no_such_revision(repository: Path, tmp_path: Path, revision: str) -> None:
    into = tmp_path / "into"
    into.mkdir()
    assert not exported(revision, repository, into)
    assert list(into.iterdir()) == []


def test_git_that_takes_too_long(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "_SECONDS", 0)
    with pytest.raises(OSError, match="git took longer"):
        exported("HEAD", repository, tmp_path)
