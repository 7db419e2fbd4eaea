"""Work done in a forked process, which cannot harm this one and imports what it needs itself."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import traceback
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import TypeVar

_MEMORY = 4 << 30
_LONGEST = 600
_T = TypeVar("_T")


def begun(job: Callable[[], int]) -> int:
    """Start a job in a process of its own; return its number. One that raises exits with 1."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        code = job()
    except BaseException:  # noqa: BLE001 - whatever it is, it ends here
        traceback.print_exc()
    finally:
        os._exit(code)


def ended(process: int) -> int:
    """Wait for a process; return its exit code, less than 0 if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def apart(job: Callable[[], _T]) -> _T | None:
    """Return what a job makes in a process of its own, None if it raises."""
    with TemporaryFile() as file:

        def write() -> int:
            pickle.dump(job(), file)
            file.flush()
            return 0

        if ended(begun(write)):
            return None
        file.seek(0)
        made: _T = pickle.load(file)  # noqa: S301 - we wrote it
        return made


def quiet() -> None:
    """Let this process say nothing and read nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def bounded() -> None:
    """Bound how many bytes this process may take, and for how many seconds it may be stuck."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.alarm(_LONGEST)


def within(seconds: float) -> None:
    """End this process when it has computed for so long, unless it says otherwise before.

    Time in which another program keeps the machine busy does not count.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
