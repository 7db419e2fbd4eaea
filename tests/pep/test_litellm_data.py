"""What a LiteLLM proxy holds of a call, without one: whose word is what, and what is nobody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from policy_router import load
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.litellm_data import cleaned, read_arrival
from policy_router.enforcement.litellm_gate import LiteLLMGate, Stopped
from policy_router.enforcement.litellm_own import is_health_check
from policy_router.enforcement.litellm_sent import Sent, check_sent
from policy_router.enforcement.litellm_shared import shared_gate
from policy_router.log.kept import MemoryLog
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits
from policy_router.wire.refusal import RefusalCode, Refused
from tests.house.tree import ROOT
from tests.pep.world import ALLOWED, DENIED, World, build

CHAT: Final[dict[str, Any]] = {
    "model": ALLOWED,
    "messages": [{"role": "user", "content": "hello"}],
}


def _held(
    said: dict[str, Any],
    labels: dict[str, Any],
    holder: str = "metadata",
    **added: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """What LiteLLM holds of a chat; `said`: what else was in the body, `labels`: what it keeps."""
    request = {"method": "POST", "url": "http://proxy/v1/chat/completions", "headers": {}}
    remembered = {**CHAT, **said, "metadata": {}}
    return {
        **CHAT,
        "proxy_server_request": {**request, "body": remembered},
        holder: labels,
        **added,
    }


def _refusal(data: dict[str, Any]) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        read_arrival(data, "/v1/chat/completions", "acompletion", DEFAULT_LIMITS)
    return caught.value.code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"guardrails": ["x"]}, RefusalCode.THIRD_PARTY),
        ({"guardrail_config": {}}, RefusalCode.NOT_CLASSIFIED),
        ({"policies": ["x"]}, RefusalCode.NOT_CLASSIFIED),
        ({"litellm_metadata": {"guardrails": ["x"]}}, RefusalCode.NOT_CLASSIFIED),
        ({"tags": ["x"]}, RefusalCode.NOT_CLASSIFIED),
    ],
)
def test_what_litellm_has_taken_out_of_a_body_is_read_all_the_same(
    said: dict[str, Any], code: RefusalCode
) -> None:
    assert _refusal(_held(said, {})) is code


def test_labels_of_a_caller_stay_behind_and_litellms_own_go_on() -> None:
    theirs = {"team": "a", "governance_data": "health"}
    labels = {
        **theirs,
        "requester_metadata": {**theirs, "headers": {}},
        "guardrails": ["of the key"],
    }
    data = _held({}, labels, litellm_trace_id="t")
    asked = read_arrival(data, "/chat/completions", "acompletion", DEFAULT_LIMITS)
    assert asked.declared == (("data", "health"),)
    going_on = cleaned(data, asked.call)
    assert going_on["metadata"] == {"requester_metadata": {}, "guardrails": ["of the key"]}
    assert going_on["litellm_trace_id"] == "t"
    assert {name: going_on[name] for name in CHAT} == CHAT


def test_a_label_that_litellm_holds_otherwise_is_refused() -> None:
    labels = {"guardrails": ["of the key"], "requester_metadata": {"guardrails": "of the caller"}}
    assert _refusal(_held({}, labels)) is RefusalCode.NOT_CLASSIFIED


@pytest.mark.parametrize(
    ("labels", "passes"),
    [
        ({"user_api_key_hash": "x", "endpoint": "x", "trace_id": "x", "anything": None}, True),
        ({"guardrails": ["x"]}, False),
        ({"anything": "x"}, False),
    ],
)
def test_where_labels_are_mixed_only_litellms_pass(labels: dict[str, Any], passes: bool) -> None:
    data = _held({}, labels, "litellm_metadata", metadata={"team": "a"})
    if passes:
        asked = read_arrival(data, "/chat/completions", "acompletion", DEFAULT_LIMITS)
        assert "metadata" not in cleaned(data, asked.call)
    else:
        assert _refusal(data) is RefusalCode.NOT_CLASSIFIED


def _sent(method: str, path: str, query: str = "", body: object = CHAT, **headers: str) -> Sent:
    raw = [(b"content-type", b"application/json"), (b"x-litellm-api-key", b"k")]
    raw += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Sent(method, path, query, raw, json.dumps(body).encode())


@pytest.mark.parametrize(
    "sent",
    [
        _sent("POST", "/v1/chat/completions"),
        _sent("POST", "/chat/completions"),
        _sent("POST", "/v1/embeddings", body={"model": ALLOWED, "input": "x"}),
        _sent("GET", "/v1/models", body=None),
        _sent("GET", "/models/some/model", body=None),
        _sent("GET", "/health", "model=x", body=None),
    ],
)
def test_what_is_governed_gets_on(sent: Sent) -> None:
    check_sent(sent, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (_sent("POST", "/v1/messages"), RefusalCode.UNKNOWN_OPERATION),
        (_sent("POST", "/guardrails/apply_guardrail"), RefusalCode.UNKNOWN_OPERATION),
        (_sent("GET", "/v1/chat/completions"), RefusalCode.KEEPS_STATE),
        (_sent("POST", "/v1/models"), RefusalCode.UNKNOWN_OPERATION),
        (_sent("POST", "/health"), RefusalCode.UNKNOWN_OPERATION),
        (_sent("GET", "/health/services"), RefusalCode.UNKNOWN_OPERATION),
        (_sent("GET", "/model/info"), RefusalCode.UNKNOWN_OPERATION),
        (_sent("POST", "/v1/chat/completions", "model=x"), RefusalCode.SECOND_MODEL),
        (_sent("POST", "/chat/completions", x_litellm_tags="us"), RefusalCode.STEERING_HEADER),
        (_sent("POST", "/chat/completions", body=[]), RefusalCode.INVALID_BODY),
        (_sent("POST", "/chat/completions", body={**CHAT, "x": 1}), RefusalCode.NOT_CLASSIFIED),
    ],
)
def test_whatever_else_is_sent_is_refused(sent: Sent, code: RefusalCode) -> None:
    with pytest.raises(Refused) as caught:
        check_sent(sent, DEFAULT_LIMITS)
    assert caught.value.code is code


ASKED: Final = {"messages": [{"role": "user", "content": "What's 1 + 1?"}], "api_key": "k"}


@pytest.mark.parametrize(
    ("kind", "said", "is_one"),
    [
        ("acompletion", ASKED, True),
        ("acompletion", {**ASKED, "max_tokens": 5, "metadata": {}}, True),
        ("acompletion", {**ASKED, "tools": [{}]}, False),
        ("acompletion", CHAT, False),
        ("acompletion", {}, False),
        ("aembedding", {"input": ["test from litellm"]}, True),
        ("aembedding", {"input": ["a name", "test from litellm"]}, False),
        ("aresponses", {"input": "test from litellm"}, True),
        ("atext_completion", {"prompt": "test from litellm"}, False),
    ],
)
def test_what_litellm_asks_of_itself(kind: str, said: dict[str, Any], is_one: bool) -> None:
    assert is_health_check(kind, said) is is_one


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build(tmp_path, kind="litellm")


def test_a_list_holds_what_would_get_through(world: World) -> None:
    loaded = world.pdp.loaded
    registry = loaded.snapshot.registry
    near = next(r for r in registry.routes.values() if r.model == ALLOWED)
    gate = LiteLLMGate(gate_for("litellm", world.pdp), near.gateway)
    offered = {ALLOWED: {near.address}, DENIED: {near.address}, near.id: {"another"}, "none": set()}
    floor = floor_of(loaded.callers["clinic"])
    assert gate.listed(floor, loaded, offered) == [ALLOWED]
    assert gate.listed(None, loaded, offered) == []


@pytest.mark.parametrize(
    ("kind", "caller", "code", "status"),
    [
        (b"multipart/form-data; boundary=x", "clinic", "unsupported_media", 415),
        (b"application/x-www-form-urlencoded", "clinic", "unsupported_media", 415),
        (b"application/json", "clinic", "invalid_body", 400),
        (b"application/json", None, "unknown_caller", 401),
    ],
)
def test_what_is_refused_at_the_door_is_recorded_under_the_id_it_tells(
    world: World, kind: bytes, caller: str | None, code: str, status: int
) -> None:
    log = MemoryLog()
    gate = LiteLLMGate(gate_for("litellm", world.pdp, log), "near")
    floor = None if caller is None else floor_of(world.pdp.loaded.callers[caller])
    sent = Sent("POST", "/v1/chat/completions", "", [(b"content-type", kind)], b"")
    with pytest.raises(Stopped) as stopped:
        gate.receive(sent, floor)
    answer = stopped.value.answer
    told = json.loads(answer.body)["error"]
    assert (answer.status, told["code"]) == (status, code)
    (record,) = log.records
    assert dict(answer.headers)["x-policy-router-decision"] == record["id"] != ""
    assert record["refused"] == code


def test_one_log_has_one_gate(tmp_path: Path) -> None:
    documents = ROOT / "examples" / "litellm_proxy"
    for file in documents.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    first, second = (load(project=tmp_path / "policy-router.yaml") for _ in range(2))
    gate = shared_gate(first, None, None, DEFAULT_LIMITS, ())
    assert shared_gate(second, None, None, DEFAULT_LIMITS, ()) is gate
    with pytest.raises(ValueError, match="another hook writes the log"):
        shared_gate(second, None, None, Limits(size=1), ())
