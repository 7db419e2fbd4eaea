"""What the headers of a call say, whatever its body: read once for all calls that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from policy_router.wire.credentials import KEY_HEADERS
from policy_router.wire.headers import (
    Headers,
    anthropic_headers,
    check_headers,
    check_media_type,
    content_coding,
    declared_facts,
    upstream_headers,
)

MOST_KEPT: Final = 1_024
LONGEST_KEPT: Final = 4_096
"""Characters of headers that are remembered: what clients say must not fill the memory."""

_OF_ONE_CALL: Final = KEY_HEADERS | {
    "content-length",
    "idempotency-key",
    "traceparent",
    "tracestate",
    "x-request-id",
}
"""Headers that say nothing of what is read here, and that differ from call to call, or are keys."""


@dataclass(frozen=True, slots=True)
class Head:
    """`declared`: governance facts. `coding`: the content encoding of the body.

    `passed`: what goes upstream besides the length of the body and a key; `to_anthropic`: what does
    with an operation of Anthropic's API.
    """

    declared: tuple[tuple[str, str], ...]
    coding: str | None
    passed: Headers
    to_anthropic: Headers


def read_head(headers: Headers) -> Head:
    """What `headers` say; raises `Refused` for what could choose who gets the call."""
    said = tuple([header for header in headers if header[0] not in _OF_ONE_CALL])
    if sum([len(value) for _, value in said]) > LONGEST_KEPT:
        return _read(said)
    return _kept(said)


def _read(headers: Headers) -> Head:
    check_headers(headers)
    check_media_type(headers)
    return Head(
        declared_facts(headers),
        content_coding(headers),
        upstream_headers(headers),
        anthropic_headers(headers),
    )


_kept: Final = lru_cache(maxsize=MOST_KEPT)(_read)
