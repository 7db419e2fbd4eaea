"""Transports for clients of httpx: `Client(transport=PolicyTransport(pdp))`."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import httpx

from policy_router.enforcement.passing import PassingAsync, PassingSync
from policy_router.enforcement.transport import GoverningAsync, GoverningSync

__all__ = ["AsyncPolicyTransport", "PolicyTransport"]


class _Body(PassingSync, httpx.SyncByteStream):
    """An answer that passes."""


class _AsyncBody(PassingAsync, httpx.AsyncByteStream):
    """An answer that passes."""


class PolicyTransport(GoverningSync, httpx.BaseTransport):
    """For `httpx.Client`."""

    library: ClassVar[ModuleType] = httpx
    body: ClassVar[type] = _Body


class AsyncPolicyTransport(GoverningAsync, httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient`."""

    library: ClassVar[ModuleType] = httpx
    body: ClassVar[type] = _AsyncBody
