"""Rules about words: what is counted is in the singular where there is one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_router.engine.words import counted
from tests.house.tree import PACKAGE, named

ROOMS = ("audit", "cli", "engine", "report")
COUNTED = (
    "agreements answers approvals calls cases characters claims combinations countries days digits "
    "documents entries errors exceptions facts files gateways hops hours kinds lines minutes "
    "models months packs pages parties permissions places policies problems providers requests "
    "routes rows rules scenarios seconds sources steps tests times tokens values warnings weeks "
    "words years"
).split()


def _files() -> list[Path]:
    return [file for room in ROOMS for file in sorted((PACKAGE / room).rglob("*.py"))]


def _plurals(source: str) -> Iterator[tuple[int, str]]:
    """Amounts that stand in a text right before a noun in the plural, whatever they are."""
    for text in ast.walk(ast.parse(source)):
        if isinstance(text, ast.JoinedStr):
            for value, after in zip(text.values, text.values[1:], strict=False):
                word = _first_word(after)
                amount = value.value if isinstance(value, ast.FormattedValue) else None
                if word in COUNTED and amount is not None and not _is_constant(amount):
                    yield text.lineno, word


def _first_word(part: ast.expr) -> str:
    """The word right behind an amount; nothing if there is none."""
    said = part.value if isinstance(part, ast.Constant) else ""
    words = str(said).split()
    return words[0].rstrip(".,;:)") if str(said).startswith(" ") and words else ""


def _is_constant(value: ast.expr) -> bool:
    """An amount that never changes, or a name that stands for no amount."""
    names = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
    return all(name.isupper() or name == "name" for name in names)


@pytest.mark.parametrize("file", _files(), ids=named)
def test_what_is_counted_has_its_noun_from_one_place(file: Path) -> None:
    assert list(_plurals(file.read_text("utf-8"))) == []


@pytest.mark.parametrize("text", ['f"{n} routes"', 'f"in {len(x):,} days, then"'])
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert len(list(_plurals(text))) == 1


def test_one_is_in_the_singular() -> None:
    assert [counted(n, "route") for n in (0, 1, 2, 1000)] == [
        "0 routes",
        "1 route",
        "2 routes",
        "1,000 routes",
    ]
    assert counted(1, "token per second", "tokens per second") == "1 token per second"
