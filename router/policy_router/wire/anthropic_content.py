"""Content blocks and tools of Anthropic messages, place by place.

Source: the published messages reference, as in version 2.12 of the official Python SDK.
"""

from __future__ import annotations

from typing import Final

from policy_router.wire.dangers import FETCHES, FILE_ID, HANDS_OVER, KEEPS
from policy_router.wire.inert import (
    CALLED_WITH,
    CITED,
    FILE,
    IMAGE,
    JSON_SCHEMA,
    LABEL,
    LONG_NAME,
    PARSED,
    PLACE,
    PROMPT,
    SEALED,
    UNSAID,
)
from policy_router.wire.refusal import RefusalCode
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Free,
    Many,
    Never,
    Number,
    Record,
    Shape,
    Tagged,
)

CACHE: Final = Tagged(
    "type",
    {
        "ephemeral": Record(
            {
                "type": LABEL,
                "ttl": Choice(
                    frozenset({"5m"}),
                    Never(
                        RefusalCode.KEEPS_STATE,
                        "asks for a cache that outlives the call",
                        "leave it at five minutes: the cache itself is a claim of the route",
                    ),
                ),
            }
        )
    },
)


def _block(*required: str, **fields: Shape) -> Record:
    """A content block or tool: its own fields, its type, and the mark every one may have."""
    return Record({"type": LABEL, "cache_control": CACHE, **fields}, frozenset(required))


def _source(*required: str, **fields: Shape) -> Record:
    return Record({"type": LABEL, **fields}, frozenset(required))


_IMAGES = Choice(frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}))
_CITATIONS = Record({"enabled": Flag()})
_DIRECT = Tagged("type", {"direct": Record({"type": LABEL})})

TEXT_BLOCK: Final = _block(
    "text",
    text=PROMPT,
    citations=Many(Free("what an earlier answer cited, handed back")),
    parsed_output=PARSED,
)
_TEXT = {"text": TEXT_BLOCK}

_IMAGE = _block(
    "source",
    source=Tagged(
        "type",
        {
            "base64": _source("data", "media_type", data=IMAGE, media_type=_IMAGES),
            "url": FETCHES,
            "file": FILE_ID,
        },
    ),
    transformations=Record({"oversized_image": Choice(frozenset({"downsize", "error"}))}),
)
_DOCUMENT = _block(
    "source",
    source=Tagged(
        "type",
        {
            "base64": _source(
                "data",
                "media_type",
                data=FILE,
                media_type=Choice(frozenset({"application/pdf"})),
            ),
            "text": _source(
                "data", "media_type", data=PROMPT, media_type=Choice(frozenset({"text/plain"}))
            ),
            "content": _source(
                "content",
                content=Either(PROMPT, Many(Tagged("type", {**_TEXT, "image": _IMAGE}))),
            ),
            "url": FETCHES,
            "file": FILE_ID,
        },
    ),
    citations=_CITATIONS,
    context=PROMPT,
    title=PROMPT,
)
_FOUND = _block(
    "content",
    content=Many(Tagged("type", _TEXT)),
    source=CITED,
    title=PROMPT,
    citations=_CITATIONS,
)
_RESULT = _block(
    "tool_use_id",
    tool_use_id=LABEL,
    is_error=Flag(),
    content=Either(
        PROMPT,
        Many(
            Tagged(
                "type",
                {**_TEXT, "image": _IMAGE, "document": _DOCUMENT, "search_result": _FOUND},
            )
        ),
    ),
)
_SEARCHED = _block(
    "tool_use_id",
    tool_use_id=LABEL,
    caller=_DIRECT,
    content=Either(
        PROMPT,
        Many(
            Tagged(
                "type",
                {
                    "web_search_result": _source(
                        encrypted_content=SEALED, title=PROMPT, url=CITED, page_age=PROMPT
                    )
                },
            )
        ),
    ),
)
_USED = _block(
    "id",
    "name",
    "input",
    id=LABEL,
    name=LONG_NAME,
    input=CALLED_WITH,
    caller=_DIRECT,
    toolset_name=UNSAID,
)
_USED_BY_PROVIDER = _block(
    "id",
    "name",
    id=LABEL,
    name=Choice(frozenset({"web_search"}), KEEPS),
    input=CALLED_WITH,
    caller=_DIRECT,
)

_USER: Final[dict[str, Record | Never]] = {
    **_TEXT,
    "image": _IMAGE,
    "document": _DOCUMENT,
    "search_result": _FOUND,
    "tool_result": _RESULT,
    "container_upload": KEEPS,
}
_ASSISTANT: Final[dict[str, Record | Never]] = {
    **_TEXT,
    "thinking": _block("thinking", thinking=PROMPT, signature=SEALED),
    "redacted_thinking": _block("data", data=SEALED),
    "tool_use": _USED,
    "server_tool_use": _USED_BY_PROVIDER,
    "web_search_tool_result": _SEARCHED,
    "web_fetch_tool_result": HANDS_OVER,
    "code_execution_tool_result": KEEPS,
    "bash_code_execution_tool_result": KEEPS,
    "text_editor_code_execution_tool_result": KEEPS,
    "mcp_tool_use": HANDS_OVER,
    "mcp_tool_result": HANDS_OVER,
}


def _message(blocks: dict[str, Record | Never]) -> Record:
    return Record(
        {"role": LABEL, "content": Either(PROMPT, Many(Tagged("type", blocks)))},
        frozenset({"role", "content"}),
    )


MESSAGES: Final = Many(
    Tagged(
        "role",
        {
            "user": _message({**_USER, **_ASSISTANT}),
            "assistant": _message({**_USER, **_ASSISTANT}),
            "system": _message({**_TEXT}),
        },
    )
)
SYSTEM: Final = Either(PROMPT, Many(Tagged("type", _TEXT)))

_CALLERS = Many(Choice(frozenset({"direct"}), KEEPS))


def _client_tool(**fields: Shape) -> Record:
    """A tool that the caller's own program runs."""
    return _block(
        "name",
        name=LONG_NAME,
        allowed_callers=_CALLERS,
        input_examples=Many(Free("examples for the model")),
        strict=Flag(),
        **fields,
    )


_COMPUTER = _client_tool(
    display_height_px=Number(whole=True),
    display_width_px=Number(whole=True),
    display_number=Number(whole=True),
    enable_zoom=Flag(),
)
_SEARCH = _client_tool(
    allowed_domains=Many(PLACE),
    blocked_domains=Many(PLACE),
    max_uses=Number(whole=True, least=1),
    user_location=Tagged(
        "type",
        {"approximate": _source(city=PLACE, country=PLACE, region=PLACE, timezone=PLACE)},
    ),
)

SEARCHES: Final = frozenset({"web_search_20250305", "web_search_20260209", "web_search_20260318"})
COMPUTERS: Final = frozenset({"computer_20241022", "computer_20250124", "computer_20251124"})

_RUN_BY_CALLER: Final = (
    "bash_20241022",
    "bash_20250124",
    "memory_20250818",
    "text_editor_20241022",
    "text_editor_20250124",
    "text_editor_20250429",
    "text_editor_20250728",
)
_KEEPING: Final = tuple(
    f"code_execution_{day}" for day in ("20250522", "20250825", "20260120", "20260521")
)
_FETCHING: Final = tuple(
    f"web_fetch_{day}" for day in ("20250910", "20260209", "20260309", "20260318")
)

TOOLS: Final = Many(
    Tagged(
        "type",
        {
            "custom": _client_tool(
                description=PROMPT, input_schema=JSON_SCHEMA, eager_input_streaming=Flag()
            ),
            **dict.fromkeys(_RUN_BY_CALLER, _client_tool(max_characters=Number(whole=True))),
            **dict.fromkeys(COMPUTERS, _COMPUTER),
            **dict.fromkeys(SEARCHES, _SEARCH),
            **dict.fromkeys(_KEEPING, KEEPS),
            **dict.fromkeys(_FETCHING, HANDS_OVER),
            "mcp_toolset": HANDS_OVER,
        },
        default="custom",
    )
)

_PARALLEL: Final[dict[str, Shape]] = {"type": LABEL, "disable_parallel_tool_use": Flag()}

TOOL_CHOICE: Final = Tagged(
    "type",
    {
        "auto": Record(_PARALLEL),
        "any": Record(_PARALLEL),
        "tool": Record({**_PARALLEL, "name": LONG_NAME}, frozenset({"name"})),
        "none": Record({"type": LABEL}),
    },
)
