"""The import contracts speak of every room they are about."""

from __future__ import annotations

import tomllib

from tests.house.tree import PACKAGE, ROOT

CORE = {"compiler", "domain", "engine", "language", "registry"}
READERS = {"language", "registry"}


def _rooms() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def _subjects(contract: str) -> set[str]:
    """Name the rooms that a contract of pyproject.toml restrains."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (found,) = (c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == contract)
    return {module.removeprefix("policy_router.") for module in found["source_modules"]}


def test_every_core_room_is_kept_pure() -> None:
    assert _subjects("pure-core") == CORE & _rooms()


def test_every_room_but_the_readers_is_kept_from_pydantic_and_yaml() -> None:
    assert _subjects("documents-stop-here") == _rooms() - READERS
