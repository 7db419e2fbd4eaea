"""Parameters of OpenAI chat completions: every published one, and known ones that steer.

Source: the published chat completions reference, as in version 3.54 of the official Python SDK.
Names that only gateways know are here to be refused with a reason.
"""

from __future__ import annotations

import re
from typing import Final

from policy_router.wire.openai_messages import (
    FUNCTION,
    JSON_SCHEMA,
    LABEL,
    MESSAGES,
    NAMED,
    PROMPT,
    TEXT_PART,
    TOOL_CHOICE,
    TOOLS,
)
from policy_router.wire.refusal import RefusalCode
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Inert,
    Many,
    Never,
    Number,
    Record,
    Shape,
    Spelled,
    Table,
    Tagged,
)

MODEL: Final = "model"
METADATA: Final = "metadata"
STORE: Final = "store"
ANSWERS: Final = "n"
OUTPUT_LIMITS: Final = ("max_completion_tokens", "max_tokens")

_NAMES_MODEL = "could name a model besides `model`"


def _steers(*names: str) -> dict[str, Shape]:
    """Parameters of gateways through which a second model or another target could be named."""
    return {
        name: Never(
            RefusalCode.SECOND_MODEL,
            _NAMES_MODEL,
            f"leave out `{name}`: routes are chosen by policy",
        )
        for name in names
    }


def _keeps(*names: str) -> dict[str, Shape]:
    """Parameters that refer to what a provider keeps, or ask it to keep something."""
    return {
        name: Never(RefusalCode.KEEPS_STATE, "makes or uses something that a provider keeps")
        for name in names
    }


_SAMPLING: Final[dict[str, Shape]] = {
    "frequency_penalty": Number(),
    "logit_bias": Table(re.compile(r"\d{1,10}"), Number()),
    "logprobs": Flag(),
    **dict.fromkeys(OUTPUT_LIMITS, Number(whole=True, least=1, most=1_000_000_000)),
    ANSWERS: Number(whole=True, least=1, most=128),
    "presence_penalty": Number(),
    "seed": Number(whole=True),
    "stop": Either(PROMPT, Many(PROMPT)),
    "temperature": Number(),
    "top_logprobs": Number(whole=True),
    "top_p": Number(),
}

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

_ANSWER: Final[dict[str, Shape]] = {
    "audio": Record(
        {
            "format": Choice(frozenset({"wav", "aac", "mp3", "flac", "opus", "pcm16"})),
            "voice": Spelled(re.compile(r"[a-z]{1,32}"), "the name of a built-in voice", "a voice"),
        },
        frozenset({"format", "voice"}),
    ),
    "modalities": Many(Choice(frozenset({"text", "audio"}))),
    "prediction": Record(
        {
            "type": Choice(frozenset({"content"})),
            "content": Either(PROMPT, Many(Tagged("type", {"text": TEXT_PART}))),
        },
        frozenset({"type", "content"}),
    ),
    "reasoning_effort": Choice(frozenset(_EFFORTS)),
    "response_format": Tagged(
        "type",
        {
            "text": Record({"type": LABEL}),
            "json_object": Record({"type": LABEL}),
            "json_schema": Record(
                {
                    "type": LABEL,
                    "json_schema": Record(
                        {
                            "name": LABEL,
                            "description": PROMPT,
                            "schema": JSON_SCHEMA,
                            "strict": Flag(),
                        },
                        frozenset({"name"}),
                    ),
                },
                frozenset({"json_schema"}),
            ),
        },
    ),
    "stream": Flag(),
    "stream_options": Record({"include_obfuscation": Flag(), "include_usage": Flag()}),
    "verbosity": Choice(frozenset({"low", "medium", "high"})),
}

_CALLING: Final[dict[str, Shape]] = {
    "function_call": Either(Choice(frozenset({"none", "auto"})), NAMED),
    "functions": Many(FUNCTION),
    "parallel_tool_calls": Flag(),
    "tool_choice": TOOL_CHOICE,
    "tools": TOOLS,
}

_PLACE = Inert("where the search pretends to be; it names no party and no model")

_THIRD_PARTIES: Final[dict[str, Shape]] = {
    "web_search_options": Record(
        {
            "search_context_size": Choice(frozenset({"low", "medium", "high"})),
            "user_location": Record(
                {
                    "type": Choice(frozenset({"approximate"})),
                    "approximate": Record(
                        dict.fromkeys(("city", "country", "region", "timezone"), _PLACE)
                    ),
                },
                frozenset({"type", "approximate"}),
            ),
        }
    ),
    **{
        name: Never(
            RefusalCode.THIRD_PARTY, "would hand the call to a party no policy has looked at"
        )
        for name in ("plugins", "mcp_servers", "guardrails", "data_sources", "transforms")
    },
}

_IDENTITY = Inert("tells a provider's abuse detection which of its customer's users calls")

_KEPT: Final[dict[str, Shape]] = {
    METADATA: Table(
        re.compile(r"[A-Za-z0-9_.-]{1,64}"),
        Inert("governance facts, taken out; other labels go only where no gateway reads them"),
    ),
    STORE: Flag(),
    "prompt_cache_key": Inert("groups calls for a cache; the cache itself is a claim of the route"),
    "prompt_cache_options": Record(
        {
            "mode": Choice(frozenset({"implicit", "explicit"})),
            "ttl": Never(RefusalCode.KEEPS_STATE, "asks for a cache that lives at least so long"),
        }
    ),
    "prompt_cache_retention": Choice(
        frozenset({"in_memory"}),
        Never(RefusalCode.KEEPS_STATE, "asks for a cache that outlives the call"),
    ),
    "safety_identifier": _IDENTITY,
    "user": _IDENTITY,
    **_keeps(
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
    ),
}

_PRICED: Final[dict[str, Shape]] = {
    "service_tier": Choice(
        frozenset({"auto", "default"}),
        Never(RefusalCode.CHANGES_PRICE, "asks for a tier with a price no policy has looked at"),
    ),
}

_STEERING: Final = _steers(
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

CHAT_COMPLETIONS: Final = Record(
    {
        MODEL: Inert(
            "the one mention of a model; decided on, then replaced by the route's address"
        ),
        "messages": MESSAGES,
        "moderation": Never(
            RefusalCode.SECOND_MODEL, "names a second model, which reads the call too"
        ),
        **_SAMPLING,
        **_ANSWER,
        **_CALLING,
        **_THIRD_PARTIES,
        **_KEPT,
        **_PRICED,
        **_STEERING,
    },
    frozenset({MODEL, "messages"}),
)
"""The body of `POST /chat/completions`."""
