"""The explorer as it runs: a process of its own, and the link it prints."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import ROOT

_LINK = re.compile(r"  (http://127\.0\.0\.1:\d+)/enter\?token=(\S+)")


@dataclass(frozen=True, slots=True)
class Served:
    """Where the explorer listens, and the token that lets one in."""

    address: str
    token: str
    process: subprocess.Popen[str]

    @property
    def link(self) -> str:
        """What is printed."""
        return f"{self.address}/enter?token={self.token}"


@contextmanager
def serving(options: str, folder: Path = ROOT) -> Iterator[Served]:
    """Run `policy-router ui` with these options; it must end by itself once it is told to."""
    running = subprocess.Popen(
        [sys.executable, "-m", "policy_router", "ui", *options.split(), "--port", "0"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(*_link(running), running)
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)
        assert (running.returncode, said[1]) == (0, ""), said


def _link(running: subprocess.Popen[str]) -> tuple[str, str]:
    assert running.stdout is not None
    for line in running.stdout:
        if found := _LINK.match(line):
            return found[1], found[2]
    raise AssertionError(running.communicate()[1])
