"""Who looks for mutants, and which lines of the rooms each of them takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOMS = ("compiler", "engine")
WORLDS, UNITS = "worlds", "units"
KILLERS = (WORLDS, UNITS)
"""In the order in which they are asked: random worlds, whose answers the definition gave; tests."""

SHARED = ("matching", "open_facts", "question", "ranking", "reference", "render", "wording")
"""The definition and what it uses: a fault of these is the same on both sides of the worlds."""

AT_IMPORT = ""
"""Takes the lines that run when a module is imported."""


@dataclass(slots=True)
class Lookers:
    """Every looker by killer, with its seconds, and who takes each line of each module."""

    seconds: dict[str, dict[str, float]] = field(
        default_factory=lambda: {killer: {} for killer in KILLERS}
    )
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def taking(self, killer: str, module: str, lines: Iterable[int]) -> list[str]:
        """List who of a killer takes any of these lines, the quickest first.

        What runs when a module is imported is taken by everyone. The definition and what it uses
        are not compared with themselves.
        """
        if killer == WORLDS and Path(module).stem in SHARED:
            return []
        known = self.lines.get(module, {})
        found = {looker for line in lines for looker in known.get(line, ())}
        seconds = self.seconds[killer]
        taken = seconds.keys() if AT_IMPORT in found else found & seconds.keys()
        return sorted(taken, key=seconds.__getitem__)
