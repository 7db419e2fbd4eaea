"""Calls on their way in: how many there may be, and how much of them is held at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_router.enforcement.asgi_messages import Receive
from policy_router.wire.refusal import RefusalCode, Refused

MOST_CALLS: Final = 2**14
"""Calls under way at once; those whose answers are streaming are among them."""

MOST_HELD: Final = 2**30
"""Bytes of bodies that all calls under way hold together."""

_VERSION: Final = "/v1/"


@dataclass(slots=True)
class Room:
    """What calls under way take up, and how much that may be."""

    most_calls: int = MOST_CALLS
    most_held: int = MOST_HELD
    calls: int = 0
    held: int = 0

    def take(self, size: int) -> None:
        """Hold `size` more bytes; raises `Refused` if there is no room for them."""
        if self.held + size > self.most_held:
            raise busy("the calls under way hold as much as there is room for")
        self.held += size

    def check(self) -> None:
        """Raise `Refused` if there are too many calls under way."""
        if self.calls > self.most_calls:
            raise busy("there are as many calls under way as can be carried at once")


class Body:
    """The body of one call, for which there is room until it is let go of."""

    __slots__ = ("_room", "_taken")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._taken = 0

    async def read(self, receive: Receive, most: int) -> bytes | None:
        """All of it, cut off once it is longer than `most` bytes; None if the client left.

        Raises `Refused` if there is no room for it.
        """
        body = bytearray()
        while len(body) <= most:
            event = await receive()
            if event["type"] == "http.disconnect":
                return None
            piece = event.get("body", b"")
            self._room.take(len(piece))
            self._taken += len(piece)
            if not event.get("more_body", False) and not body:
                return bytes(piece[: most + 1])
            body += piece
            if not event.get("more_body", False):
                break
        return bytes(body[: most + 1])

    def let_go(self) -> None:
        """Make room for others."""
        self._room.held -= self._taken
        self._taken = 0


def busy(what: str) -> Refused:
    """A call for which there is no room now."""
    return Refused(RefusalCode.BUSY, f"{what}, so it was not read", "try again later")


def below_base(raw_path: bytes) -> str:
    """What follows the base URL; OpenAI's clients have the version in it, the others do not."""
    path = raw_path.partition(b"?")[0].decode("latin-1")
    return path.removeprefix("/v1") if path.startswith(_VERSION) else path
