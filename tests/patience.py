"""How long tests wait for what has to happen: only what fails waits so long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 120.0
"""Seconds; a machine that does much besides may take many of them to start a program."""


def until(what: Callable[[], object], so_far: Callable[[], str] = str) -> None:
    """Wait until `what` holds; `so_far` tells what is there if it never does."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, so_far()
        time.sleep(0.01)
