"""The official SDK of OpenAI, over transports of both generations of httpx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import httpx2
from openai import AsyncOpenAI, OpenAI

from policy_router.enforcement import httpx2_transport, httpx_transport
from tests.pep.conftest import Stage

LIBRARIES = ("httpx", "httpx2")
MESSAGES: Any = [{"role": "user", "content": "hello"}]

Counted = Callable[[], int]


def sync_client(
    stage: Stage,
    library: str,
    key: str = "none",
    **settings: Any,  # noqa: ANN401
) -> OpenAI:
    """Return a client whose every attempt goes through a policy transport."""
    settings = {"log": stage.log, **settings}
    if library == "httpx":
        old = httpx.Client(transport=httpx_transport.PolicyTransport(stage.pdp, **settings))
        return OpenAI(api_key=key, http_client=old)  # type: ignore[arg-type]
    new = httpx2.Client(transport=httpx2_transport.PolicyTransport(stage.pdp, **settings))
    return OpenAI(api_key=key, http_client=new)


def async_client(
    stage: Stage,
    library: str,
    key: str = "none",
    **settings: Any,  # noqa: ANN401
) -> AsyncOpenAI:
    """Return the same for `async` code."""
    settings = {"log": stage.log, **settings}
    if library == "httpx":
        transport = httpx_transport.AsyncPolicyTransport(stage.pdp, **settings)
        old = httpx.AsyncClient(transport=transport)
        return AsyncOpenAI(api_key=key, http_client=old)  # type: ignore[arg-type]
    new = httpx2.AsyncClient(transport=httpx2_transport.AsyncPolicyTransport(stage.pdp, **settings))
    return AsyncOpenAI(api_key=key, http_client=new)
