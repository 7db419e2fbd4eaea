"""Since when the documents in force are not known to be what their files say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class LastGood:
    """When the documents in force were last known to be what their files say, and what follows.

    Files that nobody watches are taken to be what was read, until reading them again fails. Once
    somebody watches them, silence counts too: a look that hangs confirms nothing.

    `at`: the instant; None: there is no doubt about them. `end`: from when on they are outdated.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.at: datetime | None = None
        self.end: datetime | None = None
        self.is_refused = False
        self._clock = clock
        self._is_watched = False

    def replaced(self, oldest: timedelta) -> None:
        """What the files say was put in force; it may get as old as `oldest`."""
        self.is_refused = False
        self._set(self._clock() if self._is_watched else None, oldest)

    def refused(self, oldest: timedelta) -> None:
        """What the files say could not be put in force."""
        self.is_refused = True
        self._set(self.at or self._clock(), oldest)

    def looked(self, oldest: timedelta) -> None:
        """The files have not changed since they were read last."""
        self._is_watched = True
        if not self.is_refused:
            self._set(self._clock(), oldest)

    def _set(self, at: datetime | None, oldest: timedelta) -> None:
        self.at, self.end = at, None if at is None else at + oldest
