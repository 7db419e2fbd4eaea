"""Change the decision line by line and see whether a test notices: `make mutation`.

Every mutant is read by a process of its own; no file is changed. A mutant that no killer notices
survives; those listed in `accepted.toml`, each with its reason, are expected to. Prints a table by
module. Exits 1 if another one survives, or if one listed there is noticed or no longer exists.
"""

from __future__ import annotations

import argparse
import gc
import os
import pkgutil
import sys
import time
from collections.abc import Container, Iterable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

from tests.mutation.changed import PACKAGE
from tests.mutation.forks import begun
from tests.mutation.lookers import KILLERS
from tests.mutation.mutants import mutants
from tests.mutation.tally import Key, Log, Tally, Target, accepted
from tests.mutation.trials import Trials, modules

_BENEATH = ("domain", "language", "registry")
"""The rooms that import nothing of those that are changed: each process finds them imported."""

_ALSO = ("time_machine", "_pytest.doctest", "_pytest.junitxml", "_hypothesis_pytestplugin")


def targets(named: Iterable[str]) -> Iterator[Target]:
    """Make the mutants of the modules named, of all where none is."""
    for module in tuple(named) or modules():
        program = (PACKAGE / module).read_text("utf-8")
        yield from (Target(module, m) for m in mutants(program))


def hunt(found: list[Target], log: Log, reasons: Container[Key], processes: int) -> Tally:
    """Try every mutant that no earlier run settled, in so many processes at a time."""
    tally = Tally()
    settled = {t for t in found if log.settled(t, reasons)}
    for target in settled:
        tally.add(target, log.killer(target))
    rest = [t for t in found if t not in settled]
    for target, killer in _tried(rest, processes):
        log.add(target, killer)
        tally.add(target, killer)
        done = tally.mutants.total()
        _progress(f"\r{done} of {len(found)}, {len(tally.survived)} survive")
    _progress("\n")
    tally.survived.sort(key=lambda t: (t.module, t.mutant.number))
    return tally


def _tried(found: list[Target], processes: int) -> Iterator[tuple[Target, str | None]]:
    """Yield each mutant and its killer as the processes end."""
    if not found:
        return
    _warm()
    trials = Trials()
    _prove(trials, {t.module for t in found})
    running: dict[int, Target] = {}
    for target in found:
        if len(running) == processes:
            yield _next(running)
        running[begun(partial(_number, trials, target))] = target
    while running:
        yield _next(running)


def _number(trials: Trials, target: Target) -> int:
    """Number the killer that notices a mutant, from 1; 0 if none does."""
    mutant = target.mutant
    killer = trials.noticed_by(target.module, mutant.program, mutant.lines)
    return 0 if killer is None else 1 + KILLERS.index(killer)


def _next(running: dict[int, Target]) -> tuple[Target, str | None]:
    process, status = os.wait()
    number = os.waitstatus_to_exitcode(status)
    return running.pop(process), KILLERS[number - 1] if number else None


def _warm() -> None:
    """Import what every process needs, and nothing that could be changed."""
    for room in _BENEATH:
        for module in pkgutil.walk_packages((str(PACKAGE / room),), f"{PACKAGE.name}.{room}."):
            import_module(module.name)
    for name in _ALSO:
        import_module(name)
    gc.freeze()


def _prove(trials: Trials, modules: set[str]) -> None:
    """Raise SystemExit unless somebody notices where nothing works, and nobody as things are."""
    for module in sorted(modules):
        if trials.noticed_by(module, "raise SystemExit(1)\n", _lines(module)) is None:
            sys.exit(f"{module}: its killers pass without it")
    some = min(modules)
    killer = trials.noticed_by(some, (PACKAGE / some).read_text("utf-8"), _lines(some))
    if killer is not None:
        sys.exit(f"{some}: noticed as it is, by {killer}")


def _lines(module: str) -> range:
    return range(1, len((PACKAGE / module).read_text("utf-8").splitlines()) + 1)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(text)
        sys.stderr.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as compiler/lower.py (default: all)")
    parser.add_argument("--processes", type=int, default=2, help="at a time (default: %(default)s)")
    parser.add_argument(
        "--log", type=Path, help="keep results in this file; go on from those in it"
    )
    asked = parser.parse_args()
    unknown = set(asked.modules) - set(modules())
    if unknown:
        parser.error(f"no such module: {', '.join(f'`{name}`' for name in sorted(unknown))}")
    return asked


def main() -> int:
    """Run the hunt; return the exit code."""
    asked, begin = _asked(), time.monotonic()
    found, reasons = list(targets(asked.modules)), accepted()
    tally = hunt(found, Log(asked.log), reasons, asked.processes)
    unexpected = [t for t in tally.survived if t.key not in reasons]
    idle = {k for k in reasons if k[0] in tally.mutants} - {t.key for t in tally.survived}
    sys.stdout.writelines(f"{line}\n" for line in tally.table())
    for target in unexpected:
        sys.stdout.write(f"survived  {target}\n")
    for key in sorted(idle):
        sys.stdout.write(f"listed, but does not survive  {' | '.join(key)}\n")
    killed = tally.killed.total()
    sys.stdout.write(
        f"{len(found)} mutants, {killed} killed ({killed / max(len(found), 1):.1%}), "
        f"{len(tally.survived)} survived, {len(unexpected)} of them without a reason, "
        f"{time.monotonic() - begin:.0f} s\n"
    )
    return 1 if unexpected or idle else 0


if __name__ == "__main__":
    sys.exit(main())
