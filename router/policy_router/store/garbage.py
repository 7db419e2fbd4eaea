"""The garbage collector, kept from looking again and again at what is being built, or lasts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

RARELY: Final = (20_000, 20, 50)
"""Objects more than there were, at which the youngest are looked at; and how often the others."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not collect garbage inside.

    A load makes hundreds of thousands of objects that last; looking at them whenever a few more
    have been made takes as long as making them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def take_for_lasting() -> None:
    """Let the collector pass over all that is there now, until this is called again.

    What has come to be garbage since the last time is collected first. All threads stand still for
    as long as looking at everything once takes, so it is for the start of a server: what a reload
    puts in force is little beside what lasts, and waits its turn like all else.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def look_rarely() -> None:
    """Have a server's garbage looked for less often: what a call makes goes when the call does."""
    gc.set_threshold(*RARELY)
