"""Gemini `generateContent` and `streamGenerateContent`: what a call may say, and what it shows.

Source: the published generateContent reference, as in version 3.4 of the official Python SDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from policy_router.wire.call import output_tokens
from policy_router.wire.dangers import GATEWAYS
from policy_router.wire.google_content import (
    CONTENT,
    GENERATION_CONFIG,
    SAFETY,
    SEARCHES,
    SETTINGS_DENIED,
    TOOL_CONFIG,
    TOOLS,
)
from policy_router.wire.inert import GOVERNANCE, PINNED_MODEL
from policy_router.wire.operation import Dialect, Operation, Shown
from policy_router.wire.shapes import Flag, Many, Record, Table

GENERATE_CONTENT: Final = Record(
    {
        **GATEWAYS,
        "model": PINNED_MODEL,
        "contents": Many(CONTENT),
        "systemInstruction": CONTENT,
        "generationConfig": GENERATION_CONFIG,
        "safetySettings": SAFETY,
        "tools": TOOLS,
        "toolConfig": TOOL_CONFIG,
        "labels": Table(re.compile(r"[A-Za-z0-9_.-]{1,64}"), GOVERNANCE),
        "store": Flag(),
        **SETTINGS_DENIED,
    },
    frozenset({"contents"}),
)
"""The body of `POST /models/{model}:generateContent`."""


def _asked(body: Mapping[str, Any]) -> Shown:
    settings = body.get("generationConfig") or {}
    tools = {name for tool in body.get("tools") or () for name in tool}
    modalities = frozenset(m.lower() for m in settings.get("responseModalities") or ())
    return Shown(
        features=frozenset(_features(settings, tools)),
        output_modalities=modalities - {"text"},
        server_tools=frozenset(_server_tools(tools)),
        stateful=body.get("store") is True,
        output=output_tokens(settings, ("maxOutputTokens",), "candidateCount"),
    )


def _features(settings: Mapping[str, Any], tools: set[str]) -> Iterator[str]:
    if "functionDeclarations" in tools:
        yield "function_calling"
    if settings.get("responseSchema") or settings.get("responseJsonSchema"):
        yield "structured_output"
    thinking = settings.get("thinkingConfig") or {}
    if thinking.get("thinkingLevel") or thinking.get("thinkingBudget"):
        yield "reasoning"


def _server_tools(tools: set[str]) -> Iterator[str]:
    if tools.intersection(SEARCHES):
        yield "web_search"
    if "codeExecution" in tools:
        yield "code_interpreter"
    if "computerUse" in tools:
        yield "computer_use"


GENERATE: Final = Operation(
    endpoint="generate_content",
    dialect=Dialect.GOOGLE,
    path="/models/{model}:generateContent",
    body=GENERATE_CONTENT,
    asks=_asked,
    labels="labels",
    queries=frozenset({"alt=json"}),
)
STREAM_GENERATE: Final = replace(
    GENERATE,
    path="/models/{model}:streamGenerateContent",
    streams=True,
    queries=frozenset({"alt=sse", "alt=json"}),
)
