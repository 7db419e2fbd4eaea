"""Running the command line in this process, as piped and as seen on a terminal."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from click.testing import CliRunner

from policy_router.cli.main import main

AT = "2026-11-22T12:00:00Z"
_DIGEST = re.compile(r"sha256:[0-9a-f]{12,64}")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, where, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def run(command: str, *, stdin: str | bytes | None = None) -> Done:
    """Run `command`, written as in a shell and without the program's name."""
    result = CliRunner().invoke(main, shlex.split(command), input=stdin, prog_name="policy-router")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return Done(result.exit_code, result.stdout, result.stderr)


def without_digests(text: str) -> str:
    """Take out what changes with any word of any document."""
    return _DIGEST.sub("sha256:...", text)
