"""Programs of others in environments of their own, every wheel of which is pinned by its hash.

No wheel is built, and none may hold a `.pth` file: one that was published for LiteLLM once ran
code that way at every start of the interpreter.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from zipfile import ZipFile


def made(place: Path, lock: Path) -> Path:
    """Return the folder of programs of the environment in `place`.

    It is made if it is not there, or is of another lock file than `lock`.
    """
    programs = place / "bin"
    wanted = sha256(lock.read_bytes()).hexdigest()
    with _alone(lock):
        _make(place, lock, wanted)
    return programs


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Other processes that run tests wait until this one has made it."""
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(place: Path, lock: Path, wanted: str) -> None:
    marker, downloads = place / "made-from", place / "wheels"
    if not marker.is_file() or marker.read_text("utf-8") != wanted:
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(place))
        _pip("download", "--dest", str(downloads), "--require-hashes", "--requirement", str(lock))
        wheels = sorted(downloads.glob("*.whl"))
        for wheel in wheels:
            _check_runs_nothing(wheel)
        python = str(place / "bin" / "python")
        _pip("--python", python, "install", "--no-index", "--no-compile", *map(str, wheels))
        rmtree(downloads)
        marker.write_text(wanted, "utf-8")


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
