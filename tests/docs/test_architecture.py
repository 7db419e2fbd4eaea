"""What the page about the architecture says of rooms and files is what is there."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from tests.house.tree import PACKAGE, ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOM = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
FILE = re.compile(r"`((?:\w+/)+(?:\w+\.py)?)`")
TOPS = (ROOT, PACKAGE, PACKAGE.parent)


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _contracts() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {c["id"]: c for c in project["tool"]["importlinter"]["contracts"]}


def test_every_room_is_described() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms
    assert set(ROOM.findall(_section("Rooms").partition("Beside the package")[0])) == rooms


def test_layers_are_those_of_the_import_contract() -> None:
    block = _section("Rooms").partition("```layers\n")[2].partition("```")[0]
    assert block.splitlines() == _contracts()["layers"]["layers"]


def test_the_core_is_that_of_the_import_contracts() -> None:
    named = re.search(r"The core \(([^)]*)\)", PAGE)
    assert named is not None
    core = {f"policy_router.{room}" for room in re.findall(r"`(\w+)`", named[1])}
    kept = (_contracts()[name]["source_modules"] for name in ("pure-core", "wire-is-data"))
    assert core == {module for modules in kept for module in modules}


def test_files_and_folders_that_are_named_exist() -> None:
    named = FILE.findall(PAGE)
    assert len(named) > 10
    assert [n for n in named if not any((top / n).exists() for top in TOPS)] == []
