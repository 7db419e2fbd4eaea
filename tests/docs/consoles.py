"""The `console` blocks of a page: commands as they are typed, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import ROOT

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIGEST = re.compile(r"sha256:[0-9a-f]{12,64}")
_PROMPT = "$ "
_LINKED = ("data", "examples", "policies", "schemas")
_CACHES = ("POLICY_ROUTER_CACHE", "XDG_STATE_HOME")
"""Name the caches of this run and their secret, which must not be the user's own."""
_MEANT = {"make demo": f"cd {ROOT} && {sys.executable} examples/demo.py"}
"""What a command of the Makefile runs, once the environment is there."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command and the output that the page shows for it, each line with its end."""

    command: str
    output: str


def blocks(text: str) -> list[list[Typed]]:
    """The commands of each block of a page, with their outputs."""
    return [_typed(block) for block in _BLOCK.findall(text)]


def _typed(block: str) -> list[Typed]:
    """Split a block at its prompts; a command goes on after a backslash at the end of a line."""
    found: list[Typed] = []
    for line in block.splitlines(keepends=True):
        if line.startswith(_PROMPT):
            found.append(Typed(line.removeprefix(_PROMPT), ""))
        elif found[-1].command.endswith("\\\n") and not found[-1].output:
            found[-1] = Typed(found[-1].command + line, "")
        else:
            found[-1] = Typed(found[-1].command, found[-1].output + line)
    return found


def replaced(text: str, outputs: list[list[str]]) -> str:
    """The page with these outputs instead."""
    waiting = iter(outputs)

    def written(block: re.Match[str]) -> str:
        parts = zip(_typed(block[1]), next(waiting), strict=True)
        return "```console\n" + "".join(f"{_PROMPT}{t.command}{out}" for t, out in parts) + "```"

    return _BLOCK.sub(written, text)


def without_digests(text: str) -> str:
    """Take out what changes with any word of any document."""
    return _DIGEST.sub("sha256:...", text)


class Console:
    """A shell in a folder of its own that holds what the repository does; `cd` is remembered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in _LINKED:
            (folder / name).symlink_to(ROOT / name)

    def run(self, command: str) -> str:
        """Run a command as typed; return what a terminal would show."""
        line = _MEANT.get(command.strip(), command.strip())
        if line.startswith("cd ") and "&&" not in line:
            self._folder = self._folder / line.removeprefix("cd ")
            assert self._folder.is_dir()
            return ""
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self._folder,
            env=environment() | {name: os.environ[name] for name in _CACHES},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        return done.stdout


def environment() -> dict[str, str]:
    """An environment without keys, where the commands of this installation are found."""
    wanted = {"HOME", "TMPDIR", "SYSTEMROOT", "PYTHONPATH"}
    kept = {k: v for k, v in os.environ.items() if k in wanted}
    commands = Path(sys.executable).parent
    return {**kept, "PATH": f"{commands}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
