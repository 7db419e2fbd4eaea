"""Parameters of OpenAI chat completions: every published one, and known ones that steer.

Source: the published chat completions reference, as in version 3.54 of the official Python SDK.
Names that only gateways know are here to be refused with a reason.
"""

from __future__ import annotations

import re
from typing import Final

from policy_router.wire.dangers import GATEWAYS, LONG_CACHE, OTHER_PRICE
from policy_router.wire.inert import (
    GOVERNANCE,
    IDENTITY,
    JSON_SCHEMA,
    LABEL,
    PINNED_MODEL,
    PLACE,
    PROMPT,
    VOICE,
)
from policy_router.wire.openai_messages import (
    FUNCTION,
    MESSAGES,
    NAMED,
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
    Table,
    Tagged,
)

MODEL: Final = "model"
METADATA: Final = "metadata"
STORE: Final = "store"
ANSWERS: Final = "n"
OUTPUT_LIMITS: Final = ("max_completion_tokens", "max_tokens")

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

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

_ANSWER: Final[dict[str, Shape]] = {
    "audio": Record(
        {
            "format": Choice(frozenset({"wav", "aac", "mp3", "flac", "opus", "pcm16"})),
            "voice": VOICE,
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
    "reasoning_effort": Choice(frozenset(EFFORTS)),
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

_THIRD_PARTIES: Final[dict[str, Shape]] = {
    "web_search_options": Record(
        {
            "search_context_size": Choice(frozenset({"low", "medium", "high"})),
            "user_location": Record(
                {
                    "type": Choice(frozenset({"approximate"})),
                    "approximate": Record(
                        dict.fromkeys(("city", "country", "region", "timezone"), PLACE)
                    ),
                },
                frozenset({"type", "approximate"}),
            ),
        }
    ),
}

KEPT: Final[dict[str, Shape]] = {
    METADATA: Table(
        re.compile(r"(?! )[\w!-/:-@\[-`{-~ \u0300-\u036f]{1,64}(?<! )"),
        GOVERNANCE,
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
        LONG_CACHE,
    ),
    "safety_identifier": IDENTITY,
    "user": IDENTITY,
    "service_tier": Choice(
        frozenset({"auto", "default"}),
        OTHER_PRICE,
    ),
}

CHAT_COMPLETIONS: Final = Record(
    {
        **GATEWAYS,
        MODEL: PINNED_MODEL,
        "messages": MESSAGES,
        "moderation": Never(
            RefusalCode.SECOND_MODEL, "names a second model, which reads the call too"
        ),
        **_SAMPLING,
        **_ANSWER,
        **_CALLING,
        **_THIRD_PARTIES,
        **KEPT,
    },
    frozenset({MODEL, "messages"}),
)
"""The body of `POST /chat/completions`."""
