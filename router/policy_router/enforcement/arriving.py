"""Calls on their way in: how many there may be, and how much of them is held at once.

What counts is what a body takes up here and not how it was packed: its bytes as they came, what is
made of it to be read, and what of that goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from policy_router.enforcement.asgi_messages import Receive
from policy_router.wire.refusal import RefusalCode, Refused

MOST_CALLS: Final = 2**14
"""Calls under way at once; those whose answers are streaming are among them."""

MOST_HELD: Final = 2**30
"""Bytes of bodies that all calls under way hold together."""


@dataclass(slots=True)
class Room:
    """What calls under way take up, and how much that may be. Threads may share it."""

    most_calls: int = MOST_CALLS
    most_held: int = MOST_HELD
    calls: int = 0
    held: int = 0
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def check(self) -> None:
        """Raise `Refused` if there are too many calls under way."""
        if self.calls > self.most_calls:
            raise busy("there are as many calls under way as can be carried at once")


class Body:
    """The body of one call, for which there is room until it is let go of."""

    __slots__ = ("_is_gone", "_room", "_taken")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._taken = 0
        self._is_gone = False

    def take(self, size: int) -> None:
        """Hold `size` more bytes, or so many fewer if it is negative.

        Raises `Refused` if there is no room for them. A thread may still ask once the call is over;
        then nothing is held.
        """
        room = self._room
        with room.lock:
            if self._is_gone:
                return
            if size > 0 and room.held + size > room.most_held:
                raise busy("the calls under way hold as much as there is room for")
            room.held += size
            self._taken += size

    async def read(self, receive: Receive, most: int) -> bytes | None:
        """All of it, no further than it is longer than `most` bytes; None if the client left.

        Raises `Refused` if there is no room for it.
        """
        pieces, size = list[bytes](), 0
        while size <= most:
            event = await receive()
            if event["type"] == "http.disconnect":
                return None
            piece: bytes = event.get("body", b"")
            self.take(len(piece))
            pieces.append(piece)
            size += len(piece)
            if not event.get("more_body", False):
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def let_go(self) -> None:
        """Make room for others."""
        with self._room.lock:
            self._room.held -= self._taken
            self._taken, self._is_gone = 0, True


def busy(what: str) -> Refused:
    """A call for which there is no room now."""
    return Refused(RefusalCode.BUSY, f"{what}, so it was not read", "try again later")
