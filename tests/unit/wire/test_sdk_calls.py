"""Normal use of the official SDKs is read without false alarm and changed only where pinned."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import openai
import pytest
from google import genai

from policy_router.domain.route import GatewayType
from policy_router.wire.errors import error_body
from policy_router.wire.http_call import read_call
from policy_router.wire.operation import Dialect
from policy_router.wire.pins import pin
from policy_router.wire.served import target
from policy_router.wire.spelling import respelled
from tests.unit.wire.sdk_calls import (
    CALLS,
    MODEL,
    Capture,
    anthropic_client,
    body_of,
    captured,
    google_client,
    openai_client,
)
from tests.unit.wire.world import ADDRESS, terms


@pytest.mark.parametrize("name", CALLS)
def test_normal_use_is_read(name: str) -> None:
    asked = read_call(captured(name))
    assert asked.call.model == MODEL


@pytest.mark.parametrize("name", CALLS)
def test_what_is_sent_differs_only_where_it_is_pinned(name: str) -> None:
    call = captured(name)
    asked = read_call(call)
    shape = asked.call.operation.body
    said, sent = respelled(shape, body_of(call)), pin(asked.call, terms(GatewayType.DIRECT))
    changed = {k for k in {*said, *sent} if said.get(k) != sent.get(k)}
    pinned = {"model", "requests"}
    if "governance_purpose" in (said.get("metadata") or {}):
        pinned.add("metadata")
    if asked.call.operation.says and "store" not in said:
        pinned.add("store")
    assert changed <= pinned
    url = target(asked.call.operation, terms(GatewayType.DIRECT).gateway, terms().route)
    assert (ADDRESS in url) != (sent.get("model") == ADDRESS)


@pytest.mark.parametrize(
    ("name", "fact", "members"),
    [
        ("chat tools", "features", {"function_calling"}),
        ("chat image", "input_modalities", {"image"}),
        ("chat parse", "features", {"structured_output"}),
        ("chat reasoning", "features", {"reasoning"}),
        ("responses tools", "features", {"function_calling"}),
        ("responses image", "input_modalities", {"image", "file"}),
        ("responses structured", "features", {"structured_output"}),
        ("responses reasoning", "features", {"reasoning"}),
        ("messages tools", "features", {"function_calling"}),
        ("messages image", "input_modalities", {"image", "file"}),
        ("messages structured", "features", {"structured_output"}),
        ("messages reasoning", "features", {"reasoning"}),
        ("generate tools", "features", {"function_calling"}),
        ("generate image", "input_modalities", {"image"}),
        ("generate structured", "features", {"structured_output"}),
        ("generate reasoning", "features", {"reasoning"}),
        ("chat plain", "features", set()),
        ("embed", "input_modalities", set()),
    ],
)
def test_what_a_call_shows(name: str, fact: str, members: set[str]) -> None:
    assert read_call(captured(name)).call.facts.set_fact(fact).members == members


@pytest.mark.parametrize(
    ("name", "streams", "output"),
    [
        ("chat streaming", True, None),
        ("responses streaming", True, None),
        ("messages streaming", True, 64),
        ("generate streaming", True, None),
        ("chat settings", False, 200),
        ("responses settings", False, 100),
        ("messages plain", False, 64),
        ("generate settings", False, 200),
        ("embeddings", False, 0),
        ("count tokens", False, 0),
        ("embed", False, 0),
    ],
)
def test_streams_and_sizes(name: str, streams: bool, output: int | None) -> None:
    facts = read_call(captured(name)).call.facts
    assert (facts.scalar("streaming"), facts.scalar("tokens.output")) == (streams, output)


def test_the_input_is_bounded_by_what_was_sent() -> None:
    call = captured("chat plain")
    asked = read_call(call)
    assert asked.input_tokens is not None
    assert len(call.body) <= asked.input_tokens <= len(call.body) + 100
    assert asked.sized.scalar("tokens.input") == asked.input_tokens
    assert read_call(captured("chat image")).sized.scalar("tokens.input") is None


def _refusing(dialect: Dialect) -> Capture:
    more = {"decision": "d-1", "reason": "no_compliant_route"}
    body = error_body(403, "no_compliant_route", "may not", None, more, dialect)
    return Capture(403, body)


def test_openai_raises_its_own_permission_error_once() -> None:
    capture = _refusing(Dialect.OPENAI)
    with pytest.raises(openai.PermissionDeniedError, match="may not") as caught:
        openai_client(capture).responses.create(model=MODEL, input="x")
    assert len(capture.requests) == 1
    assert caught.value.code == "no_compliant_route"


def test_anthropic_raises_its_own_permission_error_once() -> None:
    capture = _refusing(Dialect.ANTHROPIC)
    with pytest.raises(anthropic.PermissionDeniedError, match="may not") as caught:
        anthropic_client(capture).messages.create(
            model=MODEL, max_tokens=1, messages=[{"role": "user", "content": "x"}]
        )
    assert len(capture.requests) == 1
    told: Any = caught.value.body
    assert told["error"]["type"] == "permission_error"
    assert told["policy_router"]["decision"] == "d-1"


def test_google_raises_its_own_client_error_once() -> None:
    capture = _refusing(Dialect.GOOGLE)
    with pytest.raises(genai.errors.ClientError) as caught:
        google_client(capture).models.generate_content(model=MODEL, contents="x")
    assert len(capture.requests) == 1
    assert (caught.value.code, caught.value.status) == (403, "PERMISSION_DENIED")
    assert caught.value.message == "may not"


@pytest.mark.parametrize("status", [400, 401, 403, 413, 415, 502, 503])
@pytest.mark.parametrize("dialect", Dialect)
def test_every_error_says_the_code_and_the_decision(status: int, dialect: Dialect) -> None:
    body = error_body(status, "undecided", "words", "model", {"decision": "d-1"}, dialect)
    told = json.loads(body)
    ours = told.get("policy_router") or told["error"]["policy_router"]
    assert ours["decision"] == "d-1"
    assert "words" in json.dumps(told["error"]["message"])
