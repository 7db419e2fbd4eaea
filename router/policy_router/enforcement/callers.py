"""Who calls: told by the key a call carries, never by what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final

from policy_router.domain.organisation import Caller
from policy_router.enforcement.facts import Floor, floor_of
from policy_router.wire.credentials import caller_key
from policy_router.wire.headers import Headers

_KEY_BYTES: Final = 32


def new_key() -> str:
    """A key for a caller, that nobody can guess."""
    return f"pr-{token_urlsafe(_KEY_BYTES)}"


def key_hash(key: str) -> str:
    """What a caller's document holds of its key: SHA-256, as it has 256 random bits itself."""
    return sha256(key.encode()).hexdigest()


class Floors:
    """What is certain of whoever calls, by the hash of the key that the call carries."""

    def __init__(self, callers: Iterable[Caller]) -> None:
        self._known: dict[str, tuple[str, Floor] | None] = {}
        for caller in callers:
            said = caller.key_sha256 or ""
            self._known[said] = None if said in self._known else (said, floor_of(caller))

    def floor(self, headers: Headers) -> Floor | None:
        """The floor of the caller whose key the call carries; None if it is nobody's, or several's.

        What is looked up is a hash, of which nobody can choose so much as the beginning who does
        not know the key; it is compared in constant time besides.
        """
        key = caller_key(headers)
        if key is None:
            return None
        said = key_hash(key)
        found = self._known.get(said)
        return found[1] if found is not None and compare_digest(said, found[0]) else None


def caller_of(headers: Headers, callers: Iterable[Caller]) -> Caller | None:
    """The caller whose key the call carries, where its dialect puts it; None if it is nobody's.

    Every key is compared, in constant time, whichever it is.
    """
    key = caller_key(headers)
    return None if key is None else caller_by_hash(key_hash(key), callers)


def caller_by_hash(said: str, callers: Iterable[Caller]) -> Caller | None:
    """The caller whose document has the hash `said` of a key; None if none has, or several."""
    known = [(c, c.key_sha256.encode()) for c in callers if c.key_sha256 is not None]
    found = [c for c, held in known if compare_digest(said.encode(), held)]
    return found[0] if len(found) == 1 else None
