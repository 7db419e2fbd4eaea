"""What programs say to the official SDKs in normal use."""

from __future__ import annotations

from typing import Any, Final

from google.genai import types
from pydantic import BaseModel

PNG: Final = "iVBORw0KGgo="
DATA_PNG: Final = f"data:image/png;base64,{PNG}"


class Answer(BaseModel):
    """The form of a structured answer."""

    city: str
    population: int


_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
_FUNCTION: Final[dict[str, Any]] = {
    "name": "weather",
    "description": "the weather of a city",
    "parameters": _SCHEMA,
    "strict": True,
}


USER: Final[Any] = [{"role": "user", "content": "hello"}]
CHAT: Final[dict[str, dict[str, Any]]] = {
    "plain": {"messages": USER},
    "settings": {
        "messages": [{"role": "system", "content": "be brief"}, *USER],
        "temperature": 0.2,
        "max_completion_tokens": 100,
        "stop": ["END"],
        "seed": 1,
        "n": 2,
        "logprobs": True,
        "top_logprobs": 2,
        "user": "u-1",
        "metadata": {"team": "x", "governance_purpose": "letters"},
        "service_tier": "auto",
    },
    "tools": {
        "messages": [
            *USER,
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": "{}"},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        ],
        "tools": [{"type": "function", "function": _FUNCTION}],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
    },
    "image": {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "what is it"},
                    {"type": "image_url", "image_url": {"url": DATA_PNG, "detail": "low"}},
                ],
            }
        ]
    },
    "structured": {
        "messages": USER,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": _SCHEMA, "strict": True},
        },
    },
    "streaming": {
        "messages": USER,
        "stream": True,
        "stream_options": {"include_usage": True},
    },
    "reasoning": {"messages": USER, "reasoning_effort": "high", "verbosity": "low"},
}
RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "plain": {"input": "hello"},
    "settings": {
        "input": USER,
        "instructions": "be brief",
        "max_output_tokens": 100,
        "metadata": {"team": "x"},
        "store": False,
        "truncation": "auto",
        "text": {"verbosity": "low"},
    },
    "tools": {
        "input": [
            *USER,
            {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "sunny"},
        ],
        "tools": [
            {"type": "function", **_FUNCTION},
            {"type": "custom", "name": "sql", "format": {"type": "text"}},
        ],
        "tool_choice": {"type": "function", "name": "weather"},
    },
    "image": {
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "what is it"},
                    {"type": "input_image", "image_url": DATA_PNG, "detail": "auto"},
                    {"type": "input_file", "filename": "a.pdf", "file_data": DATA_PNG},
                ],
            }
        ]
    },
    "structured": {
        "input": "hello",
        "text": {
            "format": {"type": "json_schema", "name": "answer", "schema": _SCHEMA, "strict": True}
        },
    },
    "streaming": {"input": "hello", "stream": True},
    "reasoning": {
        "input": [
            *USER,
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "hm"}],
                "encrypted_content": "AAAA",
            },
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "hello", "annotations": []}],
            },
            {"role": "user", "content": "and?"},
        ],
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    },
}
MESSAGES: Final[dict[str, dict[str, Any]]] = {
    "plain": {"max_tokens": 64, "messages": USER},
    "settings": {
        "max_tokens": 64,
        "messages": USER,
        "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u-1"},
        "service_tier": "auto",
    },
    "tools": {
        "max_tokens": 64,
        "messages": [
            *USER,
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "t", "name": "weather", "input": {}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "t",
                        "content": [{"type": "text", "text": "sunny"}],
                    }
                ],
            },
        ],
        "tools": [
            {"name": "weather", "description": "weather", "input_schema": _SCHEMA},
            {"type": "bash_20250124", "name": "bash"},
        ],
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    },
    "image": {
        "max_tokens": 64,
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": PNG},
                    },
                    {
                        "type": "document",
                        "source": {
                            "type": "base64",
                            "media_type": "application/pdf",
                            "data": PNG,
                        },
                        "citations": {"enabled": True},
                    },
                    {"type": "text", "text": "what is it"},
                ],
            }
        ],
    },
    "structured": {
        "max_tokens": 64,
        "messages": USER,
        "output_config": {"format": {"type": "json_schema", "schema": _SCHEMA}},
    },
    "streaming": {"max_tokens": 64, "messages": USER, "stream": True},
    "reasoning": {
        "max_tokens": 4096,
        "thinking": {"type": "enabled", "budget_tokens": 2048},
        "messages": [
            *USER,
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "AAAA"},
                    {"type": "redacted_thinking", "data": "AAAA"},
                    {"type": "text", "text": "hello"},
                ],
            },
            {"role": "user", "content": "and?"},
        ],
    },
}


def _weather(city: str) -> str:
    """The weather of a city."""
    return city


CONTENTS: Final[dict[str, dict[str, Any]]] = {
    "plain": {"contents": "hello"},
    "settings": {
        "contents": "hello",
        "config": types.GenerateContentConfig(
            system_instruction="be brief",
            temperature=0.2,
            max_output_tokens=100,
            stop_sequences=["END"],
            candidate_count=2,
            safety_settings=[
                types.SafetySetting(
                    category=types.HarmCategory.HARM_CATEGORY_HARASSMENT,
                    threshold=types.HarmBlockThreshold.BLOCK_ONLY_HIGH,
                )
            ],
        ),
    },
    "tools": {
        "contents": [
            types.Content(role="user", parts=[types.Part(text="hello")]),
            types.Content(
                role="model", parts=[types.Part.from_function_call(name="weather", args={})]
            ),
            types.Content(
                role="user",
                parts=[types.Part.from_function_response(name="weather", response={"a": 1})],
            ),
        ],
        "config": types.GenerateContentConfig(
            tools=[_weather],
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            tool_config=types.ToolConfig(
                function_calling_config=types.FunctionCallingConfig(
                    mode=types.FunctionCallingConfigMode.ANY, allowed_function_names=["weather"]
                )
            ),
        ),
    },
    "image": {
        "contents": [types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png"), "what is it"]
    },
    "structured": {
        "contents": "hello",
        "config": types.GenerateContentConfig(
            response_mime_type="application/json", response_schema=Answer
        ),
    },
    "reasoning": {
        "contents": "hello",
        "config": types.GenerateContentConfig(
            thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=512)
        ),
    },
}
