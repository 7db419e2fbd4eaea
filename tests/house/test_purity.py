"""The core asks the world nothing, nor do its tests ask the clock: what imports cannot show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, named

CORE = [PACKAGE / room for room in ("domain", "language", "registry", "compiler", "engine")]
CLOCK = {"fromtimestamp", "monotonic", "now", "perf_counter", "time_ns", "today", "utcnow"}
COMMANDS = ("policy_router.cli", "tests.cli")
WORLD = {"breakpoint", "eval", "exec", "input", "open", "print"}


def _called(tree: ast.AST) -> Iterator[str]:
    """Name every call of a bare builtin that reaches out, and of a method that reads a clock."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in WORLD:
                yield f"{node.lineno}: {name}"
    yield from _read_of_clocks(tree)


def _read_of_clocks(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK:
                yield f"{node.lineno}: {name}"


def _modules() -> list[Path]:
    return sorted(path for room in CORE for path in room.rglob("*.py"))


@pytest.mark.parametrize("path", _modules(), ids=named)
def test_core_reads_no_clock_and_prints_nothing(path: Path) -> None:
    assert list(_called(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "date.today()", "print(1)", "open('a')"])
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert len(list(_called(ast.parse(line)))) == 1


def _timeless() -> list[Path]:
    """The tests that `make later` leaves out."""
    said = re.search(r"^TIMELESS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert said is not None
    inner = re.search(r"\$\(addprefix unit/,(.*)\)$", said[1])
    assert inner is not None
    named_there = [*said[1].split("$")[0].split(), *(f"unit/{room}" for room in inner[1].split())]
    places = [ROOT / "tests" / name for name in named_there]
    assert all(place.exists() for place in places), named_there
    return sorted(path for p in places for path in ([p] if p.is_file() else p.rglob("test_*.py")))


def _commands(tree: ast.AST) -> Iterator[str]:
    """Name what is imported that can run a command in this process: all but constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(COMMANDS):
            yield from (f"{node.lineno}: {a.name}" for a in node.names if not a.name.isupper())


@pytest.mark.parametrize("path", _timeless(), ids=named)
def test_tests_that_are_not_run_years_ahead_read_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert (list(_read_of_clocks(tree)), list(_commands(tree))) == ([], [])


def test_the_search_finds_what_runs_a_command_here() -> None:
    found = "from tests.cli.running import AT, run\nfrom policy_router.cli.main import COMMANDS"
    assert list(_commands(ast.parse(found))) == ["1: run"]


def test_what_tests_pack_is_the_same_at_any_second() -> None:
    """Packed bytes hold the time; in the name of a test it differs between two processes."""
    packs = re.compile(r"gzip\.compress\((?!.*mtime=)")
    tests = (ROOT / "tests").rglob("*.py")
    found = [p for p in tests if p != Path(__file__) and packs.search(p.read_text("utf-8"))]
    assert list(map(named, found)) == []
