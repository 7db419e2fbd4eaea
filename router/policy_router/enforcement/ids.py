"""Ids of calls: random ones as RFC 9562 has them (version 4), many made at once."""

from __future__ import annotations

import os
from typing import Final

_AT_ONCE: Final = 64
_BYTES: Final = 16
_VARIANTS: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))

_READY: Final[list[str]] = []


def new_id() -> str:
    """An id that no other call has. Randomness is asked for seldom, as each time takes a while."""
    try:
        return _READY.pop()
    except IndexError:  # several threads may make some, each its own
        made = _made()
        _READY.extend(made[1:])
        return made[0]


def _made() -> list[str]:
    digits = os.urandom(_BYTES * _AT_ONCE).hex()
    size = 2 * _BYTES
    return [_id(digits[at : at + size]) for at in range(0, len(digits), size)]


def _id(h: str) -> str:
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{_VARIANTS[h[16]]}{h[17:20]}-{h[20:]}"


os.register_at_fork(after_in_child=_READY.clear)  # else parent and child would use the same ones
