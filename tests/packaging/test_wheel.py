"""What a user gets who installs the wheel and nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.packaging.environment import ROOT, Installed, build_wheel, install

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("packaging")]

DOCUMENTS = ("policies", "schemas", "data")
MOST_BYTES = 15_000_000
"""What a download may weigh; the registry is most of it."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("environment"))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Make a folder of an application with a `router.py` of its own."""
    (tmp_path / "router.py").write_text("routes = ['mine']\n", "utf-8")
    return tmp_path


def test_the_wheel_has_one_top_level_name(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"policy_router"}


def test_the_wheel_is_a_small_download(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("folder", DOCUMENTS)
def test_the_wheel_carries_the_documents(wheel: Path, folder: str) -> None:
    prefix = f"policy_router/shipped/{folder}/"
    with ZipFile(wheel) as archive:
        carried = {n.removeprefix(prefix) for n in archive.namelist() if n.startswith(prefix)}
    files = {p.relative_to(ROOT / folder).as_posix() for p in _files(ROOT / folder)}
    assert carried
    assert carried == files


def test_the_wheel_is_typed(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert "policy_router/py.typed" in archive.namelist()


def test_the_wheel_knows_its_version(installed: Installed, tmp_path: Path) -> None:
    script = "from importlib.metadata import version; print(version('policy-router'))"
    done = installed.run("python", "-c", script, cwd=tmp_path)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (done.returncode, done.stdout.strip()) == (0, project["version"]), done.stderr


def test_the_documents_are_found_where_they_were_installed(
    installed: Installed, tmp_path: Path
) -> None:
    script = "from policy_router.store.shipped import shipped_root; print(shipped_root())"
    done = installed.run("python", "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(installed.root)


def test_the_application_keeps_its_own_router_module(installed: Installed, app: Path) -> None:
    script = "import policy_router, router; print(router.routes)"
    done = installed.run("python", "-c", script, cwd=app)
    assert (done.returncode, done.stdout) == (0, "['mine']\n"), done.stderr


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
