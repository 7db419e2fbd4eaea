"""What the official SDKs send in normal use, captured before it leaves the program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final

import anthropic
import httpx2
import openai
from google import genai
from google.genai import types
from pydantic import BaseModel

from policy_router.wire.headers import lowered
from policy_router.wire.http_call import HttpCall
from policy_router.wire.operation import Dialect

MODEL: Final = "maker/allowed"
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


@dataclass
class Capture:
    """A transport that keeps every request and answers it with `status` and `body`."""

    status: int = 400
    body: bytes = b'{"error": {"message": "no", "code": 400, "status": "INVALID_ARGUMENT"}}'
    requests: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.requests.append(request)
        headers = {"content-type": "application/json", "x-should-retry": "false"}
        return httpx2.Response(self.status, headers=headers, content=self.body)

    async def asynchronous(self, request: httpx2.Request) -> httpx2.Response:
        """The same for asynchronous clients."""
        await request.aread()
        return self(request)

    def client(self) -> httpx2.Client:
        """A client that sends through it."""
        return httpx2.Client(transport=httpx2.MockTransport(self))

    def async_client(self) -> httpx2.AsyncClient:
        """An asynchronous client that sends through it."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self.asynchronous))


def openai_client(capture: Capture) -> openai.OpenAI:
    return openai.OpenAI(api_key="k", http_client=capture.client())


def anthropic_client(capture: Capture) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key="k", http_client=capture.client())


def google_client(capture: Capture) -> genai.Client:
    options = types.HttpOptions(
        httpx_client=capture.client(), httpx_async_client=capture.async_client()
    )
    return genai.Client(api_key="k", http_options=options)


_USER: Final[Any] = [{"role": "user", "content": "hello"}]
_CHAT: Final[dict[str, dict[str, Any]]] = {
    "plain": {"messages": _USER},
    "settings": {
        "messages": [{"role": "system", "content": "be brief"}, *_USER],
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
            *_USER,
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
        "messages": _USER,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": _SCHEMA, "strict": True},
        },
    },
    "streaming": {
        "messages": _USER,
        "stream": True,
        "stream_options": {"include_usage": True},
    },
    "reasoning": {"messages": _USER, "reasoning_effort": "high", "verbosity": "low"},
}
_RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "plain": {"input": "hello"},
    "settings": {
        "input": _USER,
        "instructions": "be brief",
        "max_output_tokens": 100,
        "metadata": {"team": "x"},
        "store": False,
        "truncation": "auto",
        "text": {"verbosity": "low"},
    },
    "tools": {
        "input": [
            *_USER,
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
            *_USER,
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
_MESSAGES: Final[dict[str, dict[str, Any]]] = {
    "plain": {"max_tokens": 64, "messages": _USER},
    "settings": {
        "max_tokens": 64,
        "messages": _USER,
        "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u-1"},
        "service_tier": "auto",
    },
    "tools": {
        "max_tokens": 64,
        "messages": [
            *_USER,
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
        "messages": _USER,
        "output_config": {"format": {"type": "json_schema", "schema": _SCHEMA}},
    },
    "streaming": {"max_tokens": 64, "messages": _USER, "stream": True},
    "reasoning": {
        "max_tokens": 4096,
        "thinking": {"type": "enabled", "budget_tokens": 2048},
        "messages": [
            *_USER,
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


_CONTENTS: Final[dict[str, dict[str, Any]]] = {
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

Doing = Callable[[Capture], object]
Said = dict[str, Any]


def _chat(said: Said, capture: Capture) -> object:
    return openai_client(capture).chat.completions.create(model=MODEL, **said)


def _response(said: Said, capture: Capture) -> object:
    return openai_client(capture).responses.create(model=MODEL, **said)


def _message(said: Said, capture: Capture) -> object:
    return anthropic_client(capture).messages.create(model=MODEL, **said)


def _content(said: Said, capture: Capture) -> object:
    return google_client(capture).models.generate_content(model=MODEL, **said)


def _async(make: Callable[[Capture], Awaitable[object]]) -> Doing:
    async def awaited(capture: Capture) -> object:
        return await make(capture)

    return lambda capture: asyncio.run(awaited(capture))


def _openai_calls() -> dict[str, Doing]:
    chats: dict[str, Doing] = {f"chat {name}": partial(_chat, said) for name, said in _CHAT.items()}
    responses: dict[str, Doing] = {
        f"responses {name}": partial(_response, said) for name, said in _RESPONSES.items()
    }
    return {
        **chats,
        **responses,
        "chat parse": lambda c: openai_client(c).chat.completions.parse(
            model=MODEL, messages=_USER, response_format=Answer
        ),
        "chat raw": lambda c: openai_client(c).chat.completions.with_raw_response.create(
            model=MODEL, messages=_USER
        ),
        "chat async": _async(
            lambda c: openai.AsyncOpenAI(
                api_key="k", http_client=c.async_client()
            ).chat.completions.create(model=MODEL, messages=_USER)
        ),
        "embeddings": lambda c: openai_client(c).embeddings.create(
            model=MODEL, input=["a", "b"], dimensions=8
        ),
        "embeddings of tokens": lambda c: openai_client(c).embeddings.create(
            model=MODEL, input=[[1, 2], [3]], encoding_format="float"
        ),
    }


def _anthropic_calls() -> dict[str, Doing]:
    messages: dict[str, Doing] = {
        f"messages {name}": partial(_message, said) for name, said in _MESSAGES.items()
    }
    return {
        **messages,
        "count tokens": lambda c: anthropic_client(c).messages.count_tokens(
            model=MODEL, messages=_USER, system="be brief"
        ),
        "messages async": _async(
            lambda c: anthropic.AsyncAnthropic(
                api_key="k", http_client=c.async_client()
            ).messages.create(model=MODEL, max_tokens=9, messages=_USER)
        ),
        "messages beta": lambda c: anthropic_client(c).beta.messages.create(
            model=MODEL,
            max_tokens=9,
            messages=_USER,
            betas=["interleaved-thinking-2025-05-14"],
        ),
    }


def _google_calls() -> dict[str, Doing]:
    contents: dict[str, Doing] = {
        f"generate {name}": partial(_content, said) for name, said in _CONTENTS.items()
    }
    return {
        **contents,
        "generate streaming": lambda c: list(
            google_client(c).models.generate_content_stream(model=MODEL, contents="hello")
        ),
        "generate async": _async(
            lambda c: google_client(c).aio.models.generate_content(model=MODEL, contents="hello")
        ),
        "embed": lambda c: google_client(c).models.embed_content(
            model=MODEL,
            contents=["a", "b"],
            config=types.EmbedContentConfig(task_type="RETRIEVAL_QUERY", output_dimensionality=8),
        ),
    }


CALLS: Final[dict[str, Doing]] = {**_openai_calls(), **_anthropic_calls(), **_google_calls()}

_BASES: Final = {
    "api.openai.com": (Dialect.OPENAI, "/v1"),
    "api.anthropic.com": (Dialect.ANTHROPIC, ""),
    "generativelanguage.googleapis.com": (Dialect.GOOGLE, ""),
}


@cache
def captured(name: str) -> HttpCall:
    """What the call of that name sends, as an enforcement point reads it."""
    capture = Capture()
    refused = (openai.BadRequestError, anthropic.BadRequestError, genai.errors.ClientError)
    with suppress(*refused):
        CALLS[name](capture)
    (request,) = capture.requests
    dialect, base = _BASES[request.url.host]
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = lowered(request.headers.raw)
    return HttpCall(
        request.method, path.removeprefix(base), query, headers, request.content, dialect
    )


def body_of(call: HttpCall) -> dict[str, Any]:
    """The body of a captured call."""
    body = json.loads(call.body)
    assert isinstance(body, dict)
    return body
