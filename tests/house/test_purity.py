"""The core asks the world nothing: what imports cannot show, calls do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, named

CORE = [PACKAGE / room for room in ("domain", "language", "registry", "compiler", "engine")]
CLOCK = {"fromtimestamp", "monotonic", "now", "perf_counter", "time_ns", "today", "utcnow"}
WORLD = {"breakpoint", "eval", "exec", "input", "open", "print"}


def _called(tree: ast.AST) -> Iterator[str]:
    """Name every call of a bare builtin that reaches out, and of a method that reads a clock."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in WORLD:
                yield f"{node.lineno}: {name}"
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
