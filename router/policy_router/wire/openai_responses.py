"""OpenAI responses: what a call may say, and what it shows.

Source: the published responses reference, as in version 3.54 of the official Python SDK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy_router.wire.call import output_tokens
from policy_router.wire.dangers import GATEWAYS, KEEPS, OTHER_PRICE, keeps, steers
from policy_router.wire.inert import JSON_SCHEMA, LABEL, PINNED_MODEL, PROMPT
from policy_router.wire.openai_items import COMPUTERS, ITEMS, SEARCHES, TOOL_CHOICE, TOOLS
from policy_router.wire.openai_parameters import EFFORTS, KEPT, METADATA, STORE
from policy_router.wire.operation import Dialect, Operation, Shown
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Many,
    Never,
    Number,
    Record,
    Shape,
    Tagged,
)

_SUMMARY = Choice(frozenset({"auto", "concise", "detailed"}))

_ANSWER: Final[dict[str, Shape]] = {
    "include": Many(
        Choice(
            frozenset(
                {
                    "computer_call_output.output.image_url",
                    "message.input_image.image_url",
                    "message.output_text.logprobs",
                    "reasoning.encrypted_content",
                    "web_search_call.action.sources",
                    "web_search_call.results",
                }
            ),
            Never(RefusalCode.KEEPS_STATE, "asks for what lies in a store or a container"),
        )
    ),
    "max_output_tokens": Number(whole=True, least=1, most=1_000_000_000),
    "max_tool_calls": Number(whole=True, least=0),
    "parallel_tool_calls": Flag(),
    "reasoning": Record(
        {
            "effort": Choice(frozenset(EFFORTS)),
            "generate_summary": _SUMMARY,
            "summary": _SUMMARY,
            "context": Choice(frozenset({"auto", "current_turn", "all_turns"})),
            "mode": Choice(
                frozenset({"standard"}),
                Never(RefusalCode.CHANGES_PRICE, "asks for a mode with another price"),
            ),
        }
    ),
    "stream": Flag(),
    "stream_options": Record({"include_obfuscation": Flag()}),
    "temperature": Number(),
    "text": Record(
        {
            "format": Tagged(
                "type",
                {
                    "text": Record({"type": LABEL}),
                    "json_object": Record({"type": LABEL}),
                    "json_schema": Record(
                        {
                            "type": LABEL,
                            "name": LABEL,
                            "description": PROMPT,
                            "schema": JSON_SCHEMA,
                            "strict": Flag(),
                        },
                        frozenset({"name", "schema"}),
                    ),
                },
            ),
            "verbosity": Choice(frozenset({"low", "medium", "high"})),
        }
    ),
    "top_logprobs": Number(whole=True),
    "top_p": Number(),
    "truncation": Choice(frozenset({"auto", "disabled"})),
}

_DENIED: Final[dict[str, Shape]] = {
    "background": Flag(only=False, otherwise=KEEPS),
    **keeps(
        "background_options",
        "context_management",
        "conversation",
        "previous_response_id",
        "prompt",
    ),
    **steers("moderation", why="names a second model, which reads the call too"),
    "access_programs": OTHER_PRICE,
}

_RESPONSES: Final = Record(
    {
        **GATEWAYS,
        "model": PINNED_MODEL,
        "input": Either(PROMPT, ITEMS),
        "instructions": PROMPT,
        "tools": TOOLS,
        "tool_choice": TOOL_CHOICE,
        **_ANSWER,
        **KEPT,
        **_DENIED,
    },
    frozenset({"model", "input"}),
)


def _asked(body: Mapping[str, Any]) -> Shown:
    items = [item for item in body["input"] if isinstance(item, dict)]
    _check_reasoning(items)
    kinds = {tool["type"] for tool in body.get("tools") or ()}
    return Shown(
        features=frozenset(_features(body, kinds)),
        server_tools=frozenset(_server_tools(kinds)),
        stateful=body.get(STORE) is True,
        streaming=body.get("stream") is True,
        output=output_tokens(body, ("max_output_tokens",), ""),
    )


def _check_reasoning(items: list[dict[str, Any]]) -> None:
    """Reasoning that is not in the call could only be found where a provider keeps it."""
    for item in items:
        if item.get("type") == "reasoning" and not (
            item.get("encrypted_content") or item.get("content")
        ):
            raise Refused(
                RefusalCode.KEEPS_STATE,
                "`input` hands back reasoning without its content, which only a provider keeps",
                "answers are not kept (`store: false`): have each call of the loop say "
                "`include: [reasoning.encrypted_content]`, so that its content comes with it, or "
                "leave the item out",
                "input",
            )


def _features(body: Mapping[str, Any], kinds: set[str]) -> Iterator[str]:
    if kinds - SEARCHES:
        yield "function_calling"
    if ((body.get("text") or {}).get("format") or {}).get("type") == "json_schema":
        yield "structured_output"
    if (body.get("reasoning") or {}).get("effort") not in {None, "none"}:
        yield "reasoning"


def _server_tools(kinds: set[str]) -> Iterator[str]:
    if kinds & SEARCHES:
        yield "web_search"
    if kinds & COMPUTERS:
        yield "computer_use"


RESPONSES: Final = Operation(
    endpoint="responses",
    dialect=Dialect.OPENAI,
    path="/responses",
    body=_RESPONSES,
    asks=_asked,
    labels=METADATA,
    says={STORE: False},
)
