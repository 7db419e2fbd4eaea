"""An empty environment with the built wheel in it, made without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTION = "policy-router"


@dataclass(frozen=True, slots=True)
class Installed:
    """The environment at `root`; commands run in it see nothing of the one that runs the tests."""

    root: Path

    def run(self, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment in the folder `cwd`."""
        arguments = [str(self.root / "bin" / command[0]), *command[1:]]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
        return subprocess.run(
            arguments, cwd=cwd, env=kept, check=False, capture_output=True, text=True, timeout=120
        )


def build_wheel(target: Path) -> Path:
    """Build the sdist of this project and, from it, the wheel; return the wheel."""
    _python("-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT))
    (wheel,) = target.glob("*.whl")
    return wheel


def install(wheel: Path, root: Path) -> Installed:
    """Install `wheel` and copies of what it requires, nothing else, into a new environment."""
    venv.create(root, with_pip=False, symlinks=True)
    (packages,) = root.glob("lib/python*/site-packages")
    for name in sorted(_closure(_requirements(wheel))):
        _copy(metadata.distribution(name), packages)
    python = str(root / "bin" / "python")
    _python("-m", "pip", "--python", python, "install", "--no-index", "--no-deps", str(wheel))
    _python("-m", "pip", "--python", python, "check")
    return Installed(root)


def _requirements(wheel: Path) -> list[str]:
    """Read the requirements from the wheel's own metadata."""
    with ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        headers = HeaderParser().parsestr(archive.read(name).decode())
    return headers.get_all("Requires-Dist") or []


def _closure(requirements: Iterable[str]) -> set[str]:
    """Name every distribution that these requirements bring along, extras left out."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and requirement.name not in found:
            found.add(requirement.name)
            waiting += metadata.requires(requirement.name) or []
    return found


def _copy(distribution: metadata.Distribution, packages: Path) -> None:
    """Copy the files of an installed distribution, scripts left out, into `packages`."""
    for file in distribution.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


def _python(*arguments: str) -> None:
    """Run the interpreter of the tests; a failure carries what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
