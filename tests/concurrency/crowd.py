"""Threads that do the same work at once, and hand back what went wrong in any of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType
from typing import TYPE_CHECKING

from policy_router import compiler, engine

if TYPE_CHECKING:
    from _typeshed import TraceFunction

_RESTLESS = 1e-5
_GIVES_WAY = 0.03
_LONG_ENOUGH = 1e-4
_ROOMS = tuple(str(Path(part)) for room in (compiler, engine) for part in room.__path__)


@contextmanager
def restless() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can (seconds), so that they meet."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_RESTLESS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def giving_way(seed: int) -> Iterator[None]:
    """Let this thread give way to others, now and then at every line of one function.

    Left to itself a thread is hardly ever interrupted between two lines that belong together.
    Only functions of compiler and engine count, each call of one with the same chance.
    """
    chaos = Random(seed)  # noqa: S311 - whose turn it is, no secret

    def at_line(_frame: FrameType, _event: str, _arg: object) -> TraceFunction:
        time.sleep(_LONG_ENOUGH)
        return at_line

    def at_call(frame: FrameType, _event: str, _arg: object) -> TraceFunction | None:
        chosen = chaos.random() < _GIVES_WAY
        return at_line if chosen and frame.f_code.co_filename.startswith(_ROOMS) else None

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)


def together(
    work: Callable[[int], list[str]], threads: int, meanwhile: Callable[[], None] = lambda: None
) -> list[str]:
    """Run `work` in each of `threads` threads and `meanwhile` here; return every complaint.

    Raises what any of them raised.
    """
    with restless(), ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(work, n) for n in range(threads)]
        meanwhile()
        return [complaint for future in running for complaint in future.result()]
