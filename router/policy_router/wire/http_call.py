"""One HTTP request to an LLM API, read into what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy_router.wire.encodings import decoded
from policy_router.wire.headers import (
    Headers,
    check_headers,
    check_media_type,
    content_coding,
    declared_facts,
)
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits, parse, too_large
from policy_router.wire.openai_chat import ChatCall, read_chat
from policy_router.wire.openai_operations import check_operation


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request as it arrived.

    `path` and `query` are raw; `path` is what follows the base URL, None if it is under no base
    URL that is governed.
    """

    method: str
    path: str | None
    query: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: the call, and what its sender declares about it."""

    chat: ChatCall
    declared: tuple[tuple[str, str], ...]


def read_call(call: HttpCall, limits: Limits = DEFAULT_LIMITS) -> Asked:
    """What `call` asks for; raises `Refused` for anything no policy has looked at."""
    if len(call.body) > limits.size:
        raise too_large(limits.size)
    check_operation(call.method, call.path, call.query)
    check_headers(call.headers)
    check_media_type(call.headers)
    body = decoded(call.body, content_coding(call.headers), limits.size)
    chat = read_chat(parse(body, limits))
    return Asked(chat, (*declared_facts(call.headers), *chat.declared))
