"""Anthropic messages and the counting of their tokens: what a call may say, and what it shows.

Source: the published messages reference, as in version 2.12 of the official Python SDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from policy_router.wire.anthropic_content import (
    CACHE,
    COMPUTERS,
    MESSAGES,
    SEARCHES,
    SYSTEM,
    TOOL_CHOICE,
    TOOLS,
)
from policy_router.wire.call import output_tokens
from policy_router.wire.dangers import GATEWAYS, OTHER_PRICE, hands_over, keeps, steers
from policy_router.wire.inert import GOVERNANCE, JSON_SCHEMA, LABEL, PINNED_MODEL, PROMPT
from policy_router.wire.operation import KEEPS_NOTHING, Dialect, Operation, Shown
from policy_router.wire.shapes import (
    Choice,
    Flag,
    Many,
    Number,
    Record,
    Shape,
    Table,
    Tagged,
)

_DISPLAY = Choice(frozenset({"summarized", "omitted"}))

_WHAT_IS_ASKED: Final[dict[str, Shape]] = {
    **GATEWAYS,
    "model": PINNED_MODEL,
    "messages": MESSAGES,
    "system": SYSTEM,
    "tools": TOOLS,
    "tool_choice": TOOL_CHOICE,
    "cache_control": CACHE,
    "thinking": Tagged(
        "type",
        {
            "enabled": Record(
                {
                    "type": LABEL,
                    "budget_tokens": Number(whole=True, least=0),
                    "display": _DISPLAY,
                }
            ),
            "disabled": Record({"type": LABEL}),
            "between_tools": Record({"type": LABEL}),
            "adaptive": Record({"type": LABEL, "display": _DISPLAY}),
        },
    ),
    "output_config": Record(
        {
            "effort": Choice(frozenset({"low", "medium", "high", "xhigh", "max"})),
            "format": Tagged(
                "type",
                {"json_schema": Record({"type": LABEL, "schema": JSON_SCHEMA})},
            ),
        }
    ),
    "speed": Choice(frozenset({"standard"}), OTHER_PRICE),
    **steers("inference_geo", why="chooses where the call is computed, which the route decides"),
    **steers("workspace_id", "user_profile_id", why="chooses the account the call is made for"),
    **keeps("container", "context_management", "diagnostics"),
    **hands_over("mcp_servers"),
}

_MESSAGE: Final = Record(
    {
        **_WHAT_IS_ASKED,
        "max_tokens": Number(whole=True, least=1, most=1_000_000_000),
        "metadata": Table(
            re.compile(r"user_id|(?i:governance_[a-z_]{1,48})"),
            GOVERNANCE,
        ),
        "service_tier": Choice(frozenset({"auto", "standard_only"}), OTHER_PRICE),
        "stop_sequences": Many(PROMPT),
        "stream": Flag(),
        "temperature": Number(),
        "top_k": Number(whole=True),
        "top_p": Number(),
    },
    frozenset({"model", "messages", "max_tokens"}),
)


def _asked(body: Mapping[str, Any]) -> Shown:
    kinds = {tool.get("type") or "custom" for tool in body.get("tools") or ()}
    return Shown(
        features=frozenset(_features(body, kinds)),
        server_tools=frozenset(_server_tools(kinds)),
        streaming=body.get("stream") is True,
        output=output_tokens(body, ("max_tokens",), ""),
    )


def _counted(body: Mapping[str, Any]) -> Shown:
    asked = _asked(body)
    return Shown(
        features=asked.features,
        server_tools=asked.server_tools,
        output=Decimal(0),
    )


def _features(body: Mapping[str, Any], kinds: set[str]) -> Iterator[str]:
    if kinds - SEARCHES:
        yield "function_calling"
    if (body.get("output_config") or {}).get("format"):
        yield "structured_output"
    if (body.get("thinking") or {}).get("type") not in {None, "disabled"}:
        yield "reasoning"


def _server_tools(kinds: set[str]) -> Iterator[str]:
    if kinds & SEARCHES:
        yield "web_search"
    if kinds & COMPUTERS:
        yield "computer_use"


_QUERIES: Final = frozenset({"beta=true"})
"""How the SDK marks calls with betas; the betas themselves are in a header."""

MESSAGES_CREATE: Final = Operation(
    endpoint="messages",
    dialect=Dialect.ANTHROPIC,
    path="/messages",
    body=_MESSAGE,
    asks=_asked,
    labels="metadata",
    holds=KEEPS_NOTHING,
    natively="anthropic",
    queries=_QUERIES,
)
COUNT_TOKENS: Final = Operation(
    endpoint="count_tokens",
    dialect=Dialect.ANTHROPIC,
    path="/messages/count_tokens",
    body=Record(_WHAT_IS_ASKED, frozenset({"model", "messages"})),
    asks=_counted,
    holds=KEEPS_NOTHING,
    queries=_QUERIES,
)
