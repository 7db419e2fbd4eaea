"""What an upstream says: whole answers and streams in the formats of the providers' APIs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

ANSWER = "An answer from upstream."
DELTAS = ("An answer ", "from ", "upstream.")

Asked = dict[str, Any]


def answer(path: str, asked: Asked, model: str | None) -> dict[str, Any]:
    """The whole answer to a call; `model`: whose it says it is, by default the one asked for."""
    if path.endswith("/messages"):
        return _message(asked, model)
    if path.endswith("/messages/count_tokens"):
        return {"input_tokens": 3}
    if ":" in path:
        return _content(path, ANSWER, model)
    if path.endswith("/embeddings"):
        return _embedding(asked, model)
    if path.endswith("/responses"):
        return _response(asked, model)
    return _completion(asked, model)


def streams(path: str, asked: Asked) -> bool:
    """Whether the call asks for a stream."""
    return bool(asked.get("stream")) or ":stream" in path


def events(path: str, asked: Asked, model: str | None) -> Iterator[str]:
    """The events of a streamed answer."""
    if path.endswith("/messages"):
        yield from _message_events(asked, model)
    elif ":" in path:
        yield from (_data(_content(path, delta, model)) for delta in DELTAS)
    elif path.endswith("/responses"):
        done = {"type": "response.completed", "sequence_number": 1}
        start = {"type": "response.created", "sequence_number": 0}
        yield _event({**start, "response": {**_response(asked, model), "output": []}})
        yield _event({**done, "response": _response(asked, model)})
    else:
        for delta in DELTAS:
            choice = {"index": 0, "finish_reason": None, "delta": {"content": delta}}
            yield _data(_envelope(asked, "chat.completion.chunk", choice, model))
        yield "data: [DONE]\n\n"


def _data(said: object) -> str:
    return f"data: {json.dumps(said)}\n\n"


def _event(said: dict[str, Any]) -> str:
    return f"event: {said['type']}\n{_data(said)}"


def _completion(asked: Asked, model: str | None) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": ANSWER}
    if asked.get("tools"):
        name = asked["tools"][0]["function"]["name"]
        called = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
        message |= {"content": None, "tool_calls": [called]}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return _envelope(asked, "chat.completion", choice, model) | {"usage": usage}


def _envelope(asked: Asked, kind: str, choice: dict[str, Any], model: str | None) -> dict[str, Any]:
    said = {"id": "chatcmpl-1", "object": kind, "created": 0, "choices": [choice]}
    return {**said, "model": model or asked["model"]}


def _embedding(asked: Asked, model: str | None) -> dict[str, Any]:
    vector = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    said = {"object": "list", "data": [vector], "usage": usage}
    return {**said, "model": model or asked["model"]}


def _response(asked: Asked, model: str | None) -> dict[str, Any]:
    text = {"type": "output_text", "text": ANSWER, "annotations": []}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "status": "completed",
        "model": model or asked["model"],
        "output": [{**message, "content": [text]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }


def _message(asked: Asked, model: str | None) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model or asked["model"],
        "content": [{"type": "text", "text": ANSWER}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1, "inference_geo": "eu"},
    }


def _message_events(asked: Asked, model: str | None) -> Iterator[str]:
    yield _event({"type": "message_start", "message": {**_message(asked, model), "content": []}})
    block = {"type": "text", "text": ""}
    yield _event({"type": "content_block_start", "index": 0, "content_block": block})
    for delta in DELTAS:
        said = {"type": "text_delta", "text": delta}
        yield _event({"type": "content_block_delta", "index": 0, "delta": said})
    yield _event({"type": "content_block_stop", "index": 0})
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    yield _event({"type": "message_delta", "delta": end, "usage": {"output_tokens": 3}})
    yield _event({"type": "message_stop"})


def _content(path: str, text: str, model: str | None) -> dict[str, Any]:
    if "mbed" in path.rpartition(":")[2]:
        return {"embedding": {"values": [0.5]}, "embeddings": [{"values": [0.5]}]}
    said = {"role": "model", "parts": [{"text": text}]}
    named = model or path.rpartition("models/")[2].partition(":")[0]
    return {"candidates": [{"content": said, "index": 0}], "modelVersion": named}
