"""Transports for clients of httpx: `Client(transport=PolicyTransport(pdp))`."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import httpx

from policy_router.enforcement.transport import GoverningAsync, GoverningSync

__all__ = ["AsyncPolicyTransport", "PolicyTransport"]


class PolicyTransport(GoverningSync, httpx.BaseTransport):
    """For `httpx.Client`."""

    library: ClassVar[ModuleType] = httpx


class AsyncPolicyTransport(GoverningAsync, httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient`."""

    library: ClassVar[ModuleType] = httpx
