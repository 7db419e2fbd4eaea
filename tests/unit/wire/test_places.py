"""What calls may say, operation by operation: every published parameter, every known danger."""

from __future__ import annotations

import inspect
import json
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from anthropic.types import message_count_tokens_params, message_create_params
from google.genai import types
from openai.types import embedding_create_params
from openai.types.responses import response_create_params

from policy_router.wire.anthropic_messages import COUNT_TOKENS, MESSAGES_CREATE
from policy_router.wire.google_generate import GENERATE
from policy_router.wire.http_call import Asked, HttpCall, read_call
from policy_router.wire.openai_embeddings import EMBEDDINGS
from policy_router.wire.openai_responses import RESPONSES
from policy_router.wire.operation import Operation
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import Record


def _parameters(module: ModuleType, prefix: str) -> set[str]:
    return {
        name
        for _, declared in inspect.getmembers(module, inspect.isclass)
        if declared.__name__.startswith(prefix) and "Param" in declared.__name__
        for name in get_type_hints(declared)
    }


@pytest.mark.parametrize(
    ("operation", "module", "prefix", "least"),
    [
        (RESPONSES, response_create_params, "ResponseCreateParams", 30),
        (EMBEDDINGS, embedding_create_params, "EmbeddingCreateParams", 4),
        (MESSAGES_CREATE, message_create_params, "MessageCreateParams", 15),
        (COUNT_TOKENS, message_count_tokens_params, "MessageCountTokensParams", 8),
    ],
)
def test_every_published_parameter_is_classified(
    operation: Operation, module: ModuleType, prefix: str, least: int
) -> None:
    # what the SDK takes as a parameter and sends as a header or leaves out of the body
    stated = _parameters(module, prefix) - {"image"}
    assert len(stated) >= least
    assert stated - set(operation.body.fields) == set()


def test_every_published_setting_of_gemini_is_classified() -> None:
    settings = GENERATE.body.fields["generationConfig"]
    assert isinstance(settings, Record)
    known = {*GENERATE.body.fields, *settings.fields}
    published = {f.alias for f in types.GenerateContentConfig.model_fields.values()}
    never_sent = {
        "httpOptions",
        "shouldReturnHttpResponse",
        "automaticFunctionCalling",
        "automaticContinuation",
    }
    assert published - known - never_sent == _UNKNOWN


_UNKNOWN = {"audioTimestamp", "audioTranscriptionConfig", "generationOutputConfig"}
"""Not looked at yet, so refused as unknown."""


def _read(path: str, body: dict[str, Any]) -> Asked:
    return read_call(HttpCall("POST", path, "", (), json.dumps(body).encode()))


def _refusal(path: str, body: dict[str, Any]) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        _read(path, body)
    assert "evil" not in f"{caught.value}{caught.value.help}"
    return caught.value.code


URL = "https://evil.example/x"
_OPENAI_DENIED: list[tuple[dict[str, Any], RefusalCode]] = [
    ({"previous_response_id": "resp_1"}, RefusalCode.KEEPS_STATE),
    ({"conversation": {"id": "conv_1"}}, RefusalCode.KEEPS_STATE),
    ({"background": True}, RefusalCode.KEEPS_STATE),
    ({"prompt": {"id": "pmpt_1"}}, RefusalCode.KEEPS_STATE),
    ({"context_management": [{"type": "compaction"}]}, RefusalCode.KEEPS_STATE),
    ({"prompt_cache_retention": "24h"}, RefusalCode.KEEPS_STATE),
    ({"include": ["file_search_call.results"]}, RefusalCode.KEEPS_STATE),
    ({"service_tier": "priority"}, RefusalCode.CHANGES_PRICE),
    ({"reasoning": {"mode": "pro"}}, RefusalCode.CHANGES_PRICE),
    ({"moderation": {"model": "c/d"}}, RefusalCode.SECOND_MODEL),
    ({"models": ["c/d"]}, RefusalCode.SECOND_MODEL),
    ({"provider": {"order": ["x"]}}, RefusalCode.SECOND_MODEL),
    ({"plugins": [{"id": "web"}]}, RefusalCode.THIRD_PARTY),
    ({"tools": [{"type": "mcp", "server_url": URL}]}, RefusalCode.THIRD_PARTY),
    ({"tools": [{"type": "file_search", "vector_store_ids": []}]}, RefusalCode.KEEPS_STATE),
    ({"tools": [{"type": "code_interpreter"}]}, RefusalCode.KEEPS_STATE),
    ({"tools": [{"type": "shell"}]}, RefusalCode.KEEPS_STATE),
    ({"tools": [{"type": "image_generation", "model": "x"}]}, RefusalCode.SECOND_MODEL),
    ({"tools": [{"type": "opper:web_search"}]}, RefusalCode.NOT_CLASSIFIED),
    ({"tools": [{"type": "openrouter:web_search"}]}, RefusalCode.NOT_CLASSIFIED),
    ({"tool_choice": {"type": "mcp", "server_label": "x"}}, RefusalCode.THIRD_PARTY),
    ({"input": [{"type": "item_reference", "id": "x"}]}, RefusalCode.KEEPS_STATE),
    ({"input": [{"type": "reasoning", "id": "rs", "summary": []}]}, RefusalCode.KEEPS_STATE),
    ({"input": [{"type": "mcp_call", "id": "x"}]}, RefusalCode.THIRD_PARTY),
    ({"temperature": "hot"}, RefusalCode.INVALID_PARAMETER),
    ({"model": "a b"}, RefusalCode.INVALID_MODEL_NAME),
    ({"access_programs": {"cyber": "x"}}, RefusalCode.CHANGES_PRICE),
]
_PARTS: list[tuple[dict[str, Any], RefusalCode]] = [
    ({"type": "input_image", "image_url": URL}, RefusalCode.THIRD_PARTY),
    ({"type": "input_image", "file_id": "file-1"}, RefusalCode.KEEPS_STATE),
    ({"type": "input_file", "file_url": URL}, RefusalCode.THIRD_PARTY),
    ({"type": "input_file", "file_data": URL}, RefusalCode.THIRD_PARTY),
    ({"type": "input_video", "video_url": URL}, RefusalCode.NOT_CLASSIFIED),
]


@pytest.mark.parametrize(("more", "code"), _OPENAI_DENIED)
def test_responses_are_refused_what_nobody_looked_at(
    more: dict[str, Any], code: RefusalCode
) -> None:
    assert _refusal("/responses", {"model": "a/b", "input": "x", **more}) is code


@pytest.mark.parametrize(("part", "code"), _PARTS)
def test_responses_fetch_and_find_nothing(part: dict[str, Any], code: RefusalCode) -> None:
    said = [{"role": "user", "content": [part]}]
    assert _refusal("/responses", {"model": "a/b", "input": said}) is code


def _block(**block: object) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [block]}]}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"container": "c"}, RefusalCode.KEEPS_STATE),
        ({"diagnostics": {"previous_message_id": "m"}}, RefusalCode.KEEPS_STATE),
        ({"cache_control": {"type": "ephemeral", "ttl": "1h"}}, RefusalCode.KEEPS_STATE),
        ({"mcp_servers": [{"url": URL}]}, RefusalCode.THIRD_PARTY),
        ({"inference_geo": "us"}, RefusalCode.SECOND_MODEL),
        ({"workspace_id": "w"}, RefusalCode.SECOND_MODEL),
        ({"fallbacks": ["c/d"]}, RefusalCode.SECOND_MODEL),
        ({"speed": "fast"}, RefusalCode.CHANGES_PRICE),
        ({"service_tier": "priority"}, RefusalCode.CHANGES_PRICE),
        ({"metadata": {"team": "x"}}, RefusalCode.NOT_CLASSIFIED),
        ({"thread": {"id": "x"}}, RefusalCode.NOT_CLASSIFIED),
        ({"max_tokens": None}, RefusalCode.INVALID_PARAMETER),
        ({"tools": [{"type": "web_fetch_20250910", "name": "f"}]}, RefusalCode.THIRD_PARTY),
        ({"tools": [{"type": "code_execution_20250825"}]}, RefusalCode.KEEPS_STATE),
        ({"tools": [{"type": "mcp_toolset"}]}, RefusalCode.THIRD_PARTY),
        ({"tools": [{"type": "web_search_20991231", "name": "s"}]}, RefusalCode.NOT_CLASSIFIED),
        (_block(type="image", source={"type": "url", "url": URL}), RefusalCode.THIRD_PARTY),
        (_block(type="image", source={"type": "file", "file_id": "f"}), RefusalCode.KEEPS_STATE),
        (_block(type="document", source={"type": "url", "url": URL}), RefusalCode.THIRD_PARTY),
        (_block(type="container_upload", file_id="f"), RefusalCode.KEEPS_STATE),
        (_block(type="video", source={}), RefusalCode.NOT_CLASSIFIED),
    ],
)
def test_messages_are_refused_what_nobody_looked_at(
    more: dict[str, Any], code: RefusalCode
) -> None:
    body = {"model": "a/b", "max_tokens": 1, "messages": [], **more}
    assert _refusal("/messages", body) is code


def _tool(**tool: object) -> dict[str, Any]:
    return {"tools": [tool]}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"cachedContent": "cachedContents/x"}, RefusalCode.KEEPS_STATE),
        ({"cached_content": "cachedContents/x"}, RefusalCode.KEEPS_STATE),
        ({"contents": [{"parts": [{"fileData": {"fileUri": URL}}]}]}, RefusalCode.KEEPS_STATE),
        ({"contents": [{"parts": [{"file_data": {"file_uri": URL}}]}]}, RefusalCode.KEEPS_STATE),
        ({"generationConfig": {"routingConfig": {}}}, RefusalCode.SECOND_MODEL),
        ({"generation_config": {"model_selection_config": {}}}, RefusalCode.SECOND_MODEL),
        ({"generationConfig": {}, "generation_config": {}}, RefusalCode.DUPLICATE_KEY),
        ({"model": "models/other"}, RefusalCode.SECOND_MODEL),
        ({"serviceTier": "flex"}, RefusalCode.CHANGES_PRICE),
        (_tool(urlContext={}), RefusalCode.THIRD_PARTY),
        (_tool(url_context={}), RefusalCode.THIRD_PARTY),
        (_tool(googleMaps={}), RefusalCode.THIRD_PARTY),
        (_tool(retrieval={}), RefusalCode.THIRD_PARTY),
        (_tool(mcpServers=[]), RefusalCode.THIRD_PARTY),
        (_tool(fileSearch={}), RefusalCode.KEEPS_STATE),
        (_tool(newThing={}), RefusalCode.NOT_CLASSIFIED),
        ({"contents": "hello"}, RefusalCode.INVALID_PARAMETER),
    ],
)
def test_contents_are_refused_what_nobody_looked_at(
    more: dict[str, Any], code: RefusalCode
) -> None:
    body = {"contents": [{"parts": [{"text": "x"}]}], **more}
    assert _refusal("/models/a/b:generateContent", body) is code


@pytest.mark.parametrize(
    ("path", "body", "tools"),
    [
        ("/responses", {"input": "x", "tools": [{"type": "web_search"}]}, {"web_search"}),
        (
            "/responses",
            {"input": "x", "tools": [{"type": "computer_use_preview"}]},
            {"computer_use"},
        ),
        (
            "/messages",
            {
                "max_tokens": 1,
                "messages": [],
                "tools": [{"type": "web_search_20250305", "name": "web_search"}],
            },
            {"web_search"},
        ),
        ("/models/a:generateContent", {"contents": [], **_tool(googleSearch={})}, {"web_search"}),
        ("/models/a:generateContent", {"contents": [], **_tool(google_search={})}, {"web_search"}),
        (
            "/models/a:generateContent",
            {"contents": [], **_tool(codeExecution={})},
            {"code_interpreter"},
        ),
    ],
)
def test_tools_at_the_provider_are_facts(path: str, body: dict[str, Any], tools: set[str]) -> None:
    said = body if ":" in path else {"model": "a", **body}
    asked = _read(path, said)
    assert asked.call.facts.set_fact("server_tools").members == tools
    assert asked.input_tokens is None


@pytest.mark.parametrize(
    ("mime", "modality"),
    [
        ("image/png", "image"),
        ("audio/wav", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
    ],
)
def test_modalities_of_gemini(mime: str, modality: str) -> None:
    part = {"inline_data": {"mime_type": mime, "data": "AAAA"}}
    for path, body in (
        ("/models/a:generateContent", {"contents": [{"parts": [part]}]}),
        ("/models/a:embedContent", {"content": {"parts": [part]}}),
    ):
        asked = _read(path, body)
        assert asked.call.facts.set_fact("input_modalities").members == {modality}


def test_images_asked_of_gemini_are_an_output_modality() -> None:
    settings = {"responseModalities": ["TEXT", "IMAGE"]}
    asked = _read("/models/a:generateContent", {"contents": [], "generationConfig": settings})
    assert asked.call.facts.set_fact("output_modalities").members == {"image"}
