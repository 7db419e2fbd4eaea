"""Change the decision line by line and see whether a test notices: `make mutation`.

Every mutant runs in a copy of the package, never in place. A mutant that no killer notices
survives; those listed in `accepted.toml`, each with its reason, are expected to. Exits 1 if
another one survives, or if one listed there is noticed or no longer exists.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("compiler", "engine")
ACCEPTED = Path(__file__).with_name("accepted.toml")
PROCESSES = 2
SECONDS = 60
"""The longest a killer may run; a mutant that takes longer has been noticed."""

_UNITS = (
    *("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
    *("tests/unit/compiler", "tests/unit/engine"),
    *("tests/differential/test_epoch_ends.py", "tests/differential/test_best_route.py"),
)
_DEFINING = ("matching", "question", "ranking", "reference")

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """A module, as `room/module.py`, and one mutant of it."""

    module: str
    mutant: Mutant

    @property
    def key(self) -> Key:
        """What the list of accepted survivors knows it by: not its line number, which moves."""
        return self.module, self.mutant.line, self.mutant.change

    def __str__(self) -> str:
        m = self.mutant
        return f"{self.module}:{m.number}: {m.line}\n      {m.change}"


@dataclass(slots=True)
class Tally:
    """Mutants that were noticed, and those that survived."""

    killed: list[Target] = field(default_factory=list)
    survived: list[Target] = field(default_factory=list)

    def add(self, target: Target, *, noticed: bool) -> None:
        """Count a mutant."""
        (self.killed if noticed else self.survived).append(target)


class Copy:
    """A copy of the package in a folder of its own, in which one module at a time is changed."""

    def __init__(self, folder: Path, answers: Path) -> None:
        self._package = folder / "router" / "policy_router"
        copytree(
            ROOT / "router", folder / "router", ignore=ignore_patterns("__pycache__", "*.egg-info")
        )
        for documents in ("policies", "schemas", "data"):
            (folder / documents).symlink_to(ROOT / documents)
        self._answers = answers

    def notices(self, module: str, program: str) -> bool:
        """Whether a killer of `module` fails when it reads `program`."""
        file = self._package / module
        original = file.read_bytes()
        file.write_text(program, "utf-8")
        try:
            return any(not self._passes(command) for command in self._killers(module))
        finally:
            file.write_bytes(original)

    def _killers(self, module: str) -> Iterator[tuple[str, ...]]:
        """Random worlds, then small ones; the definition is not compared with itself."""
        if Path(module).stem not in _DEFINING:
            yield ("-m", "tests.mutation.killer", str(self._answers))
        yield _UNITS

    def _passes(self, command: Iterable[str]) -> bool:
        paths = os.pathsep.join((str(self._package.parent), str(ROOT)))
        try:
            done = subprocess.run(
                (sys.executable, "-B", *command),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"},
                timeout=SECONDS,
                check=False,
                capture_output=True,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def targets(named: Iterable[str]) -> Iterator[Target]:
    """Make the mutants of the modules named, of all where none is."""
    wanted = set(named)
    package = ROOT / "router" / "policy_router"
    for room in ROOMS:
        for file in sorted((package / room).glob("*.py")):
            module = file.relative_to(package).as_posix()
            if not wanted or module in wanted:
                yield from (Target(module, m) for m in mutants(file.read_text("utf-8")))


def accepted() -> dict[Key, str]:
    """Read which survivors are accepted, and why."""
    listed = tomllib.loads(ACCEPTED.read_text("utf-8")).get("survivor", [])
    return {(s["module"], s["line"], s["change"]): s["reason"] for s in listed}


def hunt(found: list[Target], folder: Path) -> Tally:
    """Run the killers on every mutant, in as many copies as there are processes."""
    answers = folder / "answers.json"
    subprocess.run(
        (sys.executable, "-m", "tests.mutation.killer", "--write", str(answers)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "router"), str(ROOT)))},
        check=True,
    )
    copies: Queue[Copy] = Queue()
    for n in range(PROCESSES):
        copies.put(Copy(folder / str(n), answers))
    _prove(copies, {t.module for t in found})

    def noticed(target: Target) -> bool:
        copy = copies.get()
        try:
            return copy.notices(target.module, target.mutant.program)
        finally:
            copies.put(copy)

    tally = Tally()
    with ThreadPoolExecutor(PROCESSES) as pool:
        for n, (target, gone) in enumerate(zip(found, pool.map(noticed, found), strict=True), 1):
            tally.add(target, noticed=gone)
            _progress(f"\r{n} of {len(found)}, {len(tally.survived)} survive")
    _progress("\n")
    return tally


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(text)
        sys.stderr.flush()


def _prove(copies: Queue[Copy], modules: set[str]) -> None:
    """Raise SystemExit unless the killers pass as things are and fail where nothing works."""
    copy = copies.get()
    for module in sorted(modules):
        program = (ROOT / "router" / "policy_router" / module).read_text("utf-8")
        if copy.notices(module, program) or not copy.notices(module, "raise SystemExit(1)\n"):
            sys.exit(f"{module}: its killers fail as it is, or pass without it")
    copies.put(copy)


def main() -> int:
    """Run the hunt; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as compiler/lower.py (default: all)")
    found = list(targets(parser.parse_args().modules))
    reasons, begun = accepted(), time.monotonic()
    with TemporaryDirectory() as folder:
        tally = hunt(found, Path(folder))
    unexpected = [t for t in tally.survived if t.key not in reasons]
    looked_at = {t.module for t in found}
    idle = {k for k in reasons if k[0] in looked_at} - {t.key for t in tally.survived}
    for target in unexpected:
        sys.stdout.write(f"survived  {target}\n")
    for key in sorted(idle):
        sys.stdout.write(f"listed, but does not survive  {' | '.join(key)}\n")
    share = len(tally.killed) / max(len(found), 1)
    sys.stdout.write(
        f"{len(found)} mutants, {len(tally.killed)} killed ({share:.1%}), "
        f"{len(tally.survived)} survived, {len(unexpected)} of them without a reason, "
        f"{time.monotonic() - begun:.0f} s\n"
    )
    return 1 if unexpected or idle else 0


if __name__ == "__main__":
    sys.exit(main())
