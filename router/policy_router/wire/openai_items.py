"""Input items and tools of OpenAI responses, place by place.

Source: the published responses reference, as in version 3.54 of the official Python SDK.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from policy_router.wire.dangers import FETCHES, FILE_ID, HANDS_OVER, KEEPS
from policy_router.wire.inert import (
    ARGUMENTS,
    CITED,
    INLINE_FILE,
    INLINE_IMAGE,
    JSON_SCHEMA,
    LABEL,
    NAME,
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

_FETCHES = replace(FETCHES, advice="send the content itself, as `file_data`")
_SECOND = Never(RefusalCode.SECOND_MODEL, "has a second model at work, which no policy looked at")
_BREAKPOINT = Never(
    RefusalCode.KEEPS_STATE, "would keep the prompt in a cache for as long as it asks"
)
_REFERENCE = Never(
    RefusalCode.KEEPS_STATE, "refers to something a provider keeps", "send the item itself"
)


def _said(*required: str, **fields: Shape) -> Record:
    """An item, part or tool: its own fields, and its type."""
    return Record({"type": LABEL, **fields}, frozenset(required))


def _part(*required: str, **fields: Shape) -> Record:
    return _said(*required, prompt_cache_breakpoint=_BREAKPOINT, **fields)


_DETAIL = Choice(frozenset({"auto", "low", "high", "original"}))
_STATUS = Choice(frozenset({"in_progress", "searching", "completed", "incomplete", "failed"}))
_PHASE = Choice(frozenset({"commentary", "final_answer"}))
_DIRECT = Tagged("type", {"direct": _said()})

_IMAGE = _part("image_url", image_url=INLINE_IMAGE, detail=_DETAIL, file_id=FILE_ID)
_FILE = _part(
    "file_data",
    file_data=INLINE_FILE,
    filename=LABEL,
    detail=_DETAIL,
    file_id=FILE_ID,
    file_url=_FETCHES,
)
_OUTPUT_TEXT = _part(
    "text",
    text=PROMPT,
    parsed=PARSED,
    annotations=Many(Free("what an earlier answer cited, handed back to the model")),
    logprobs=Many(Free("how likely an earlier answer was, handed back to the model")),
)

_CONTENT = Many(
    Tagged(
        "type",
        {
            "input_text": _part("text", text=PROMPT),
            "input_image": _IMAGE,
            "input_file": _FILE,
            "output_text": _OUTPUT_TEXT,
            "refusal": _part("refusal", refusal=PROMPT),
        },
    )
)
_OUTPUT = Either(PROMPT, _CONTENT)

_MESSAGE = Record(
    {
        "type": LABEL,
        "role": Choice(frozenset({"user", "assistant", "system", "developer"})),
        "content": Either(PROMPT, _CONTENT),
        "id": LABEL,
        "status": _STATUS,
        "phase": _PHASE,
    },
    frozenset({"role", "content"}),
)


def _called(*required: str, **fields: Shape) -> Record:
    return _said(*required, id=LABEL, call_id=LABEL, status=_STATUS, caller=_DIRECT, **fields)


_SEARCHED = Tagged(
    "type",
    {
        "search": _said(query=PROMPT, queries=Many(PROMPT), sources=Many(Free(CITED.why))),
        "open_page": _said(url=CITED),
        "find_in_page": _said(url=CITED, pattern=PROMPT),
    },
)

ITEMS: Final = Many(
    Tagged(
        "type",
        {
            "message": _MESSAGE,
            "function_call": _called(
                "call_id",
                "name",
                name=NAME,
                arguments=ARGUMENTS,
                parsed_arguments=PARSED,
                async_=UNSAID,
                namespace=UNSAID,
            ),
            "function_call_output": _called("call_id", "output", output=_OUTPUT, name=NAME),
            "custom_tool_call": _called("call_id", "name", name=NAME, input=ARGUMENTS),
            "custom_tool_call_output": _called("call_id", "output", output=_OUTPUT),
            "reasoning": _said(
                id=LABEL,
                summary=Many(Tagged("type", {"summary_text": _said("text", text=PROMPT)})),
                content=Many(Tagged("type", {"reasoning_text": _said("text", text=PROMPT)})),
                encrypted_content=SEALED,
                status=_STATUS,
            ),
            "web_search_call": _said(id=LABEL, status=_STATUS, action=_SEARCHED),
            "local_shell_call": _called(action=Free("what a model wanted done by the caller")),
            "local_shell_call_output": _called("output", output=PROMPT),
            "apply_patch_call": _called(operation=Free("a change a model wanted the caller to do")),
            "apply_patch_call_output": _called(output=PROMPT),
            "computer_call": _called(
                action=Free("what a model wanted done by the caller"),
                actions=Many(Free("what a model wanted done by the caller")),
                pending_safety_checks=Many(Free("what a model was unsure of")),
            ),
            "computer_call_output": _called(
                "output",
                output=Tagged(
                    "type",
                    {
                        "computer_screenshot": _said(
                            "image_url", image_url=INLINE_IMAGE, file_id=FILE_ID
                        )
                    },
                ),
                acknowledged_safety_checks=Many(Free("what a model was unsure of")),
            ),
            "item_reference": _REFERENCE,
            "file_search_call": KEEPS,
            "code_interpreter_call": KEEPS,
            "compaction": KEEPS,
            "image_generation_call": _SECOND,
            "mcp_list_tools": HANDS_OVER,
            "mcp_approval_request": HANDS_OVER,
            "mcp_approval_response": HANDS_OVER,
            "mcp_call": HANDS_OVER,
        },
        default="message",
    )
)

_CALLERS = Many(Choice(frozenset({"direct"})))
_LOCATION = Tagged(
    "type",
    {"approximate": _said(city=PLACE, country=PLACE, region=PLACE, timezone=PLACE)},
    default="approximate",
)
_SEARCH = _said(
    search_context_size=Choice(frozenset({"low", "medium", "high"})),
    user_location=_LOCATION,
    external_web_access=Flag(),
    search_content_types=Many(Choice(frozenset({"text", "image"}))),
    filters=Record({"allowed_domains": Many(PLACE)}),
)
_GRAMMAR = Tagged(
    "type",
    {
        "text": _said(),
        "grammar": _said(
            "definition",
            "syntax",
            definition=PROMPT,
            syntax=Choice(frozenset({"lark", "regex"})),
        ),
    },
)
_COMPUTER = _said(
    display_height=Number(whole=True),
    display_width=Number(whole=True),
    environment=Choice(frozenset({"windows", "mac", "linux", "ubuntu", "browser"})),
)

SEARCHES: Final = frozenset(
    {
        "web_search",
        "web_search_2025_08_26",
        "web_search_preview",
        "web_search_preview_2025_03_11",
    }
)
COMPUTERS: Final = frozenset({"computer", "computer_use_preview"})

TOOLS: Final = Many(
    Tagged(
        "type",
        {
            "function": _said(
                "name",
                name=NAME,
                description=PROMPT,
                parameters=JSON_SCHEMA,
                output_schema=JSON_SCHEMA,
                strict=Flag(),
                allowed_callers=_CALLERS,
            ),
            "custom": _said(
                "name", name=NAME, description=PROMPT, format=_GRAMMAR, allowed_callers=_CALLERS
            ),
            "local_shell": _said(),
            "apply_patch": _said(allowed_callers=_CALLERS),
            **dict.fromkeys(SEARCHES, _SEARCH),
            **dict.fromkeys(COMPUTERS, _COMPUTER),
            "mcp": HANDS_OVER,
            "file_search": KEEPS,
            "code_interpreter": KEEPS,
            "shell": KEEPS,
            "image_generation": _SECOND,
        },
    )
)

_NAMED: Final[dict[str, Record | Never]] = {
    "function": _said("name", name=NAME),
    "custom": _said("name", name=NAME),
    "mcp": HANDS_OVER,
    "apply_patch": _said(),
    **dict.fromkeys((*SEARCHES, *COMPUTERS, "computer_use"), _said()),
}

TOOL_CHOICE: Final = Either(
    Choice(frozenset({"none", "auto", "required"})),
    Tagged(
        "type",
        {
            **_NAMED,
            "allowed_tools": _said(
                "mode",
                "tools",
                mode=Choice(frozenset({"auto", "required"})),
                tools=Many(Tagged("type", _NAMED)),
            ),
        },
    ),
)
