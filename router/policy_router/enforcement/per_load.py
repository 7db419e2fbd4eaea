"""What is made once from what was loaded, and never outlives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from policy_router.store.project import Loaded

Made = TypeVar("Made")


class PerLoad(Generic[Made]):
    """What `make` makes of the documents in force, until others are."""

    def __init__(self, make: Callable[[Loaded], Made]) -> None:
        self._make = make
        self._last: tuple[Loaded, Made] | None = None

    def of(self, loaded: Loaded) -> Made:
        """What belongs to `loaded`."""
        last = self._last
        if last is None or last[0] is not loaded:
            last = self._last = (loaded, self._make(loaded))
        return last[1]
