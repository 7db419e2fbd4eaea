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
    said = [_bearers(headers), *(all_of(headers, name) for name in _OWN_HEADERS.values())]
    keys = {value.strip() for values in said for value in values} - {""}
    return keys.pop() if len(keys) == 1 and all(len(v) <= 1 for v in said) else None


def _bearers(headers: Headers) -> list[str]:
    parts = [value.partition(" ") for value in all_of(headers, "authorization")]
    return [key if scheme.lower() == _BEARER else "" for scheme, _, key in parts]


def key_header(gateway: GatewayType, dialect: Dialect, key: str) -> tuple[str, str]:
    """The header in which `gateway` takes `key` for a call in `dialect`."""
    if gateway is GatewayType.AZURE:
        return ("api-key", key)
    if gateway is GatewayType.DIRECT and dialect in _OWN_HEADERS:
        return (_OWN_HEADERS[dialect], key)
    return ("authorization", f"Bearer {key}")
