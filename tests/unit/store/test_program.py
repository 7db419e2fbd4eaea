"""What is kept is kept for the program that made it, and for the libraries it read with."""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_router.store import program as subject
from tests.house.tree import ROOT

_PINNED = {"pydantic_core"}
"""Libraries of which another one names the exact version."""
_READS_NOTHING = {"httpx", "ibis", "pyarrow", "pyspark"}
"""What only brings texts here, and what reads or writes no documents but tables of calls."""


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    subject.program.cache_clear()
    subject.build.cache_clear()
    yield
    subject.program.cache_clear()
    subject.build.cache_clear()


def test_another_version_of_a_library_is_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "reading_yaml"
    library.mkdir()
    (library / "__init__.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(subject, "_READERS", (("reading_yaml", "version.py"),))
    seen = []
    for version in ("1", "2", "1"):
        (library / "version.py").write_text(f"VERSION = {version}\n")
        subject.program.cache_clear()
        seen.append(subject.program())
    assert seen[0] == seen[2] != seen[1]
    assert "reading_yaml" not in sys.modules


def test_any_code_that_decides_is_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = {*subject._DECIDING, "audit"}
    for room in rooms:
        shutil.copytree(subject._PACKAGE / room, tmp_path / room)
    monkeypatch.setattr(subject, "_PACKAGE", tmp_path)
    subject.build.cache_clear()
    seen = {subject.build()}
    for name in ("engine/reference.py", "registry/signoffs.py", "domain/release.py",
                 "audit/withheld.py", "language/resolve.py", "compiler/bind.py"):  # fmt: skip
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("# another\n")
        subject.build.cache_clear()
        seen.add(subject.build())
    assert len(seen) == 7
    with (tmp_path / "audit/gaps.py").open("a", encoding="utf-8") as file:
        file.write("# no decision\n")
    subject.build.cache_clear()
    assert subject.build() in seen


def test_another_python_is_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    before = subject.program()
    subject.program.cache_clear()
    monkeypatch.setattr(sys, "version", "3.99")
    assert subject.program() != before


def test_every_library_the_rooms_read_with_counts() -> None:
    """A library that a room begins to use has to be named, or its next version changes nothing."""
    used = {name for room in subject._ROOMS for name in _imported(room)}
    named = {library for library, _ in subject._READERS}
    assert used - _PINNED - _READS_NOTHING == named
    assert [file.is_file() for _, file in subject._versions()] == [True] * len(named)


def _imported(room: str) -> Iterator[str]:
    """The libraries that files of a room import, by their first names."""
    for file in (ROOT / "router/policy_router" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            tops = {name.partition(".")[0] for name in names}
            yield from tops - set(sys.stdlib_module_names) - {"policy_router", "__future__"}
