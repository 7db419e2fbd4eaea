"""OpenAI chat completions: what a call shows, read off its body alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy_router.wire.call import output_tokens
from policy_router.wire.openai_parameters import (
    ANSWERS,
    CHAT_COMPLETIONS,
    METADATA,
    OUTPUT_LIMITS,
    STORE,
)
from policy_router.wire.operation import Dialect, Operation, Shown

_SHOWING: Final = frozenset(
    {"audio", "functions", "modalities", "reasoning_effort", "response_format", "stream", "tools"}
    | {"web_search_options", STORE, ANSWERS, *OUTPUT_LIMITS}
)
"""Every parameter that is looked at below: most calls say none of them, and so show nothing."""

_NOTHING: Final = Shown()


def _asked(body: Mapping[str, Any]) -> Shown:
    if _SHOWING.isdisjoint(body):
        return _NOTHING
    return Shown(
        features=frozenset(_features(body)),
        output_modalities=frozenset(_output_modalities(body)),
        server_tools=frozenset(_server_tools(body)),
        stateful=body.get(STORE) is True,
        streaming=body.get("stream") is True,
        output=output_tokens(body, OUTPUT_LIMITS, ANSWERS),
    )


def _features(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("tools") or body.get("functions"):
        yield "function_calling"
    if (body.get("response_format") or {}).get("type") == "json_schema":
        yield "structured_output"
    if body.get("reasoning_effort") not in {None, "none"}:
        yield "reasoning"


def _output_modalities(body: Mapping[str, Any]) -> Iterator[str]:
    """What is asked for besides text."""
    yield from (m for m in body.get("modalities") or () if m != "text")
    if body.get("audio"):
        yield "audio"


def _server_tools(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("web_search_options") is not None:
        yield "web_search"


CHAT: Final = Operation(
    endpoint="chat_completions",
    dialect=Dialect.OPENAI,
    path="/chat/completions",
    body=CHAT_COMPLETIONS,
    asks=_asked,
    labels=METADATA,
)
