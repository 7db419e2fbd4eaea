"""Keys: in which header each dialect's clients send theirs, and each gateway wants ours.

Sources: the published references on authentication of OpenAI, Anthropic, Gemini and Azure OpenAI.
"""

from __future__ import annotations

from typing import Final

from policy_router.domain.route import GatewayType
from policy_router.wire.headers import Headers, all_of
from policy_router.wire.operation import Dialect

_BEARER: Final = "bearer"
_OWN_HEADERS: Final = {Dialect.ANTHROPIC: "x-api-key", Dialect.GOOGLE: "x-goog-api-key"}

KEY_HEADERS: Final = frozenset({"authorization", "api-key", *_OWN_HEADERS.values()})
"""Every header that a key of ours may be in."""


def caller_key(headers: Headers) -> str | None:
    """The key a client sent, wherever its dialect puts it; None if none, or more than one."""
    said = {key for key in (*_bearers(headers), *_own(headers)) if key}
    return said.pop() if len(said) == 1 else None


def _bearers(headers: Headers) -> list[str]:
    parts = [value.partition(" ") for value in all_of(headers, "authorization")]
    return [key.strip() for scheme, _, key in parts if scheme.lower() == _BEARER]


def _own(headers: Headers) -> list[str]:
    return [key.strip() for name in _OWN_HEADERS.values() for key in all_of(headers, name)]


def key_header(gateway: GatewayType, dialect: Dialect, key: str) -> tuple[str, str]:
    """The header in which `gateway` takes `key` for a call in `dialect`."""
    if gateway is GatewayType.AZURE:
        return ("api-key", key)
    if gateway is GatewayType.DIRECT and dialect in _OWN_HEADERS:
        return (_OWN_HEADERS[dialect], key)
    return ("authorization", f"Bearer {key}")
