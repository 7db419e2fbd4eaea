"""Who may look: the one who opened the link, once, on this machine, in one browser."""

from __future__ import annotations

import secrets
from hmac import compare_digest
from threading import Lock
from typing import Final

_BYTES: Final = 32


class Access:
    """A token that works once, and the session it is exchanged for. `port`: where is listened."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.token: Final = secrets.token_urlsafe(_BYTES)
        self._session: str | None = None
        self._exchanging = Lock()

    @property
    def cookie(self) -> str:
        """The name of the session's cookie: cookies do not tell ports apart."""
        return f"policy-router-ui-{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser on this machine may call the address: a name of its own is none of it."""
        return frozenset(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost"))

    def is_open(self, token: str) -> bool:
        """Whether a token would be exchanged."""
        return self._session is None and compare_digest(token.encode(), self.token.encode())

    def exchanged(self, token: str) -> str | None:
        """A session for a token, which is worth nothing from then on; None for any other."""
        with self._exchanging:
            if not self.is_open(token):
                return None
            self._session = secrets.token_urlsafe(_BYTES)
            return self._session

    def is_session(self, value: str) -> bool:
        """Whether a cookie is that of the session."""
        return self._session is not None and compare_digest(value.encode(), self._session.encode())
