"""Parameters that must not be said in any dialect, by the danger that lies in them."""

from __future__ import annotations

from policy_router.wire.refusal import RefusalCode
from policy_router.wire.shapes import Never, Shape


def steers(*names: str, why: str = "could name a model besides `model`") -> dict[str, Shape]:
    """Parameters through which a second model or another target could be named."""
    return {
        name: Never(
            RefusalCode.SECOND_MODEL, why, f"leave out `{name}`: routes are chosen by policy"
        )
        for name in names
    }


def keeps(*names: str) -> dict[str, Shape]:
    """Parameters that refer to what a provider keeps, or ask it to keep something."""
    return dict.fromkeys(names, KEEPS)


def hands_over(*names: str) -> dict[str, Shape]:
    """Parameters that bring in a party besides the route's own."""
    return dict.fromkeys(names, HANDS_OVER)


KEEPS = Never(RefusalCode.KEEPS_STATE, "makes or uses something that a provider keeps")
HANDS_OVER = Never(
    RefusalCode.THIRD_PARTY, "would hand the call to a party no policy has looked at"
)
FETCHES = Never(
    RefusalCode.THIRD_PARTY,
    "would have a provider fetch something from an address of the caller's choice",
    "send the content itself, in base64",
)
FILE_ID = Never(
    RefusalCode.KEEPS_STATE,
    "names a file that a provider keeps",
    "send the file itself, in base64",
)
LONG_CACHE = Never(RefusalCode.KEEPS_STATE, "asks for a cache that outlives the call")
OTHER_PRICE = Never(
    RefusalCode.CHANGES_PRICE, "asks for a tier with a price no policy has looked at"
)

GATEWAY_STEERING = steers(
    "api_base",
    "api_key",
    "api_version",
    "azure_endpoint",
    "base_url",
    "custom_llm_provider",
    "deployment",
    "deployment_id",
    "engine",
    "extra_body",
    "extra_headers",
    "extra_query",
    "fallback_models",
    "fallbacks",
    "litellm_params",
    "mock_response",
    "model_list",
    "models",
    "preset",
    "provider",
    "providerOptions",
    "region",
    "route",
)
GATEWAY_PARTIES = hands_over("plugins", "mcp_servers", "guardrails", "data_sources", "transforms")
GATEWAY_STATE = keeps(
    "background",
    "cache_control",
    "container",
    "conversation",
    "conversation_id",
    "file_ids",
    "previous_response_id",
    "prompt_id",
    "session_id",
    "thread_id",
    "vector_store_ids",
)
GATEWAYS = {**GATEWAY_STEERING, **GATEWAY_PARTIES, **GATEWAY_STATE}
"""What only gateways know, refused with a reason in every dialect that goes through one."""
