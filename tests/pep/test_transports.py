"""The official SDK through the client transports: stopped, or let through to one route."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import openai
import pytest

from policy_router import Request
from policy_router.enforcement.context import governed_facts
from policy_router.enforcement.httpx2_transport import PolicyTransport
from tests.fakes.upstream import ANSWER
from tests.pep.conftest import Stage
from tests.pep.sdk import LIBRARIES, MESSAGES, async_client, sync_client
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS, UPSTREAM_KEY

HEALTH = Request(data=["health"], regime=["eu_gdpr"], purpose="letters")
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "parameters": {}}}]

pytestmark = pytest.mark.parametrize("library", LIBRARIES)


def test_a_permitted_call_is_pinned_and_answered(stage: Stage, library: str) -> None:
    with sync_client(stage, library, who=HEALTH) as client:
        raw = client.chat.completions.with_raw_response.create(model=ALLOWED, messages=MESSAGES)
    assert raw.parse().choices[0].message.content == ANSWER
    assert stage.near.body() == {
        "model": "at-near/allowed-2026",
        "messages": MESSAGES,
        "store": False,
    }
    assert raw.headers["x-policy-router-route"] == "near:allowed"
    assert raw.headers["x-policy-router-requested"] == ALLOWED
    assert raw.headers["x-policy-router-decision"] == stage.log.records[0]["id"]
    assert stage.far.untouched


def test_upstream_sees_our_key_and_nothing_of_the_callers(stage: Stage, library: str) -> None:
    told = {"X-Governance-Subjects": "patients", "Cookie": "a=b", "X-Opper-Tags": "t"}
    with sync_client(stage, library, key=KEYS["clinic"]) as client:
        client.chat.completions.create(
            model=ALLOWED,
            messages=MESSAGES,
            extra_headers=told,
            metadata={"governance_subjects": "patients", "team": "x"},
        )
    headers = stage.near.headers()
    assert headers.pop("authorization") == f"Bearer {UPSTREAM_KEY}"
    assert set(headers) == {
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
    assert headers["user-agent"] == "policy-router"
    assert KEYS["clinic"].encode() not in stage.near.received
    assert b"governance" not in stage.near.received.lower()


def test_a_denial_is_the_sdks_own_error_once(stage: Stage, library: str) -> None:
    with (
        sync_client(stage, library, who=HEALTH) as client,
        pytest.raises(openai.PermissionDeniedError) as caught,
    ):
        client.chat.completions.create(model=DENIED, messages=[{"role": "user", "content": CANARY}])
    assert stage.untouched
    assert len(stage.log.records) == 1
    error = caught.value
    assert (error.status_code, error.code) == (403, "no_compliant_route")
    told = error.body["policy_router"]  # type: ignore[index]
    assert told["decision"] == stage.log.records[0]["id"]
    assert told["requirement"]["rule"] == "in-the-eea"
    assert told["alternative"] == {"route": "near:allowed", "model": ALLOWED}
    assert CANARY not in f"{error} {error.body} {stage.log.records}"


def test_streams_pass_chunk_for_chunk(stage: Stage, library: str) -> None:
    with sync_client(stage, library, who=HEALTH) as client:
        stream = client.chat.completions.create(model=ALLOWED, messages=MESSAGES, stream=True)
        said = [chunk.choices[0].delta.content for chunk in stream]
    assert "".join(said) == ANSWER  # type: ignore[arg-type]
    assert len(said) == 3
    assert stage.near.body()["stream"] is True


def test_the_bytes_of_a_response_are_not_touched(stage: Stage, library: str) -> None:
    with (
        sync_client(stage, library, who=HEALTH) as client,
        client.chat.completions.with_streaming_response.create(
            model=ALLOWED, messages=MESSAGES
        ) as response,
    ):
        body = b"".join(response.http_response.iter_raw())
    assert stage.near.sent[0].endswith(b"\r\n\r\n" + body)


def test_tools_and_structured_answers(stage: Stage, library: str) -> None:
    with sync_client(stage, library, who=HEALTH) as client:
        answer = client.chat.completions.create(model=ALLOWED, messages=MESSAGES, tools=TOOLS)
        calls = answer.choices[0].message.tool_calls or []
        again: Any = [
            *MESSAGES,
            answer.choices[0].message.model_dump(),
            {"role": "tool", "tool_call_id": calls[0].id, "content": "sunny"},
        ]
        client.chat.completions.create(model=ALLOWED, messages=again, tools=TOOLS)
    assert len(stage.near.requests) == 2
    features = stage.log.records[0]["facts"]["sets"]["features"]
    assert features == {"members": ["function_calling"], "settled": True}


def test_async_calls_and_streams(stage: Stage, library: str) -> None:
    async def ask() -> list[str]:
        async with async_client(stage, library, who=HEALTH) as client:
            whole = await client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
            stream = await client.chat.completions.create(
                model=ALLOWED, messages=MESSAGES, stream=True
            )
            parts = [chunk.choices[0].delta.content or "" async for chunk in stream]
        return [whole.choices[0].message.content or "", "".join(parts)]

    assert asyncio.run(ask()) == [ANSWER, ANSWER]
    assert len(stage.near.requests) == len(stage.decisions) == 2


def test_async_denials(stage: Stage, library: str) -> None:
    async def ask() -> None:
        async with async_client(stage, library, who=HEALTH) as client:
            await client.chat.completions.create(model=DENIED, messages=MESSAGES)

    with pytest.raises(openai.PermissionDeniedError):
        asyncio.run(ask())
    assert stage.untouched
    assert len(stage.log.records) == 1


def test_every_attempt_is_decided_and_counted(stage: Stage, library: str) -> None:
    stage.near.status = 503
    with (
        sync_client(stage, library, who=HEALTH) as client,
        pytest.raises(openai.InternalServerError),
    ):
        client.with_options(max_retries=2).chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert len(stage.near.requests) == 3
    assert [record["retry"] for record in stage.decisions] == [0, 1, 2]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(stage: Stage, library: str, status: int) -> None:
    stage.near.status, stage.near.location = status, stage.far.base_url
    with (
        sync_client(stage, library, who=HEALTH) as client,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert caught.value.code == "redirected"
    assert len(stage.near.requests) == 1
    assert stage.far.untouched


def test_redirects_are_not_followed_in_async_code(stage: Stage, library: str) -> None:
    stage.near.status, stage.near.location = 307, stage.far.base_url

    async def ask() -> None:
        async with async_client(stage, library, who=HEALTH) as client:
            await client.chat.completions.create(model=ALLOWED, messages=MESSAGES)

    with pytest.raises(openai.InternalServerError):
        asyncio.run(ask())
    assert len(stage.near.requests) == 1
    assert stage.far.untouched


def test_nobody_in_particular_may_send_nothing_that_depends_on_facts(
    stage: Stage, library: str
) -> None:
    with (
        sync_client(stage, library) as client,
        pytest.raises(openai.PermissionDeniedError) as caught,
    ):
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert caught.value.code == "facts_missing"
    assert stage.untouched


def test_the_key_of_a_call_tells_its_caller(stage: Stage, library: str) -> None:
    with sync_client(stage, library, key=KEYS["website"]) as client:
        client.chat.completions.create(model=DENIED, messages=MESSAGES)
    assert stage.log.records[0]["caller"] == "website"
    assert len(stage.far.requests) == 1


def test_the_nearest_statement_of_facts_counts(stage: Stage, library: str) -> None:
    public = Request(data=["non_personal"], purpose="publishing")
    with sync_client(stage, library, who=public) as client:
        with governed_facts(HEALTH), pytest.raises(openai.PermissionDeniedError):
            client.chat.completions.create(model=DENIED, messages=MESSAGES)
        assert stage.untouched
        client.chat.completions.create(model=DENIED, messages=MESSAGES)
    assert len(stage.far.requests) == 1


def test_the_destination_never_comes_from_the_client(stage: Stage, library: str) -> None:
    far = f"{stage.far.base_url}/"
    with sync_client(stage, library, who=HEALTH) as client:
        client.with_options(base_url=far).chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert len(stage.near.requests) == 1
    assert stage.far.untouched


@pytest.mark.parametrize(
    "base_url",
    [
        "https://unknown.example/v1",
        "https://api.openai.com/v2",
        "https://api.openai.com:8443/v1",
        "http://api.openai.com/v1",
        "https://api.openai.com/v1/x/..%2f",
        "https://api.openai.com",
    ],
)
def test_other_addresses_are_not_governed_and_so_refused(
    stage: Stage, library: str, base_url: str
) -> None:
    with (
        sync_client(stage, library, who=HEALTH) as client,
        pytest.raises(openai.PermissionDeniedError) as caught,
    ):
        client.with_options(base_url=base_url).chat.completions.create(
            model=ALLOWED, messages=MESSAGES
        )
    assert caught.value.code == "unknown_operation"
    assert stage.untouched


def test_an_address_of_the_apps_own_can_be_governed(stage: Stage, library: str) -> None:
    base_url = "https://llm.internal.example/gateway"
    with sync_client(stage, library, who=HEALTH, base_urls=[base_url]) as client:
        client.with_options(base_url=base_url).chat.completions.create(
            model=ALLOWED, messages=MESSAGES
        )
    assert len(stage.near.requests) == 1


def test_other_operations_of_the_sdk_are_refused(stage: Stage, library: str) -> None:
    with sync_client(stage, library, who=HEALTH) as client:
        for ask in (
            lambda: client.responses.retrieve("resp_1"),
            lambda: client.responses.input_tokens.count(model=ALLOWED, input="x"),
            client.files.list,
            lambda: client.chat.completions.retrieve("chatcmpl-1"),
            lambda: client.moderations.create(input="x"),
        ):
            with pytest.raises(openai.PermissionDeniedError):
                ask()
    assert stage.untouched
    assert len(stage.decisions) == 5


def test_the_project_says_where_records_go(stage: Stage, library: str) -> None:
    with sync_client(stage, library, who=HEALTH, log=None) as client:
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    lines = stage.world.records()
    assert [(line["kind"], line["point"]) for line in lines] == [
        ("decision", library),
        ("outcome", library),
    ]


def test_extensions_of_a_request_cannot_change_its_target(stage: Stage, library: str) -> None:
    del library
    transport = PolicyTransport(stage.pdp, who=HEALTH, log=stage.log)
    with httpx2.Client(transport=transport) as client:
        answer = client.post(
            "https://api.openai.com/v1/chat/completions",
            json={"model": ALLOWED, "messages": MESSAGES},
            extensions={"target": b"/v1/other"},
        )
    assert answer.status_code == 200
    assert stage.near.requests[0][0] == "POST /v1/chat/completions HTTP/1.1"
