"""Observing lends our key to calls nobody decided on: it goes to the gateway and nowhere else."""

from __future__ import annotations

import json

import httpx2
import pytest

from policy_router.wire.dangers import GATEWAY_STEERING
from policy_router.wire.headers import _STEERING, _STEERING_PREFIXES
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.sidecars import CHAT, running
from tests.pep.test_observing import until
from tests.pep.test_transports import HEALTH
from tests.pep.world import DENIED


@pytest.fixture
def observing(staged: Staged) -> Stage:
    return staged(project=until(30))


STEERING_HEADERS = [
    *(_STEERING - {"openai-beta"}),
    *(f"{prefix}custom-host" for prefix in _STEERING_PREFIXES),
    "helicone-target-url",
    "x_api_base",
    "X-HTTP-Method-Override",
]
ELSEWHERE = ["https://elsewhere.example/v1", {"api_base": "https://elsewhere.example/v1"}]


def _goes_nowhere(observing: Stage, answers: list[httpx2.Response], reason: str) -> None:
    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["error"]["code"] for answer in answers} == {reason}
    assert observing.untouched
    assert [record["observed"] for record in observing.decisions] == [False] * len(answers)
    assert {record["refused"] for record in observing.decisions} == {reason}


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models"])
def test_our_key_goes_nowhere_that_a_header_names(observing: Stage, path: str) -> None:
    """Every header that enforcing refuses for it, in any spelling."""
    method = "GET" if path == "/v1/models" else "POST"
    with running(observing) as sidecar:
        answers = [
            httpx2.request(
                method,
                sidecar.address + path,
                headers={"authorization": f"Bearer {sidecar.key}", name: "elsewhere.example"},
                json=None if method == "GET" else CHAT,
            )
            for name in STEERING_HEADERS
        ]
    _goes_nowhere(observing, answers, "steering_header")


NAMES_A_PLACE = [
    "api_base",
    "api_key",
    "api_version",
    "azure_endpoint",
    "base_url",
    "custom_llm_provider",
    "extra_body",
    "extra_headers",
    "extra_query",
    "litellm_params",
    "model_list",
]
OF_GATEWAYS = ["user_config", "aws_bedrock_runtime_endpoint", "apiBase", "proxy_url", "Api-Base"]


def test_our_key_goes_nowhere_that_a_body_names(observing: Stage) -> None:
    """Every parameter that steers, if it or anything in it may say where to."""
    bodies = [{**CHAT, name: "elsewhere.example"} for name in (*NAMES_A_PLACE, *OF_GATEWAYS)]
    bodies += [{**CHAT, name: [ELSEWHERE[1]]} for name in GATEWAY_STEERING]
    bodies += [{**CHAT, "fallbacks": [{"a": {"b": [ELSEWHERE[1]]}}]}]
    with running(observing) as sidecar:
        answers = [sidecar.post(json=body) for body in bodies]
    _goes_nowhere(observing, answers, "second_model")


def test_what_a_gateway_chooses_among_its_own_passes_all_the_same(observing: Stage) -> None:
    """It is what observing is for: to see what enforcing will refuse."""
    names = sorted(GATEWAY_STEERING.keys() - {*NAMES_A_PLACE})
    asked = [{**CHAT, name: ["a", {"order": ["b"]}]} for name in names]
    asked += [{**CHAT, "unheard_of": {"url": "a"}}, {**CHAT, "user": "https://a.example"}]
    with running(observing) as sidecar:
        headers = {"x-forwarded-host": "elsewhere.example", "Forwarded": "host=elsewhere.example"}
        answers = [sidecar.post(json=body, headers=headers) for body in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert [json.loads(body) for _, _, body in observing.near.requests] == asked
    assert b"elsewhere.example" not in observing.near.received


def test_a_program_may_send_its_own_key_where_it_likes(observing: Stage) -> None:
    with sync_client(observing, "httpx2", key="the-programs-own", who=HEALTH) as client:
        client.with_options(base_url=f"{observing.far.base_url}/").chat.completions.create(
            model=DENIED,
            messages=MESSAGES,
            extra_headers={"x-portkey-custom-host": "elsewhere.example"},
            extra_body={"api_base": "elsewhere.example"},
        )
    assert observing.far.headers()["authorization"] == "Bearer the-programs-own"
    assert observing.far.headers()["x-portkey-custom-host"] == "elsewhere.example"
