"""What a chat completion may say, and what is read off it."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest
from openai.types.chat import completion_create_params as published

from policy_router.wire.call import read_body
from policy_router.wire.openai_chat import CHAT
from policy_router.wire.openai_parameters import CHAT_COMPLETIONS
from policy_router.wire.openai_responses import RESPONSES
from policy_router.wire.operation import Operation
from policy_router.wire.refusal import RefusalCode, Refused

PNG = "data:image/png;base64,iVBORw0KGgo="


def _body(**more: object) -> dict[str, Any]:
    return {"model": "a/b", "messages": [{"role": "user", "content": "hello"}], **more}


_VALUES = (True, 1, "high", {"type": "json_schema"}, ["audio"], [{"type": "function"}])


def _shown(body: dict[str, Any]) -> Any:  # noqa: ANN401 - what it shows, or what is wrong with it
    try:
        return CHAT.asks(body)
    except (AttributeError, TypeError, ValueError, ArithmeticError) as error:
        return type(error)


@pytest.mark.parametrize("name", CHAT_COMPLETIONS.fields)
def test_a_parameter_shows_the_same_beside_one_that_shows_nothing(name: str) -> None:
    for value in _VALUES:
        beside = {"stream": False, name: value}
        assert _shown({name: value}) == _shown(beside)


def _said(*parts: dict[str, Any]) -> dict[str, Any]:
    return _body(messages=[{"role": "user", "content": list(parts)}])


def _refusal(body: dict[str, Any]) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        read_body(CHAT, body)
    return caught.value.code


def test_every_published_parameter_is_classified() -> None:
    stated = {
        name
        for _, declared in inspect.getmembers(published, inspect.isclass)
        if declared.__name__.startswith("CompletionCreateParams")
        for name in get_type_hints(declared)
    }
    assert len(stated) > 30
    assert stated - set(CHAT_COMPLETIONS.fields) == set()


def test_a_plain_call_shows_nothing_but_its_endpoint() -> None:
    call = read_body(CHAT, _body())
    assert call.model == "a/b"
    assert dict(call.facts.scalars) == {
        "endpoint": "chat_completions",
        "stateful": False,
        "streaming": False,
    }
    assert {n: (set(f.members), f.settled) for n, f in call.facts.sets.items()} == {
        "features": (set(), True),
        "input_modalities": (set(), True),
        "output_modalities": (set(), True),
        "server_tools": (set(), True),
    }


_TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("body", "fact", "members"),
    [
        (_body(tools=[_TOOL]), "features", {"function_calling"}),
        (
            _body(tools=[{"type": "custom", "custom": {"name": "f"}}]),
            "features",
            {"function_calling"},
        ),
        (_body(functions=[{"name": "f"}]), "features", {"function_calling"}),
        (_body(tools=[]), "features", set()),
        (
            _body(response_format={"type": "json_schema", "json_schema": {"name": "x"}}),
            "features",
            {"structured_output"},
        ),
        (_body(response_format={"type": "json_object"}), "features", set()),
        (_body(reasoning_effort="high"), "features", {"reasoning"}),
        (_body(reasoning_effort="none"), "features", set()),
        (_body(web_search_options={}), "server_tools", {"web_search"}),
        (_body(modalities=["text", "audio"]), "output_modalities", {"audio"}),
        (_body(audio={"format": "wav", "voice": "alloy"}), "output_modalities", {"audio"}),
        (_said({"type": "text", "text": "x"}), "input_modalities", set()),
        (_said({"type": "image_url", "image_url": {"url": PNG}}), "input_modalities", {"image"}),
        (
            _said({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}),
            "input_modalities",
            {"audio"},
        ),
        (
            _said({"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}}),
            "input_modalities",
            {"file"},
        ),
    ],
)
def test_what_a_call_shows(body: dict[str, Any], fact: str, members: set[str]) -> None:
    assert read_body(CHAT, body).facts.set_fact(fact).members == members


def test_flags_are_read() -> None:
    facts = read_body(CHAT, _body(store=True, stream=True)).facts
    assert (facts.scalar("stateful"), facts.scalar("streaming")) == (True, True)
    assert read_body(CHAT, _body(store=None, stream=False)).facts.scalar("stateful") is False


@pytest.mark.parametrize(
    ("body", "most"),
    [
        (_body(), None),
        (_body(n=128), None),
        (_body(max_tokens=None), None),
        (_body(max_tokens=1), 1),
        (_body(max_completion_tokens=20), 20),
        (_body(max_tokens=30, max_completion_tokens=20), 30),
        (_body(max_tokens=10, max_completion_tokens=20, n=3), 60),
        (_body(max_tokens=10**9, n=128), 128 * 10**9),
    ],
)
def test_the_size_of_the_answer_is_read(body: dict[str, Any], most: int | None) -> None:
    assert read_body(CHAT, body).facts.scalar("tokens.output") == most


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_body(models=["c/d"]), RefusalCode.SECOND_MODEL),
        (_body(fallbacks=["c/d"]), RefusalCode.SECOND_MODEL),
        (_body(fallback_models=["c/d"]), RefusalCode.SECOND_MODEL),
        (_body(route="fallback"), RefusalCode.SECOND_MODEL),
        (_body(provider={"order": ["x"]}), RefusalCode.SECOND_MODEL),
        (_body(preset="x"), RefusalCode.SECOND_MODEL),
        (_body(extra_body={"model": "c/d"}), RefusalCode.SECOND_MODEL),
        (_body(moderation={"model": "c/d"}), RefusalCode.SECOND_MODEL),
        (_body(api_base="https://evil.example"), RefusalCode.SECOND_MODEL),
        (_body(plugins=[{"id": "web"}]), RefusalCode.THIRD_PARTY),
        (_body(Model="c/d"), RefusalCode.NOT_CLASSIFIED),
        (_body(top_k=3), RefusalCode.NOT_CLASSIFIED),
        (_body(previous_response_id="resp_1"), RefusalCode.KEEPS_STATE),
        (_body(conversation="conv_1"), RefusalCode.KEEPS_STATE),
        (_body(background=True), RefusalCode.KEEPS_STATE),
        (_body(prompt_cache_retention="24h"), RefusalCode.KEEPS_STATE),
        (_body(prompt_cache_options={"ttl": "30m"}), RefusalCode.KEEPS_STATE),
        (_body(service_tier="priority"), RefusalCode.CHANGES_PRICE),
        (_body(model="a/b c"), RefusalCode.INVALID_MODEL_NAME),
        (_body(model=""), RefusalCode.INVALID_MODEL_NAME),
        (_body(model="a/b\n"), RefusalCode.INVALID_MODEL_NAME),
        (_body(model="\u0430/b"), RefusalCode.INVALID_MODEL_NAME),
        (_body(model="a" * 201), RefusalCode.INVALID_MODEL_NAME),
        (_body(model=None), RefusalCode.INVALID_PARAMETER),
        (_body(model=["a/b"]), RefusalCode.INVALID_PARAMETER),
        (_body(messages="hello"), RefusalCode.INVALID_PARAMETER),
        (_body(temperature="hot"), RefusalCode.INVALID_PARAMETER),
        (_body(n=True), RefusalCode.INVALID_PARAMETER),
        (_body(n=0), RefusalCode.INVALID_PARAMETER),
        (_body(n=129), RefusalCode.INVALID_PARAMETER),
        (_body(max_tokens=0), RefusalCode.INVALID_PARAMETER),
        (_body(max_tokens=-1), RefusalCode.INVALID_PARAMETER),
        (_body(max_completion_tokens=0), RefusalCode.INVALID_PARAMETER),
        (_body(max_completion_tokens=10**9 + 1), RefusalCode.INVALID_PARAMETER),
        (_body(max_tokens=1.5), RefusalCode.INVALID_PARAMETER),
        (_body(stream="yes"), RefusalCode.INVALID_PARAMETER),
        (_body(tools=[{"type": "mcp", "server_url": "https://x"}]), RefusalCode.NOT_CLASSIFIED),
        (_body(tools=[{"type": "web_search"}]), RefusalCode.NOT_CLASSIFIED),
        (_body(tools=[{**_TOOL, "server_url": "https://x"}]), RefusalCode.NOT_CLASSIFIED),
        (_body(messages=[{"role": "root", "content": "x"}]), RefusalCode.NOT_CLASSIFIED),
        (_body(messages=[{"role": "assistant", "audio": {"id": "a"}}]), RefusalCode.KEEPS_STATE),
        (
            _body(messages=[{"role": "user", "content": "x", "model": "c/d"}]),
            RefusalCode.NOT_CLASSIFIED,
        ),
        (_said({"type": "file", "file": {"file_id": "file-1"}}), RefusalCode.KEEPS_STATE),
        (_said({"type": "video_url", "video_url": {"url": PNG}}), RefusalCode.NOT_CLASSIFIED),
        (
            _said({"type": "image_url", "image_url": {"url": "https://evil.example/a.png"}}),
            RefusalCode.THIRD_PARTY,
        ),
        (
            _said({"type": "file", "file": {"file_data": "https://evil.example/a.pdf"}}),
            RefusalCode.THIRD_PARTY,
        ),
        (
            _said({"type": "text", "text": "x", "prompt_cache_breakpoint": {"mode": "explicit"}}),
            RefusalCode.KEEPS_STATE,
        ),
        (_said({"type": "text", "text": "x", "cache_control": {}}), RefusalCode.NOT_CLASSIFIED),
    ],
)
def test_what_no_policy_has_looked_at_is_refused(body: dict[str, Any], code: RefusalCode) -> None:
    assert _refusal(body) is code


def test_no_message_repeats_what_was_said() -> None:
    said = "CANARY the patient"
    for body in (
        _body(model=said),
        _body(messages=said),
        _body(**{said: 1}),
        _body(temperature=said),
        _body(tools=[{"type": said}]),
        _said({"type": said}),
        _said({"type": "text", "text": 1, said: 2}),
        _body(metadata={f"{said}\n": "x"}),
        _body(metadata={f"governance {said}": "x"}),
    ):
        with pytest.raises(Refused) as caught:
            read_body(CHAT, body)
        assert "CANARY" not in f"{caught.value} {caught.value.help} {caught.value.parameter}"


def test_an_answer_can_be_handed_back() -> None:
    answer = {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "audio": None,
        "function_call": None,
        "annotations": [],
        "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        ],
    }
    result = {"role": "tool", "tool_call_id": "call_1", "content": "sunny"}
    assert read_body(CHAT, _body(messages=[answer, result])).body["messages"] == [answer, result]


LABELS = (
    "a key",
    "Prüfer",
    "Pru\u0308fer",
    "部署",
    "governance",
    "governances",
    "a:b/c@d (e)!",
    "x" * 64,
)


@pytest.mark.parametrize("operation", [CHAT, RESPONSES], ids=lambda o: o.endpoint)
def test_a_label_may_have_any_name_that_can_be_read(operation: Operation) -> None:
    said = dict.fromkeys(LABELS, "x")
    body = _body() if operation is CHAT else {"model": "a/b", "input": "hello"}
    call = read_body(operation, {**body, "metadata": said})
    assert call.body["metadata"] == said
    assert call.declared == ()


@pytest.mark.parametrize(
    "name", ["", " ", "a ", " a", "x" * 65, "a\nb", "a\x00", "a\u200bb", "a\u202eb", "a\x85"]
)
def test_a_label_whose_name_cannot_be_read_is_refused(name: str) -> None:
    assert _refusal(_body(metadata={name: "x"})) is RefusalCode.NOT_CLASSIFIED


@pytest.mark.parametrize(
    "name",
    [
        "governance data",
        "Governance-Data",
        "governance.data",
        "_governance_data",
        "(governance_data)",
        "\uff47overnance_data",
        "\uff47\uff4fvernance-data\u0301",
    ],
)
def test_what_is_nearly_a_governance_fact_never_goes_on_as_a_label(name: str) -> None:
    assert _refusal(_body(metadata={name: "health"})) is RefusalCode.UNKNOWN_FACT


def test_governance_keys_are_taken_out_of_metadata() -> None:
    call = read_body(
        CHAT, _body(metadata={"governance_data": "health", "Governance_purpose": "x", "a": "b"})
    )
    assert call.body["metadata"] == {"a": "b"}
    assert call.declared == (("data", "health"), ("purpose", "x"))
    assert "metadata" not in read_body(CHAT, _body(metadata={"governance_data": "health"})).body
