"""Pages that lead through a project: documents to write, commands, and parts of their output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import run, without_digests

_STEP = re.compile(
    r"^```(yaml [\w./-]+\.yaml|console excerpt)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_PROMPT = "$ "
_LEFT_OUT = re.compile(r"(?:(?:^| )\.\.\.(?= |$))+ ?")


@dataclass(frozen=True, slots=True)
class Written:
    """A document that the page says to write, and the file it goes into."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A command, and what the page shows of its output; `...` stands for what is left out."""

    command: str
    output: str

    def holds(self) -> bool:
        """Run the command in the current folder and compare, however lines are wrapped."""
        done = run(self.command.removeprefix("policy-router "))
        printed = " ".join(without_digests(done.out + done.err).split())
        parts = _LEFT_OUT.split(" ".join(self.output.split()))
        return re.fullmatch(".*".join(map(re.escape, parts)), printed) is not None


Step = Written | tuple[Shown, ...]


def steps(page: Path) -> list[Step]:
    """What the page tells its reader to do, in order."""
    return [_step(*found) for found in _STEP.findall(page.read_text("utf-8"))]


def _step(kind: str, text: str) -> Step:
    if kind.startswith("yaml "):
        return Written(kind.removeprefix("yaml "), text)
    commands = text.split(f"\n{_PROMPT}")
    parts = (command.removeprefix(_PROMPT).partition("\n") for command in commands)
    return tuple(Shown(command, output) for command, _, output in parts)
