"""LiteLLM in an environment of its own: it rules out the versions of SDKs that are tested here.

Every wheel is pinned by its hash, none is built, and none may hold a `.pth` file: one that was
published for LiteLLM once ran code that way at every start of the interpreter.
"""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Final
from zipfile import ZipFile

from tests.house.tree import ROOT

LOCK: Final = Path(__file__).with_name("requirements.lock")
PLACE: Final = ROOT / ".litellm-venv"
PYTHON: Final = PLACE / "bin" / "python"
_MADE: Final = PLACE / "made-from"
_WHEELS: Final = PLACE / "wheels"


def made() -> Path:
    """The environment's interpreter; it is made if it is not there, or is of another lock file."""
    wanted = sha256(LOCK.read_bytes()).hexdigest()
    if not _MADE.is_file() or _MADE.read_text("utf-8") != wanted:
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(PLACE))
        _pip("download", "--dest", str(_WHEELS), "--require-hashes", "--requirement", str(LOCK))
        wheels = sorted(_WHEELS.glob("*.whl"))
        for wheel in wheels:
            _check_runs_nothing(wheel)
        _pip("--python", str(PYTHON), "install", "--no-index", "--no-compile", *map(str, wheels))
        rmtree(_WHEELS)
        _MADE.write_text(wanted, "utf-8")
    return PYTHON


def _check_runs_nothing(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        starting = [name for name in archive.namelist() if name.endswith(".pth")]
    if starting:
        raise AssertionError(f"{wheel.name} would run code at every start: {starting}")


def _pip(*arguments: str) -> None:
    pip = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
    verb = arguments.index("download") if "download" in arguments else arguments.index("install")
    options = ("--no-deps", "--only-binary", ":all:")
    _run(sys.executable, *pip, *arguments[: verb + 1], *options, *arguments[verb + 1 :])


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
