"""Work that may take long: told from the rest, and left to whoever carries a call.

An event loop that did it would keep every other call waiting, so a carrier on a loop hands it to a
thread. Which work that is, is said here, once for all ways to carry a call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final, NamedTuple, TypeVar

from policy_router.enforcement.gate import Gate
from policy_router.store.project import Loaded
from policy_router.wire.http_call import HttpCall

LONGEST_HERE: Final = 2**16
"""Bytes of a body that an event loop reads and decides itself; a thread costs more than that."""
_CODING: Final = "content-encoding"

Made = TypeVar("Made")


class Apart(NamedTuple):
    """Do `work`, which may take long, where no other call waits for it; what it raises comes back.

    It may be done to its end after nobody waits for it any more: it changes nothing by itself.
    """

    work: Callable[[], None]


def done(work: Callable[[], Made]) -> Generator[Apart, Any, Made]:
    """What `work` returns, done apart."""
    made: list[Made] = []
    yield Apart(lambda: made.append(work()))
    return made[0]


def is_long(gate: Gate, loaded: Loaded, call: HttpCall) -> bool:
    """Whether to read and decide `call` may take so long that a loop should not wait for it.

    What is packed may unpack to anything up to the bound. Detectors of a program, and Presidio, may
    take their time with a text of any length; a key in a file is waited for on its disk.
    """
    if len(call.body) > LONGEST_HERE or gate.detectors or gate.waits.of(loaded):
        return True
    return _CODING in [name for name, _ in call.headers]
