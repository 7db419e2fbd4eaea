"""A project says the same from the cache as from its documents, whatever the cache holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from policy_router.language.document import read_documents
from policy_router.store import making, naming
from policy_router.store import project as project_module
from policy_router.store.cache import Cache, users_cache
from policy_router.store.files import SourceText
from policy_router.store.plain import packed
from policy_router.store.project import Loaded, LoadErrors, load_project
from policy_router.store.shipped_facts import Facts, shipped_facts
from tests.house.tree import ROOT

TODAY = date(2026, 11, 22)
PROJECT = """\
kind: project
id: mine
language: 1
documents: [own]
registry: none
gateways: [near]
packs: [{id: gdpr}, {id: house}]
"""
OWN = """\
kind: gateway
id: near
language: 1
title: Our own
type: openai_compatible
base_url: https://near.example/v1
self_hosted: true
---
kind: policy
id: house
language: 1
title: House rules
rules: [{id: quiet, require: {training: prohibited}}]
---
kind: policy
id: spare
language: 1
title: Not in force
rules: [{id: loud, require: {training: prohibited}}]
"""


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name an empty folder of caches."""
    folder = tmp_path / "caches"
    monkeypatch.setenv("POLICY_ROUTER_CACHE", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return folder


def cache() -> Cache:
    """Name the cache in it."""
    found = users_cache(os.environ)
    assert found is not None
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write a project of which one policy is idle, which is warned of."""
    folder = tmp_path / "project"
    (folder / "own").mkdir(parents=True)
    (folder / "policy-router.yaml").write_text(PROJECT, "utf-8")
    (folder / "own" / "house.yaml").write_text(OWN, "utf-8")
    return folder


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the files whose text is parsed."""
    names: list[str] = []

    def noted(name: str, data: bytes) -> object:
        names.append(name)
        return read_documents(name, data)

    for room in (making, naming):
        monkeypatch.setattr(room, "read_documents", noted)
    return names


def loaded(project: Path, today: date = TODAY) -> Loaded:
    return load_project(project, today=today, cache=users_cache(os.environ))


def files(kept: Path) -> set[Path]:
    return set(kept.iterdir()) if kept.is_dir() else set()


def test_the_second_time_no_document_is_read(project: Path, kept: Path, parsed: list[str]) -> None:
    first = loaded(project)
    assert len(files(kept)) == 3
    parsed.clear()
    assert loaded(project) == first
    assert parsed == []


def test_warnings_are_those_of_the_text(project: Path, kept: Path) -> None:
    first, second = loaded(project), loaded(project)
    ((warning,), (again,)) = (first.diagnostics, second.diagnostics)
    assert warning.code == "PRJ413"
    assert again.span == warning.span
    assert again.span.file in second.sources
    assert files(kept)


def test_every_changed_text_is_read_again_whatever_its_age_and_size(
    project: Path, kept: Path
) -> None:
    first = loaded(project)
    for name, before, after in (
        ("own/house.yaml", "House rules", "Horse rules"),
        ("policy-router.yaml", "id: mine", "id: ours"),
    ):
        file = project / name
        about = file.stat()
        text = file.read_text("utf-8")
        file.write_text(text.replace(before, after), "utf-8")
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
        changed = loaded(project)
        assert changed != first
        file.write_text(text, "utf-8")
        assert loaded(project) == first
    assert files(kept)


def test_another_day_and_other_arguments_are_other_loads(project: Path, parsed: list[str]) -> None:
    loaded(project)
    loads: list[Callable[[], Loaded]] = [
        lambda: loaded(project, TODAY + timedelta(days=366)),
        lambda: load_project(project, cache=cache(), today=TODAY, packs=("eu-residency",)),
        lambda: load_project(project, cache=cache(), today=TODAY, all_routes=True),
        lambda: load_project(
            project, cache=cache(), today=TODAY, extra=(project / "own" / "house.yaml",)
        ),
        lambda: load_project(
            project / "own" / ".." / "policy-router.yaml", cache=cache(), today=TODAY
        ),
    ]
    for load in loads:
        before = load()
        parsed.clear()
        assert load() == before
        assert parsed == []
    assert load_project(project, cache=cache(), today=TODAY, all_routes=True) != loaded(project)
    assert load_project(project, cache=cache(), today=TODAY, packs=("eu-residency",)) != loaded(
        project
    )


def test_the_same_texts_under_other_names_are_other_loads(project: Path, tmp_path: Path) -> None:
    first = loaded(project)
    moved = tmp_path / "moved"
    project.rename(moved)
    second = loaded(moved)
    assert second.files != first.files
    assert {span.file for span in (d.span for d in second.diagnostics)} <= set(second.files)


@pytest.mark.parametrize("mistake", ["kind: [", "kind: policy\nid: x\nlanguage: 1\n", "x: 1\n"])
def test_a_project_that_must_not_be_used_is_never_kept(
    project: Path, kept: Path, mistake: str
) -> None:
    (project / "own" / "wrong.yaml").write_text(mistake, "utf-8")
    with pytest.raises(LoadErrors) as first:
        loaded(project)
    about_files = files(kept)
    with pytest.raises(LoadErrors) as second:
        loaded(project)
    assert second.value.diagnostics == first.value.diagnostics
    assert second.value.sources == first.value.sources
    assert files(kept) == about_files
    (project / "own" / "wrong.yaml").unlink()
    assert loaded(project).project is not None


def test_a_project_that_is_right_no_more_is_not_taken_from_the_cache(
    project: Path, kept: Path
) -> None:
    loaded(project)
    (project / "own").rename(project / "gone")
    with pytest.raises(LoadErrors) as caught:
        loaded(project)
    assert {d.code for d in caught.value.diagnostics} >= {"PRJ409"}
    assert files(kept)


def test_what_a_file_would_say_is_not_kept(project: Path, kept: Path) -> None:
    first = loaded(project)
    before = files(kept)
    house = project / "own" / "house.yaml"
    other = OWN.replace("House rules", "Other rules").encode()
    instead = SourceText(str(house), house.resolve(), other)
    assert load_project(project, cache=cache(), today=TODAY, instead=instead) != first
    assert files(kept) == before
    assert loaded(project) == first


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize("spoil", [_cut, _flipped, lambda _: b"", lambda data: data + b" "])
def test_a_spoilt_cache_is_made_again(
    project: Path, kept: Path, spoil: Callable[[bytes], bytes], parsed: list[str]
) -> None:
    first = loaded(project)
    whole = {file: file.read_bytes() for file in files(kept)}
    for file, data in whole.items():
        file.write_bytes(spoil(data))
        assert loaded(project) == first
        assert file.read_bytes() == data
        assert file.stat().st_mode & 0o777 == 0o600
    parsed.clear()
    assert loaded(project) == first
    assert parsed == []


@pytest.mark.parametrize(
    "value", [None, (), ("x",) * 6, (TODAY, 1, 2), ((), "yes"), (None, None, {}, {}, (), ())]
)
def test_another_value_under_the_right_key_is_passed_over(
    project: Path, kept: Path, value: object
) -> None:
    first = loaded(project)
    for file in files(kept):
        data = file.read_bytes()
        cache().write(file.stem, packed(value))
        assert file.read_bytes() != data
        assert loaded(project) == first
        assert file.read_bytes() == data


def test_one_that_goes_on_from_what_is_no_longer_there_is_made_again(
    project: Path, kept: Path
) -> None:
    first = loaded(project)
    for gone in files(kept):
        data = gone.read_bytes()
        gone.unlink()
        assert loaded(project) == first
        assert gone.read_bytes() == data


def test_nothing_is_kept_where_nothing_can_be(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_ROUTER_CACHE", "off")
    first = loaded(project)
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.setenv("POLICY_ROUTER_CACHE", str(tmp_path / "file"))
    assert loaded(project) == loaded(project) == first
    for name in ("POLICY_ROUTER_CACHE", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert loaded(project) == first


def test_another_users_cache_is_passed_over(
    project: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = loaded(project)
    parsed.clear()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert loaded(project) == first
    assert parsed


def test_another_program_reads_the_documents_anew(
    project: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = loaded(project)
    parsed.clear()
    for module in ("project", "shipped_facts"):
        monkeypatch.setattr(f"policy_router.store.{module}.program", lambda: b"another")
    assert loaded(project) == first
    assert parsed


def test_the_bytes_that_were_read_are_those_it_is_kept_under(
    project: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes while it is being loaded is never kept under its later text."""
    house = project / "own" / "house.yaml"
    first = loaded(project)
    for file in files(kept):
        file.unlink()

    def changing(*arguments: Any) -> Facts | None:  # noqa: ANN401 - passed on as they are
        house.write_text(OWN.replace("House rules", "Horse rules"), "utf-8")
        return shipped_facts(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(project_module, "shipped_facts", changing)
        assert loaded(project) == first
    assert loaded(project).snapshot.policies != first.snapshot.policies
    house.write_text(OWN, "utf-8")
    assert loaded(project) == first


DECIDE = [sys.executable, "-X", "importtime", "-m", "policy_router", "decide", "--data", "personal"]
NOON = ("--at", "2026-11-22T12:00Z", "--format", "json")
SLOW = ("pydantic", "yaml", "jsonschema", "referencing", "policy_router.store.making")


def test_a_decision_from_the_cache_needs_no_reader_of_documents(tmp_path: Path) -> None:
    environment = os.environ | {"POLICY_ROUTER_CACHE": str(tmp_path / "caches")}
    command = [*DECIDE, *NOON, "--config", str(ROOT / "examples" / "organisation")]
    runs = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    at_once = [run.communicate() for run in runs]
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    imported = {line.rpartition("|")[2].strip() for line in again.stderr.splitlines()}
    assert [name for name in SLOW if name in imported] == []
    assert "policy_router.store.project" in imported
    assert len({again.stdout, *(out for out, _ in at_once)}) == 1
    assert '"outcome"' in again.stdout
