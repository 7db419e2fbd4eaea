"""What SDKs hand back of an answer is taken, and content however its type is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import openai
import pytest

from policy_router.domain.route import GatewayType
from policy_router.wire.headers import lowered
from policy_router.wire.http_call import HttpCall, read_call
from policy_router.wire.operation import Dialect
from policy_router.wire.pins import pin
from policy_router.wire.refusal import RefusalCode, Refused
from tests.unit.wire.sdk_bodies import USER, Answer
from tests.unit.wire.sdk_calls import MODEL, Capture, anthropic_client, openai_client
from tests.unit.wire.world import terms

CITY: Final = '{"city": "Lund", "population": 9}'
CALLED: Final = {"name": "Answer", "arguments": CITY}
CHATTED: Final = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {
                "role": "assistant",
                "content": CITY,
                "refusal": None,
                "tool_calls": [{"id": "t", "type": "function", "function": CALLED}],
            },
        }
    ],
}
RESPONDED: Final = {
    "id": "r",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [
        {
            "type": "message",
            "id": "m",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": CITY, "annotations": []}],
        },
        {"type": "function_call", "id": "f", "call_id": "c", "status": "completed", **CALLED},
    ],
}
SAID: Final = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
    "content": [
        {"type": "thinking", "thinking": "so", "signature": "s"},
        {"type": "text", "text": "ok"},
        {"type": "tool_use", "id": "t", "name": "weather", "input": {}},
    ],
}
RESULT: Final[Any] = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}


def _answering(answer: dict[str, Any]) -> Capture:
    return Capture(200, json.dumps(answer).encode())


def _chat(dump: Callable[[Any], Any]) -> Capture:
    capture = _answering(CHATTED)
    chats = openai_client(capture).chat.completions
    tools = [openai.pydantic_function_tool(Answer)]
    first = chats.parse(model=MODEL, messages=USER, response_format=Answer, tools=tools)
    chats.create(model=MODEL, messages=[*USER, dump(first.choices[0].message)])
    return capture


def _response(dump: Callable[[Any], Any]) -> Capture:
    capture = _answering(RESPONDED)
    responses = openai_client(capture).responses
    first = responses.parse(model=MODEL, input="hello", text_format=Answer)
    responses.create(model=MODEL, input=[*USER, *map(dump, first.output)])
    return capture


def _message(dump: Callable[[Any], Any]) -> Capture:
    capture = _answering(SAID)
    messages = anthropic_client(capture).messages
    first = messages.create(model=MODEL, max_tokens=9, messages=USER)
    content: Any = [dump(block) for block in first.content]
    second = [*USER, {"role": "assistant", "content": content}, RESULT]
    messages.create(model=MODEL, max_tokens=9, messages=second)
    return capture


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _names(inner)


def _sent(path: str, body: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    call = HttpCall("POST", path, "", (), json.dumps(body).encode(), dialect)
    return pin(read_call(call).call, terms(GatewayType.DIRECT))


@pytest.mark.parametrize("dump", [lambda said: said, lambda said: said.model_dump()])
@pytest.mark.parametrize("turn", [_chat, _response, _message])
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_an_answer_is_handed_back_as_the_sdk_has_it(
    turn: Callable[[Callable[[Any], Any]], Capture], dump: Callable[[Any], Any]
) -> None:
    request = turn(dump).requests[-1]
    path = request.url.path.removeprefix("/v1")
    dialect = Dialect.ANTHROPIC if path == "/messages" else Dialect.OPENAI
    call = HttpCall("POST", path, "", lowered(request.headers.raw), request.content, dialect)
    sent = pin(read_call(call).call, terms(GatewayType.DIRECT))
    handed_back = set(_names(json.loads(request.content))) - set(_names(sent))
    handed_back -= set(Answer.model_fields)
    assert handed_back <= {"parsed", "parsed_arguments", "async_", "namespace", "toolset_name"}
    assert "ok" in str(sent) or "Lund" in str(sent)


def test_a_call_put_together_from_a_stream_has_its_position() -> None:
    said = {"index": 0, "id": "t", "type": "function", "function": CALLED}
    messages = [*USER, {"role": "assistant", "tool_calls": [said]}]
    sent = _sent("/chat/completions", {"model": MODEL, "messages": messages}, Dialect.OPENAI)
    del said["index"]
    assert sent["messages"][1]["tool_calls"] == [said]


def test_a_name_that_is_only_known_as_null_is_refused_with_a_value() -> None:
    used = {
        "type": "tool_use",
        "id": "t",
        "name": "weather",
        "input": {},
        "toolset_name": "browser",
    }
    messages = [*USER, {"role": "assistant", "content": [used]}, RESULT]
    with pytest.raises(Refused) as caught:
        _sent(
            "/messages", {"model": MODEL, "max_tokens": 9, "messages": messages}, Dialect.ANTHROPIC
        )
    assert caught.value.code is RefusalCode.NOT_CLASSIFIED


@pytest.mark.parametrize(
    "url",
    [
        "data:image/PNG;base64,AAAA",
        "data:text/plain;charset=utf-8;base64,AAAA",
        "data:Audio/L16;codec=pcm;rate=24000;base64,AAAA",
    ],
)
def test_content_is_taken_however_its_type_is_written(url: str) -> None:
    part = {"type": "file", "file": {"file_data": url}}
    messages = [{"role": "user", "content": [part]}]
    sent = _sent("/chat/completions", {"model": MODEL, "messages": messages}, Dialect.OPENAI)
    assert sent["messages"] == messages


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;charset=https://evil.example;base64,AAAA",
        "data:image/png;base64;base64,AAAA",
        "data:image/png,AAAA",
        "data:image/png;a=b;a=b;a=b;a=b;a=b;base64,AAAA",
    ],
)
def test_what_is_no_content_in_base64_is_not(url: str) -> None:
    part = {"type": "file", "file": {"file_data": url}}
    body = {"model": MODEL, "messages": [{"role": "user", "content": [part]}]}
    with pytest.raises(Refused) as caught:
        _sent("/chat/completions", body, Dialect.OPENAI)
    assert caught.value.code is RefusalCode.THIRD_PARTY


@pytest.mark.parametrize(
    "mime", ["audio/L16;codec=pcm;rate=24000", "Image/PNG", "audio/l16; rate=1"]
)
def test_media_types_of_gemini_are_taken_as_its_answers_have_them(mime: str) -> None:
    part = {"inlineData": {"mimeType": mime, "data": "AAAA"}}
    body = {"contents": [{"role": "user", "parts": [part]}]}
    path = f"/models/{MODEL}:generateContent"
    assert _sent(path, body, Dialect.GOOGLE)["contents"] == body["contents"]
    call = HttpCall("POST", path, "", (), json.dumps(body).encode())
    assert read_call(call).call.shown.input_modalities == {mime.partition("/")[0].lower()}
