"""`policy-router serve` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.patience import PATIENCE, until
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY

PORTS = ("--port", "0", "--admin-port", "0")
_ADDRESSES = re.compile(r"taking calls at (\S+), metrics at (\S+)/metrics")


def got(url: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 - whatever httpx2 takes
    """What a server answers that may be one of many on a busy machine."""
    return httpx2.get(url, timeout=PATIENCE, **more)


def program(*arguments: str) -> list[str]:
    """The command line of this program."""
    return [sys.executable, "-m", "policy_router", *arguments]


def environment() -> dict[str, str]:
    """The environment of this process, with the upstream's key."""
    return {**os.environ, KEY_VARIABLE: UPSTREAM_KEY}


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this program in `folder` until it ends."""
    return subprocess.run(
        program(*arguments),
        cwd=folder,
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@dataclass
class Process:
    """A server that runs, and its addresses. What it says goes into files of `folder`."""

    process: subprocess.Popen[bytes]
    folder: Path
    address: str = ""
    admin: str = ""

    @property
    def said(self) -> str:
        """What it has said on standard output."""
        return (self.folder / "stdout.txt").read_text("utf-8")

    @property
    def warnings(self) -> str:
        """What it has said to its operator."""
        return (self.folder / "stderr.txt").read_text("utf-8")

    def told(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def warned(self, of: str) -> None:
        """Wait until it has said so to its operator."""
        self._wait(lambda: of in self.warnings)

    def listens(self, last: str) -> None:
        """Wait until it has said where to call it, up to a line with `last`."""
        self._wait(lambda: last in self.said or self.process.poll() is not None)
        addresses = _ADDRESSES.search(self.said)
        assert addresses is not None, self.warnings
        self.address, self.admin = addresses[1], addresses[2]

    def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        return self.process.wait(PATIENCE)

    def _wait(self, holds: Callable[[], bool]) -> None:
        until(holds, lambda: self.warnings)


@contextmanager
def serving_process(folder: Path, *options: str) -> Iterator[Process]:
    """Serve the project in `folder`, on ports that are free."""
    out, err = folder / "stdout.txt", folder / "stderr.txt"
    with out.open("w") as said, err.open("w") as warned:
        process = subprocess.Popen(
            program("serve", *options, *PORTS),
            cwd=folder,
            env=environment(),
            stdout=said,
            stderr=warned,
        )
    found = Process(process, folder)
    try:
        found.listens("api_key=" if "--dev" in options else "registry sha256:")
        yield found
    finally:
        process.kill()
        process.wait(PATIENCE)
