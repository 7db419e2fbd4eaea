"""Something is done a while after it was asked for, by a thread that keeps nothing alive."""

from __future__ import annotations

from contextlib import suppress
from threading import Timer
from typing import Any
from weakref import WeakMethod, finalize


class Alarm:
    """Calls `wake` so many `seconds` after `set`, once; not if what it belongs to is gone.

    Whoever sets or stops it sees to it that nobody else does so at the same time.
    """

    def __init__(self, seconds: float, wake: WeakMethod[Any]) -> None:
        self._seconds = seconds
        self._wake = wake
        self._timer: Timer | None = None
        self._end: finalize[..., Alarm] | None = None

    def set(self) -> None:
        """Have it called after a while, if that is not so already."""
        if self._timer is not None:
            return
        timer = Timer(self._seconds, call, (self._wake,))
        timer.daemon, timer.name = True, "policy-router-checkpoint"
        with suppress(RuntimeError):  # no thread can be had now: the next one asks again
            timer.start()
            self._timer, self._end = timer, finalize(self, timer.cancel)

    def stop(self) -> None:
        """Do not have it called; nothing is waited for."""
        if self._timer is not None:
            self._timer.cancel()
        self.forget()

    def forget(self) -> None:
        """There is none: threads are not there any more in a forked child."""
        if self._end is not None:
            self._end.detach()
        self._timer = self._end = None

    @property
    def is_set(self) -> bool:
        """Whether it is to be called."""
        return self._timer is not None


def call(wake: WeakMethod[Any]) -> None:
    """Call a method, if what it belongs to is still there."""
    method = wake()
    if method is not None:
        method()
