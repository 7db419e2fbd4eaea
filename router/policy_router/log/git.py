"""Git as a program of its own: always in the same surroundings, and never for long."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

PATIENCE: Final = 30.0
"""Seconds that one command of git may take."""

_PASSED_ON: Final = ("HOME", "PATH", "SSH_AUTH_SOCK", "HTTPS_PROXY", "https_proxy", "NO_PROXY")
_ALWAYS: Final = {
    "GIT_ALLOW_PROTOCOL": "file:https:ssh",
    "GIT_ASKPASS": "true",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=10",
    "GIT_TEMPLATE_DIR": "",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "SSH_ASKPASS": "true",
}
_NOBODY: Final = "policy-router"
_MOST_WORDS: Final = 300


class GitFailed(Exception):
    """Git did not do what it was asked to; the text is its own last words."""


class Repository:
    """A bare repository in a folder that is there for a moment."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        """Raises `GitFailed`, also where there is no git."""
        self._folder = folder
        self._patience = patience
        self.run("init", "--quiet", "--bare", str(folder))

    def run(self, *words: str, given: bytes = b"", at: str | None = None) -> bytes:
        """What one command prints; `given`: what it reads; `at`: the instant of what it makes.

        No file of settings, no hook and no question of anybody else's has a part in it. Raises
        `GitFailed`.
        """
        command = ("git", "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0", *words)
        try:
            done = _run(command, given, self._surroundings(at), self._patience)
        except subprocess.TimeoutExpired:
            message = f"`git {words[0]}` took longer than {self._patience:g} seconds"
            raise GitFailed(message) from None
        except OSError as error:
            raise GitFailed(f"git cannot be run: {error.strerror}") from None
        if done.returncode:
            raise GitFailed(f"`git {words[0]}`: {_last_words(done.stderr)}")
        return done.stdout

    def _surroundings(self, at: str | None) -> dict[str, str]:
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        made = {"GIT_DIR": str(self._folder)}
        for who in ("AUTHOR", "COMMITTER"):
            made |= {f"GIT_{who}_NAME": _NOBODY, f"GIT_{who}_EMAIL": _NOBODY}
            made |= {} if at is None else {f"GIT_{who}_DATE": at}
        return passed | _ALWAYS | made


def _run(
    command: Sequence[str], given: bytes, surroundings: dict[str, str], patience: float
) -> subprocess.CompletedProcess[bytes]:
    """Run it, and end it with all that it started if it takes too long."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - fixed words, and a remote that is no option
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=surroundings, start_new_session=True
    ) as process:
        try:
            out, error = process.communicate(given, timeout=patience)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, error)


def _last_words(error: bytes) -> str:
    lines = [line.strip() for line in error.decode("utf-8", "replace").splitlines()]
    said = [line for line in lines if line and not line.startswith(("hint:", "remote: "))]
    return " ".join(said)[-_MOST_WORDS:] or "it did not say why"
