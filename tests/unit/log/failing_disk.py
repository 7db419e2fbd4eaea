"""A disk that fails, or takes the program with it, at any one call that the log makes to it."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from policy_router.log import folder, writer

_FEW = 7


class Fault(StrEnum):
    """What happens at a call."""

    BROKEN = "broken"
    """An error of input or output; nothing is done."""
    LOST = "lost"
    """It is done, of a write only half, and then there is an error of input or output."""
    FULL = "full"
    """A write takes half, and the next one nothing: no space is left."""
    SHORT = "short"
    """A write takes a few bytes, and says so."""
    KILLED = "killed"
    """Half of a write is done, and nothing else; the program is no more."""


class Killed(BaseException):
    """Seen by nobody: nothing that the program does after it has an effect."""


class FailingDisk:
    """Stands where the log calls `os`: the call of number `at` fails, and all after if `lasting`.

    `calls`: which were made until it was mended, one after the other.
    """

    def __init__(self, fault: Fault | None = None, at: int = -1, *, lasting: bool = False) -> None:
        self.calls: list[str] = []
        self.dead = False
        self._fault = fault
        self._at = at
        self._lasting = lasting
        self._is_full = self._mended = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever `os` has
        return getattr(os, name)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Have the log use it; a program that was killed removes nothing either."""
        patch.setattr(folder, "os", self)
        patch.setattr(writer, "remove", self._remove)

    def mend(self) -> None:
        """From now on nothing fails."""
        self._fault, self._is_full, self._mended = None, False, True

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        """As `os.open`."""
        opened: int = self._called("open", lambda: os.open(path, flags, mode))
        return opened

    def fsync(self, file: int) -> None:
        """Fails as `os.fsync` may; it does not wait, as no test here loses its power."""
        del file
        self._called("fsync", lambda: None)

    def write(self, file: int, data: memoryview) -> int:
        """As `os.write`."""
        fails = self._fails("write")
        if self._is_full:
            self._is_full = self._lasting
            raise self._error()
        if not fails or self._fault is None:
            return os.write(file, data)
        if self._fault is Fault.SHORT:
            return os.write(file, data[:_FEW])
        if self._fault is not Fault.BROKEN:
            taken = os.write(file, data[: len(data) // 2])
            if self._fault is Fault.FULL:
                self._is_full = True
                return taken
        raise self._error()

    def _called(self, name: str, do: Callable[[], Any]) -> Any:  # noqa: ANN401 - what it returns
        if not self._fails(name) or self._fault is Fault.SHORT:
            return do()
        if self._fault is Fault.LOST:
            do()
        raise self._error()

    def _fails(self, name: str) -> bool:
        if self.dead:
            raise Killed
        if self._mended:
            return False
        number = len(self.calls)
        self.calls.append(name)
        reached = number >= self._at if self._lasting else number == self._at
        return reached and self._fault is not None

    def _error(self) -> BaseException:
        if self._fault is Fault.KILLED:
            self.dead = True
            return Killed()
        code = errno.ENOSPC if self._fault is Fault.FULL else errno.EIO
        return OSError(code, os.strerror(code))

    def _remove(self, path: Path) -> None:
        if not self.dead:
            folder.remove(path)


def faults(calls: int) -> Iterator[tuple[Fault, int, bool]]:
    """Every way in which each of so many calls can fail; last, whether all after it do too."""
    for number, fault in itertools.product(range(calls), Fault):
        yield fault, number, False
        if fault in {Fault.BROKEN, Fault.FULL}:
            yield fault, number, True
