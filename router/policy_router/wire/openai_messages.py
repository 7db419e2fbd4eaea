"""Messages and tools of OpenAI chat completions, place by place.

Source: the published chat completions reference, as in version 3.54 of the official Python SDK.
"""

from __future__ import annotations

from typing import Final

from policy_router.wire.inert import (
    ARGUMENTS,
    AUDIO,
    INLINE_FILE,
    INLINE_IMAGE,
    JSON_SCHEMA,
    LABEL,
    NAME,
    PARSED,
    POSITION,
    PROMPT,
)
from policy_router.wire.refusal import RefusalCode
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Free,
    Many,
    Never,
    Record,
    Shape,
    Tagged,
)

_BREAKPOINT = Never(
    RefusalCode.KEEPS_STATE, "would keep the prompt in a cache for as long as it asks"
)
_FILE_ID = Never(
    RefusalCode.KEEPS_STATE,
    "names a file that a provider keeps",
    "send the file itself as `file_data`",
)
_AUDIO_ID = Never(RefusalCode.KEEPS_STATE, "names an answer that a provider keeps")


def _part(**fields: Shape) -> Record:
    """A part of a message: its own fields, its type, and the cache mark every part may have."""
    required = frozenset({"type", *fields})
    every: dict[str, Shape] = {"type": LABEL, "prompt_cache_breakpoint": _BREAKPOINT}
    return Record({**fields, **every}, required)


TEXT_PART: Final = _part(text=PROMPT)

_IMAGE = Record(
    {"url": INLINE_IMAGE, "detail": Choice(frozenset({"auto", "low", "high", "original"}))},
    frozenset({"url"}),
)
_AUDIO = Record(
    {"data": AUDIO, "format": Choice(frozenset({"wav", "mp3"}))}, frozenset({"data", "format"})
)
_FILE = Record(
    {"file_data": INLINE_FILE, "filename": LABEL, "file_id": _FILE_ID}, frozenset({"file_data"})
)

_TEXT_PARTS = Many(Tagged("type", {"text": TEXT_PART}))
_USER_PARTS = Many(
    Tagged(
        "type",
        {
            "text": TEXT_PART,
            "image_url": _part(image_url=_IMAGE),
            "input_audio": _part(input_audio=_AUDIO),
            "file": _part(file=_FILE),
        },
    )
)
_ASSISTANT_PARTS = Many(Tagged("type", {"text": TEXT_PART, "refusal": _part(refusal=PROMPT)}))

TEXTS: Final = Either(PROMPT, _TEXT_PARTS)

_CALLED = Record(
    {"name": NAME, "arguments": ARGUMENTS, "parsed_arguments": PARSED},
    frozenset({"name", "arguments"}),
)
_CALLED_CUSTOM = Record({"name": NAME, "input": ARGUMENTS}, frozenset({"name", "input"}))


def _tool_call(**called: Record) -> Record:
    fields: dict[str, Shape] = {"id": LABEL, "type": LABEL, "index": POSITION, **called}
    return Record(fields, frozenset({"id", "type", *called}))


_TOOL_CALLS = Many(
    Tagged(
        "type",
        {"function": _tool_call(function=_CALLED), "custom": _tool_call(custom=_CALLED_CUSTOM)},
    )
)


def _message(*required: str, **fields: Shape) -> Record:
    return Record({"role": LABEL, "name": LABEL, **fields}, frozenset({"role", *required}))


MESSAGES: Final = Many(
    Tagged(
        "role",
        {
            "developer": _message("content", content=TEXTS),
            "system": _message("content", content=TEXTS),
            "user": _message("content", content=Either(PROMPT, _USER_PARTS)),
            "assistant": _message(
                content=Either(PROMPT, _ASSISTANT_PARTS),
                refusal=PROMPT,
                tool_calls=_TOOL_CALLS,
                function_call=_CALLED,
                audio=_AUDIO_ID,
                parsed=PARSED,
                annotations=Many(Free("what an earlier answer cited, handed back to the model")),
            ),
            "tool": _message("content", "tool_call_id", content=TEXTS, tool_call_id=LABEL),
            "function": _message("content", "name", content=PROMPT),
        },
    )
)

FUNCTION: Final = Record(
    {"name": NAME, "description": PROMPT, "parameters": JSON_SCHEMA, "strict": Flag()},
    frozenset({"name"}),
)

_GRAMMAR = Record(
    {"definition": PROMPT, "syntax": Choice(frozenset({"lark", "regex"}))},
    frozenset({"definition", "syntax"}),
)
_CUSTOM = Record(
    {
        "name": NAME,
        "description": PROMPT,
        "format": Tagged(
            "type",
            {
                "text": Record({"type": LABEL}),
                "grammar": Record({"type": LABEL, "grammar": _GRAMMAR}, frozenset({"grammar"})),
            },
        ),
    },
    frozenset({"name"}),
)

TOOLS: Final = Many(
    Tagged(
        "type",
        {
            "function": Record({"type": LABEL, "function": FUNCTION}, frozenset({"function"})),
            "custom": Record({"type": LABEL, "custom": _CUSTOM}, frozenset({"custom"})),
        },
    )
)

NAMED: Final = Record({"name": NAME}, frozenset({"name"}))

_NAMED_TOOL = {
    "function": Record({"type": LABEL, "function": NAMED}, frozenset({"function"})),
    "custom": Record({"type": LABEL, "custom": NAMED}, frozenset({"custom"})),
}

_ALLOWED_TOOLS = Record(
    {
        "mode": Choice(frozenset({"auto", "required"})),
        "tools": Many(Tagged("type", _NAMED_TOOL)),
    },
    frozenset({"mode", "tools"}),
)

TOOL_CHOICE: Final = Either(
    Choice(frozenset({"none", "auto", "required"})),
    Tagged(
        "type",
        {
            **_NAMED_TOOL,
            "allowed_tools": Record(
                {"type": LABEL, "allowed_tools": _ALLOWED_TOOLS}, frozenset({"allowed_tools"})
            ),
        },
    ),
)
