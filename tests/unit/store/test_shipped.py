from __future__ import annotations

from pathlib import Path

import pytest

from policy_router.store import shipped

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend that the package lies in a folder of its own."""
    package = tmp_path / "router" / "policy_router"
    package.mkdir(parents=True)
    monkeypatch.setattr(shipped, "_PACKAGE", package)
    return package


def test_a_checkout_has_them_at_its_root() -> None:
    assert shipped.shipped_root() == ROOT


def test_what_was_installed_comes_first(package: Path) -> None:
    (package / "shipped").mkdir()
    (package.parents[1] / "pyproject.toml").write_text('[project]\nname = "policy-router"\n')
    assert shipped.shipped_root() == package / "shipped"


@pytest.mark.parametrize("text", ['[project]\nname = "other"\n', "project = 3", "[[", "\xff"])
def test_the_root_of_another_project_is_not_taken(package: Path, text: str) -> None:
    (package.parents[1] / "pyproject.toml").write_text(text, encoding="latin-1")
    with pytest.raises(FileNotFoundError, match="documents shipped with policy-router are missing"):
        shipped.shipped_root()
