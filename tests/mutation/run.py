"""Change the decision line by line and see whether a test notices: `make mutation`.

Every mutant runs in a copy of the package, never in place. A mutant that no killer notices
survives; those listed in `accepted.toml`, each with its reason, are expected to. Prints a table by
module. Exits 1 if another one survives, or if one listed there is noticed or no longer exists.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from compileall import compile_dir
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
TIMES = 20
"""How many times as long as without a mutant a killer may run; then it has noticed something."""

WORLDS, UNITS = "worlds", "units"
"""The killers: random worlds, whose answers the definition gave, then small ones."""

_UNITS = (
    *("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--assert=plain"),
    *("tests/unit/compiler", "tests/unit/engine"),
    *("tests/differential/test_epoch_ends.py", "tests/differential/test_best_route.py"),
)
_DEFINING = ("matching", "open_facts", "question", "ranking", "reference")

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
    """How many mutants of each module there are, how many each killer noticed, which survived."""

    mutants: Counter[str] = field(default_factory=Counter)
    killed: Counter[tuple[str, str]] = field(default_factory=Counter)
    survived: list[Target] = field(default_factory=list)

    def add(self, target: Target, killer: str | None) -> None:
        """Count a mutant and the killer that noticed it, if one did."""
        self.mutants[target.module] += 1
        if killer is None:
            self.survived.append(target)
        else:
            self.killed[target.module, killer] += 1

    def table(self) -> Iterator[str]:
        """The counts as a table, a line a module."""
        yield "| module | mutants | noticed on random worlds | by small tests | survive |"
        yield "|---|---|---|---|---|"
        for module, count in self.mutants.items():
            worlds, units = (self.killed[module, killer] for killer in (WORLDS, UNITS))
            yield f"| {module} | {count} | {worlds} | {units} | {count - worlds - units} |"


class Copy:
    """A copy of the package in a folder of its own, in which one module at a time is changed."""

    def __init__(self, folder: Path, answers: Path) -> None:
        self._package = folder / "router" / "policy_router"
        copytree(
            ROOT / "router", folder / "router", ignore=ignore_patterns("__pycache__", "*.egg-info")
        )
        for documents in ("policies", "schemas", "data"):
            (folder / documents).symlink_to(ROOT / documents)
        compile_dir(self._package, quiet=2)
        self._answers = answers
        self._longest: dict[str, float] = {}

    def prove(self) -> str | None:
        """Time the killers on the program as it is; return one that fails on it, if one does."""
        for killer in (WORLDS, UNITS):
            begun = time.monotonic()
            if not self._passes(killer, None):
                return killer
            self._longest[killer] = TIMES * (time.monotonic() - begun)
        return None

    def noticing(self, module: str, program: str) -> str | None:
        """The first killer of `module` that fails when it reads `program`; None if none does."""
        file = self._package / module
        original = file.read_bytes()
        file.write_text(program, "utf-8")
        try:
            return next(
                (k for k in _killers(module) if not self._passes(k, self._longest[k])), None
            )
        finally:
            file.write_bytes(original)

    def _passes(self, killer: str, seconds: float | None) -> bool:
        worlds = ("-m", "tests.mutation.killer", str(self._answers))
        paths = os.pathsep.join((str(self._package.parent), str(ROOT)))
        try:
            done = subprocess.run(
                (sys.executable, "-B", *(worlds if killer == WORLDS else _UNITS)),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"},
                timeout=seconds,
                check=False,
                capture_output=True,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _killers(module: str) -> tuple[str, ...]:
    """Who looks at a module; the definition is not compared with itself."""
    return (UNITS,) if Path(module).stem in _DEFINING else (WORLDS, UNITS)


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
    _prove(list(copies.queue), {t.module for t in found})

    def noticing(target: Target) -> str | None:
        copy = copies.get()
        try:
            return copy.noticing(target.module, target.mutant.program)
        finally:
            copies.put(copy)

    tally = Tally()
    with ThreadPoolExecutor(PROCESSES) as pool:
        every = zip(found, pool.map(noticing, found), strict=True)
        for n, (target, killer) in enumerate(every, 1):
            tally.add(target, killer)
            _progress(f"\r{n} of {len(found)}, {len(tally.survived)} survive")
    _progress("\n")
    return tally


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(text)
        sys.stderr.flush()


def _prove(copies: list[Copy], modules: set[str]) -> None:
    """Raise SystemExit unless the killers pass as things are and fail where nothing works."""
    for copy in copies:
        failing = copy.prove()
        if failing is not None:
            sys.exit(f"{failing}: fails as things are")
    for module in sorted(modules):
        if copies[0].noticing(module, "raise SystemExit(1)\n") is None:
            sys.exit(f"{module}: its killers pass without it")


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
    sys.stdout.writelines(f"{line}\n" for line in tally.table())
    for target in unexpected:
        sys.stdout.write(f"survived  {target}\n")
    for key in sorted(idle):
        sys.stdout.write(f"listed, but does not survive  {' | '.join(key)}\n")
    killed = tally.killed.total()
    sys.stdout.write(
        f"{len(found)} mutants, {killed} killed ({killed / max(len(found), 1):.1%}), "
        f"{len(tally.survived)} survived, {len(unexpected)} of them without a reason, "
        f"{time.monotonic() - begun:.0f} s\n"
    )
    return 1 if unexpected or idle else 0


if __name__ == "__main__":
    sys.exit(main())
