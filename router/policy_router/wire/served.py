"""Which operations a gateway serves, and under which path: where a call to a route is sent.

Sources: the published references of Opper (v3, compatibility), OpenRouter, LiteLLM and Azure
OpenAI (v1). What is not listed is refused: a body sent to an address that reads it otherwise
would be pinned to nothing.
"""

from __future__ import annotations

import re
from typing import Final

from policy_router.domain.route import Gateway, GatewayType, Route
from policy_router.wire.anthropic_messages import MESSAGES_CREATE
from policy_router.wire.google_generate import GENERATE, STREAM_GENERATE
from policy_router.wire.openai_chat import CHAT
from policy_router.wire.openai_embeddings import EMBEDDINGS
from policy_router.wire.openai_responses import RESPONSES
from policy_router.wire.operation import Operation
from policy_router.wire.operations import SUPPORTED, is_plain
from policy_router.wire.refusal import RefusalCode, Refused

_OPENAI: Final = {o.path: o.path for o in (CHAT, RESPONSES, EMBEDDINGS)}

SERVED: Final[dict[GatewayType, dict[str, str]]] = {
    GatewayType.OPPER: {
        **_OPENAI,
        MESSAGES_CREATE.path: f"/v1{MESSAGES_CREATE.path}",
        **{o.path: f"/v1beta{o.path}" for o in (GENERATE, STREAM_GENERATE)},
    },
    GatewayType.OPENROUTER: {**_OPENAI, MESSAGES_CREATE.path: MESSAGES_CREATE.path},
    GatewayType.LITELLM: _OPENAI,
    GatewayType.OPENAI_COMPATIBLE: _OPENAI,
    GatewayType.AZURE: _OPENAI,
    GatewayType.DIRECT: {o.path: o.path for o in SUPPORTED},
}
"""Below a gateway's base URL, by the path of the operation."""

_IN_A_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")


def check_served(operation: Operation, gateway: Gateway, route: Route) -> None:
    """Refuse an operation that the gateway does not serve, or cannot be pinned for."""
    if operation.path not in SERVED[gateway.type]:
        raise _unsupported(
            f"gateway `{gateway.id}` is not known to serve `{operation.endpoint}`: "
            f"its type is `{gateway.type.value}`"
        )
    address = route.address
    if operation.model_in_path and not (_IN_A_PATH.fullmatch(address) and is_plain(address)):
        raise _unsupported(f"the address of route `{route.id}` cannot stand in a path")


def target(operation: Operation, gateway: Gateway, route: Route, query: str = "") -> str:
    """The address a call to `route` is sent to; nothing of it but `query` comes from the call."""
    path = SERVED[gateway.type][operation.path].replace("{model}", route.address)
    return gateway.base_url.rstrip("/") + path + (f"?{query}" if query else "")


def _unsupported(message: str) -> Refused:
    return Refused(RefusalCode.GATEWAY_UNSUPPORTED, message, "use a route behind another gateway")
