"""Transports for clients of httpx2: `Client(transport=PolicyTransport(pdp))`."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import httpx2

from policy_router.enforcement.transport import GoverningAsync, GoverningSync

__all__ = ["AsyncPolicyTransport", "PolicyTransport"]


class PolicyTransport(GoverningSync, httpx2.BaseTransport):
    """For `httpx2.Client`."""

    library: ClassVar[ModuleType] = httpx2


class AsyncPolicyTransport(GoverningAsync, httpx2.AsyncBaseTransport):
    """For `httpx2.AsyncClient`."""

    library: ClassVar[ModuleType] = httpx2
