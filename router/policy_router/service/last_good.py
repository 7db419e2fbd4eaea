"""Since when the documents in force are not known to be what their files say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class LastGood:
    """The instant at which the documents in force were last known to be what their files say.

    Files that nobody watches are taken to be what was read, until reading them again fails. Once
    somebody watches them, silence counts too: a look that hangs confirms nothing.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._is_watched = False
        self._is_refused = False
        self._at: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """The instant; None: there is no doubt about them."""
        return self._at

    @property
    def refused_since(self) -> datetime | None:
        """Since when the files say what cannot be put in force; None if they do not."""
        return self._at if self._is_refused else None

    def replaced(self) -> None:
        """What the files say was put in force."""
        self._is_refused = False
        self._at = self._clock() if self._is_watched else None

    def refused(self) -> None:
        """What the files say could not be put in force."""
        self._is_refused = True
        self._at = self._at or self._clock()

    def looked(self) -> None:
        """The files have not changed since they were read last."""
        self._is_watched = True
        if not self._is_refused:
            self._at = self._clock()
