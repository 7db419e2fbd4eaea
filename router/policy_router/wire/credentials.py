"""Keys: in which header each dialect's clients send theirs, and each gateway wants ours.

Sources: the published references on authentication of OpenAI, Anthropic, Gemini and Azure OpenAI.
"""

from __future__ import annotations

from typing import Final

from policy_router.domain.route import GatewayType
from policy_router.wire.headers import Headers
from policy_router.wire.operation import Dialect

_BEARER: Final = "bearer"
_OWN_HEADERS: Final = {Dialect.ANTHROPIC: "x-api-key", Dialect.GOOGLE: "x-goog-api-key"}

_AUTHORIZATION: Final = "authorization"
_CLIENTS_HEADERS: Final = frozenset({_AUTHORIZATION, *_OWN_HEADERS.values()})

KEY_HEADERS: Final = frozenset({"api-key", *_CLIENTS_HEADERS})
"""Every header that a key of ours may be in."""


def caller_key(headers: Headers) -> str | None:
    """The key a client sent, wherever its dialect puts it; None if none, or more than one."""
    said = [header for header in headers if header[0] in _CLIENTS_HEADERS]
    if len(said) == 1:
        return _key_in(*said[0]).strip() or None
    keys = {_key_in(name, value).strip() for name, value in said} - {""}
    is_once = len(dict(said)) == len(said)
    return keys.pop() if len(keys) == 1 and is_once else None


def _key_in(name: str, value: str) -> str:
    if name != _AUTHORIZATION:
        return value
    scheme, _, key = value.partition(" ")
    return key if scheme.lower() == _BEARER else ""


def key_header(gateway: GatewayType, dialect: Dialect, key: str) -> tuple[str, str]:
    """The header in which `gateway` takes `key` for a call in `dialect`."""
    if gateway is GatewayType.AZURE:
        return ("api-key", key)
    if gateway is GatewayType.DIRECT and dialect in _OWN_HEADERS:
        return (_OWN_HEADERS[dialect], key)
    return (_AUTHORIZATION, f"Bearer {key}")
