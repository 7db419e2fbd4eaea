"""What a server's C library does with memory that is free again: that of bodies goes back."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

LARGE: Final = 2**20
"""Bytes from which on a piece of memory is asked of the system by itself, and given back."""

_M_MMAP_THRESHOLD: Final = -3


def give_back() -> bool:
    """Have pieces of `LARGE` bytes and more go back to the system once they are free.

    glibc does so only until the first of them is; from then on it takes twice as large ones for
    passing, keeps up to 64 MiB of them for each thread, and a server seems to hold bodies that are
    long gone (mallopt(3)). False where the C library has no such setting: it has its own ways.
    """
    with suppress(OSError, AttributeError, TypeError):
        return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE))
    return False
