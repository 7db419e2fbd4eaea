"""Clients of the official SDKs, and whether all HTTP they speak is put to the policies.

`openai` and `anthropic` send all of it through one client of httpx. `google-genai` has one for
synchronous calls and another for asynchronous ones, and without the latter prefers aiohttp where
that is installed. Read in their sources (openai 3.54, anthropic 2.12, google-genai 3.4); websockets
(Realtime, Live) go through none of these and are not governed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from policy_router.enforcement.transport import Governing

C = TypeVar("C")


class Ungoverned(ValueError):
    """A client whose calls would go past the policies; `str` says which, and what to do."""


def governed(client: C) -> C:
    """`client` of an official SDK, if every HTTP call it can make goes through a policy transport.

    Raises `Ungoverned` if one would not, or if it is no client whose ways are known.
    """
    google = getattr(client, "_api_client", None)
    for name, option, sender in _senders(client) if google is None else _google_senders(google):
        if not _is_governed(sender):
            raise Ungoverned(f"{name} would not be put to the policies: {option}")
    return client


def _senders(client: object) -> Iterator[tuple[str, str, Any]]:
    """What the SDKs of OpenAI and Anthropic send with."""
    advice = "give it `http_client=` with a policy transport, and neither `mounts` nor `proxy`"
    yield "its calls", advice, getattr(client, "_client", None)


def _google_senders(client: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - no public type
    """What the SDK of Google sends with."""
    if getattr(client, "vertexai", True):
        raise Ungoverned("calls to Vertex go to addresses that are not governed")
    advice = "give `HttpOptions` a `{}` with a policy transport"
    yield "its calls", advice.format("httpx_client"), getattr(client, "_httpx_client", None)
    by_aiohttp = client._use_aiohttp()  # noqa: SLF001 - only the SDK knows which of its two ways
    sender = None if by_aiohttp else getattr(client, "_async_httpx_client", None)
    yield "the calls of its `aio`", advice.format("httpx_async_client"), sender


def _is_governed(sender: Any) -> bool:  # noqa: ANN401 - the two libraries share no types
    """Whether a client of httpx or httpx2 sends everything through policy transports."""
    transports = [getattr(sender, "_transport", None), *getattr(sender, "_mounts", {}).values()]
    return all(isinstance(transport, Governing) for transport in transports)
