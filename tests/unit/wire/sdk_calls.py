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

from policy_router.wire.headers import lowered
from policy_router.wire.http_call import HttpCall
from policy_router.wire.operation import Dialect
from tests.unit.wire.sdk_bodies import CHAT, CONTENTS, MESSAGES, RESPONSES, USER, Answer

MODEL: Final = "maker/allowed"


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
    chats: dict[str, Doing] = {f"chat {name}": partial(_chat, said) for name, said in CHAT.items()}
    responses: dict[str, Doing] = {
        f"responses {name}": partial(_response, said) for name, said in RESPONSES.items()
    }
    return {
        **chats,
        **responses,
        "chat parse": lambda c: openai_client(c).chat.completions.parse(
            model=MODEL, messages=USER, response_format=Answer
        ),
        "chat raw": lambda c: openai_client(c).chat.completions.with_raw_response.create(
            model=MODEL, messages=USER
        ),
        "chat async": _async(
            lambda c: openai.AsyncOpenAI(
                api_key="k", http_client=c.async_client()
            ).chat.completions.create(model=MODEL, messages=USER)
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
        f"messages {name}": partial(_message, said) for name, said in MESSAGES.items()
    }
    return {
        **messages,
        "count tokens": lambda c: anthropic_client(c).messages.count_tokens(
            model=MODEL, messages=USER, system="be brief"
        ),
        "messages async": _async(
            lambda c: anthropic.AsyncAnthropic(
                api_key="k", http_client=c.async_client()
            ).messages.create(model=MODEL, max_tokens=9, messages=USER)
        ),
        "messages beta": lambda c: anthropic_client(c).beta.messages.create(
            model=MODEL,
            max_tokens=9,
            messages=USER,
            betas=["interleaved-thinking-2025-05-14"],
        ),
    }


def _google_calls() -> dict[str, Doing]:
    contents: dict[str, Doing] = {
        f"generate {name}": partial(_content, said) for name, said in CONTENTS.items()
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
