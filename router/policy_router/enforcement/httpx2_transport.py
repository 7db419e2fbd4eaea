"""Transports for clients of httpx2: `Client(transport=PolicyTransport(pdp))`."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import httpx2

from policy_router.enforcement.passing import PassingAsync, PassingSync
from policy_router.enforcement.transport import GoverningAsync, GoverningSync

__all__ = ["AsyncPolicyTransport", "PolicyTransport"]


class _Body(PassingSync, httpx2.SyncByteStream):
    """An answer that passes."""


class _AsyncBody(PassingAsync, httpx2.AsyncByteStream):
    """An answer that passes."""


class PolicyTransport(GoverningSync, httpx2.BaseTransport):
    """For `httpx2.Client`."""

    library: ClassVar[ModuleType] = httpx2
    body: ClassVar[type] = _Body


class AsyncPolicyTransport(GoverningAsync, httpx2.AsyncBaseTransport):
    """For `httpx2.AsyncClient`."""

    library: ClassVar[ModuleType] = httpx2
    body: ClassVar[type] = _AsyncBody
