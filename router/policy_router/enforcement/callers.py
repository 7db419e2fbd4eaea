"""Who calls: told by the key a call carries, never by what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest

from policy_router.domain.organisation import Caller
from policy_router.wire.credentials import caller_key
from policy_router.wire.headers import Headers


def caller_of(headers: Headers, callers: Iterable[Caller]) -> Caller | None:
    """The caller whose key the call carries, where its dialect puts it; None if it is nobody's.

    Every key is compared, in constant time, whichever it is.
    """
    key = caller_key(headers)
    if key is None:
        return None
    said = sha256(key.encode()).hexdigest()
    found = [c for c in callers if compare_digest(said, c.key_sha256 or "")]
    return found[0] if len(found) == 1 else None
