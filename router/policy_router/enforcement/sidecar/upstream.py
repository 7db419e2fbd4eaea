"""The one pooled client that calls go out through: no redirect, cookie or proxy of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import aiohttp
from yarl import URL

from policy_router.audit.record import Ending
from policy_router.enforcement.answer import Forward

CONNECT_SECONDS: Final = 10.0
SILENT_SECONDS: Final = 600.0
"""How long an upstream may say nothing: as long as the official SDKs wait by default."""

_NOT_OURS: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a connection, and for the next byte of an answer, in seconds."""

    connect: float = CONNECT_SECONDS
    silent: float = SILENT_SECONDS


@asynccontextmanager
async def pool(patience: Patience) -> AsyncIterator[aiohttp.ClientSession]:
    """A client for as long as the context lasts; as many connections as there are calls."""
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=patience.connect, sock_read=patience.silent
    )
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=_NOT_OURS,
    ) as session:
        yield session


async def send(session: aiohttp.ClientSession, forward: Forward) -> aiohttp.ClientResponse:
    """The head of the answer to `forward`; its body is still to be read."""
    return await session.request(
        forward.method,
        _address(forward.url),
        headers=list(forward.headers),
        data=forward.body,
        allow_redirects=False,
    )


@lru_cache(maxsize=1024)
def _address(url: str) -> URL:
    """The address as it is written; there are few, and the client works out much of each."""
    return URL(url, encoded=True)


def failure(error: Exception) -> Ending:
    """How a sending ended that got no answer."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Ending.UNREACHED
    return Ending.TIMED_OUT if isinstance(error, TimeoutError) else Ending.BROKEN
