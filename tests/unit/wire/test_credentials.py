"""Keys are read where each dialect's clients put them, and sent where each gateway wants ours."""

from __future__ import annotations

import pytest

from policy_router.domain.route import GatewayType
from policy_router.wire.credentials import KEY_HEADERS, caller_key, key_header
from policy_router.wire.operation import Dialect


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ((("authorization", "Bearer k"),), "k"),
        ((("authorization", "bearer  k "),), "k"),
        ((("x-api-key", "k"),), "k"),
        ((("x-goog-api-key", "k"),), "k"),
        ((("authorization", "Bearer k"), ("x-api-key", "k")), "k"),
        ((("authorization", "Bearer k"), ("x-api-key", "other")), None),
        ((("x-api-key", "k"), ("x-api-key", "l")), None),
        ((("authorization", "Basic k"),), None),
        ((("x-api-key", ""),), None),
        ((), None),
    ],
)
def test_whose_key_a_call_carries(headers: tuple[tuple[str, str], ...], key: str | None) -> None:
    assert caller_key(headers) == key


@pytest.mark.parametrize(
    ("gateway", "dialect", "header"),
    [
        (GatewayType.OPPER, Dialect.ANTHROPIC, ("authorization", "Bearer k")),
        (GatewayType.OPENROUTER, Dialect.OPENAI, ("authorization", "Bearer k")),
        (GatewayType.DIRECT, Dialect.OPENAI, ("authorization", "Bearer k")),
        (GatewayType.DIRECT, Dialect.ANTHROPIC, ("x-api-key", "k")),
        (GatewayType.DIRECT, Dialect.GOOGLE, ("x-goog-api-key", "k")),
        (GatewayType.AZURE, Dialect.OPENAI, ("api-key", "k")),
    ],
)
def test_where_a_gateway_takes_its_key(
    gateway: GatewayType, dialect: Dialect, header: tuple[str, str]
) -> None:
    assert key_header(gateway, dialect, "k") == header
    assert header[0] in KEY_HEADERS
