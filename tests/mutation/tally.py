"""What became of each mutant: kept in a file as they come, counted in a table at the end."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from tests.mutation.lookers import UNITS, WORLDS
from tests.mutation.mutants import Mutant

ACCEPTED = Path(__file__).with_name("accepted.toml")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Target:
    """A module, as `room/module.py`, and one mutant of it."""

    module: str
    mutant: Mutant

    @property
    def key(self) -> Key:
        """What the list of accepted survivors knows it by: not its line number, which moves."""
        return self.module, self.mutant.line, self.mutant.change

    @cached_property
    def digest(self) -> str:
        """What results are kept by: another one as soon as anything of its module changes."""
        return sha256(f"{self.module}\n{self.mutant.program}".encode()).hexdigest()[:16]

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
        for module in sorted(self.mutants):
            yield self._row(f"`{module}`", self.mutants[module], {module})
        yield self._row("all", self.mutants.total(), set(self.mutants))

    def _row(self, name: str, count: int, modules: set[str]) -> str:
        worlds, units = (
            sum(self.killed[module, killer] for module in modules) for killer in (WORLDS, UNITS)
        )
        return f"| {name} | {count} | {worlds} | {units} | {count - worlds - units} |"


class Log:
    """Results on lines of JSON, so that a run that was interrupted goes on where it was.

    Those that survived without a reason are tried again: a test may have come.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        lines = file.read_text("utf-8").splitlines() if file and file.exists() else []
        self._killers: dict[str, str | None] = {
            row["mutant"]: row["killer"] for row in map(json.loads, lines)
        }

    def settled(self, target: Target, reasons: Container[Key]) -> bool:
        """Whether an earlier run saw it noticed, or survive as it may."""
        if target.digest not in self._killers:
            return False
        return self.killer(target) is not None or target.key in reasons

    def killer(self, target: Target) -> str | None:
        """Name the killer that noticed a mutant in an earlier run."""
        return self._killers.get(target.digest)

    def add(self, target: Target, killer: str | None) -> None:
        """Keep a result."""
        if self._file is None:
            return
        m = target.mutant
        place = {"module": target.module, "number": m.number, "line": m.line, "change": m.change}
        row = {"mutant": target.digest, "killer": killer, **place}
        with self._file.open("a", encoding="utf-8") as log:
            log.write(f"{json.dumps(row)}\n")


def accepted() -> dict[Key, str]:
    """Read which survivors are accepted, and why."""
    listed = tomllib.loads(ACCEPTED.read_text("utf-8")).get("survivor", [])
    return {(s["module"], s["line"], s["change"]): s["reason"] for s in listed}
