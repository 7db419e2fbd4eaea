"""Every governed operation as the official SDKs call it, whatever their clients are pointed at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import anthropic
import openai
from google import genai
from google.genai import errors

from tests.fakes.speaking import ANSWER
from tests.pep.sdk import MESSAGES
from tests.pep.world import CANARY


class Clients(Protocol):
    """Clients of the three SDKs."""

    def openai(self) -> openai.OpenAI:
        """A client of OpenAI's."""

    def anthropic(self) -> anthropic.Anthropic:
        """A client of Anthropic's."""

    def google(self) -> genai.Client:
        """A client of Google's."""


class AsyncClients(Protocol):
    """Clients of the three SDKs for event loops; Google's is one for both."""

    def async_openai(self) -> openai.AsyncOpenAI:
        """A client of OpenAI's."""

    def async_anthropic(self) -> anthropic.AsyncAnthropic:
        """A client of Anthropic's."""

    def google(self) -> genai.Client:
        """A client of Google's."""


Saying = Callable[[Clients, str], str | None]


def _chat(by: Clients, model: str) -> str | None:
    answer = by.openai().chat.completions.create(model=model, messages=MESSAGES)
    return answer.choices[0].message.content


def _chat_stream(by: Clients, model: str) -> str | None:
    asked: Any = {"model": model, "messages": MESSAGES, "stream": True}
    chunks = by.openai().chat.completions.create(**asked)
    return "".join(chunk.choices[0].delta.content for chunk in chunks)


def _response(by: Clients, model: str) -> str | None:
    return by.openai().responses.create(model=model, input=CANARY).output_text


def _response_stream(by: Clients, model: str) -> str | None:
    with by.openai().responses.stream(model=model, input=CANARY) as stream:
        return stream.get_final_response().output_text


def _embedding(by: Clients, model: str) -> str | None:
    return ANSWER * len(by.openai().embeddings.create(model=model, input="x").data)


def _message(by: Clients, model: str) -> str | None:
    asked: Any = {"model": model, "max_tokens": 64, "messages": MESSAGES}
    said = by.anthropic().messages.create(**asked).content[0]
    return said.text if said.type == "text" else None


def _message_stream(by: Clients, model: str) -> str | None:
    asked: Any = {"model": model, "max_tokens": 64, "messages": MESSAGES}
    with by.anthropic().messages.stream(**asked) as stream:
        return stream.get_final_text()


def _tokens(by: Clients, model: str) -> str:
    counted = by.anthropic().messages.count_tokens(model=model, messages=MESSAGES)
    return ANSWER * (counted.input_tokens == 3)


def _content(by: Clients, model: str) -> str | None:
    client = by.google()  # one that nobody holds closes its connections
    return client.models.generate_content(model=model, contents=CANARY).text


def _content_stream(by: Clients, model: str) -> str | None:
    client = by.google()
    parts = client.models.generate_content_stream(model=model, contents=CANARY)
    return "".join(part.text or "" for part in parts)


def _google_embedding(by: Clients, model: str) -> str:
    client = by.google()
    answer = client.models.embed_content(model=model, contents=CANARY)
    return ANSWER * bool(answer.embeddings)


async def said_async(by: AsyncClients, model: str) -> list[str | None]:
    """What asynchronous clients are answered: chats, responses, messages, contents; streams too."""
    return [
        *await _openai_async(by.async_openai(), model),
        *await _anthropic_async(by.async_anthropic(), model),
        *await _google_async(by.google(), model),
    ]


async def _openai_async(client: openai.AsyncOpenAI, model: str) -> list[str | None]:
    async with client:
        chat = await client.chat.completions.create(model=model, messages=MESSAGES)
        response = await client.responses.create(model=model, input=CANARY)
        asked: Any = {"model": model, "messages": MESSAGES, "stream": True}
        parts = [part async for part in await client.chat.completions.create(**asked)]
    joined = "".join(part.choices[0].delta.content or "" for part in parts)
    return [chat.choices[0].message.content, response.output_text, joined]


async def _anthropic_async(client: anthropic.AsyncAnthropic, model: str) -> list[str | None]:
    asked: Any = {"model": model, "max_tokens": 64, "messages": MESSAGES}
    async with client:
        said = (await client.messages.create(**asked)).content[0]
        async with client.messages.stream(**asked) as stream:
            streamed = await stream.get_final_text()
    return [said.text if said.type == "text" else None, streamed]


async def _google_async(client: genai.Client, model: str) -> list[str | None]:
    models = client.aio.models
    answer = await models.generate_content(model=model, contents=CANARY)
    parts = await models.generate_content_stream(model=model, contents=CANARY)
    joined = "".join([part.text or "" async for part in parts])
    await client.aio.aclose()
    return [answer.text, joined]


OPENAI: dict[str, Saying] = {
    "chat": _chat,
    "chat stream": _chat_stream,
    "response": _response,
    "response stream": _response_stream,
    "embedding": _embedding,
}
ANTHROPIC: dict[str, Saying] = {
    "message": _message,
    "message stream": _message_stream,
    "tokens": _tokens,
}
GOOGLE: dict[str, Saying] = {
    "content": _content,
    "content stream": _content_stream,
    "google embedding": _google_embedding,
}
SAYING = {**OPENAI, **ANTHROPIC, **GOOGLE}
SILENT = {"tokens", "google embedding"}
"""Operations with answers that name no model."""

RAISED = {
    **dict.fromkeys(OPENAI, openai.PermissionDeniedError),
    **dict.fromkeys(ANTHROPIC, anthropic.PermissionDeniedError),
    **dict.fromkeys(GOOGLE, errors.ClientError),
}
"""What each SDK raises for a 403."""
