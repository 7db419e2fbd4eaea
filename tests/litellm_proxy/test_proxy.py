"""A real LiteLLM proxy with the hook: what leaves it, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.upstream import ANSWER, serving
from tests.litellm_proxy.proxy import CANARY, CLINIC, MASTER_KEY, WEBSITE, Proxy, running

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("litellm")]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("litellm")
    with serving() as eu, serving() as us, running(folder, eu, us) as proxy:
        yield proxy


@pytest.fixture
def proxy(started: Proxy) -> Proxy:
    started.forget()
    return started


def _denied(answer: Any, code: str, status: int = 403) -> dict[str, Any]:  # noqa: ANN401
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert answer.headers["x-should-retry"] == "false"
    assert CANARY not in answer.text
    return error


def test_of_a_group_only_permitted_deployments_get_the_call(proxy: Proxy) -> None:
    for _ in range(8):
        answer = proxy.post()
        assert answer.json()["choices"][0]["message"]["content"] == ANSWER
        assert answer.headers["x-policy-router-route"] == "proxy:assistant-eu"
    assert (len(proxy.eu.requests), proxy.us.untouched) == (8, True)
    assert proxy.eu.body()["store"] is False
    assert proxy.eu.headers()["authorization"] == "Bearer key-of-the-eu-deployment"


def test_what_is_free_to_go_anywhere_goes_anywhere(proxy: Proxy) -> None:
    for _ in range(24):
        assert proxy.post(key=WEBSITE).status_code == 200
    assert proxy.eu.requests
    assert proxy.us.requests


def test_a_group_with_no_permitted_deployment_is_refused(proxy: Proxy) -> None:
    error = _denied(proxy.post(model="assistant-abroad"), "gateway_unsupported")
    assert proxy.untouched
    assert error


@pytest.mark.parametrize("model", ["assistant-us", "assistant-us-2", "assistant-eu"])
def test_a_deployment_cannot_be_named_past_the_filter(proxy: Proxy, model: str) -> None:
    _denied(proxy.post(model=model), "unknown_model")
    assert proxy.untouched


def test_a_fallback_does_not_leave_what_is_permitted(proxy: Proxy) -> None:
    proxy.eu.statuses += [500]
    answer = proxy.post()
    assert answer.status_code >= 400
    assert len(proxy.eu.requests) == 1
    assert proxy.us.untouched


@pytest.mark.parametrize(
    "more",
    [
        {"fallbacks": ["assistant-abroad"]},
        {"specific_deployment": True},
        {"models": ["assistant-abroad"]},
        {"metadata": {"tags": ["us"]}, "unheard_of": 1},
        {"messages": [{"role": "user", "content": "x", "unheard_of": 1}]},
    ],
    ids="-".join,
)
def test_what_no_policy_has_looked_at_goes_nowhere(proxy: Proxy, more: dict[str, Any]) -> None:
    answer = proxy.post(**more)
    assert answer.status_code in {400, 403}, answer.text
    assert proxy.untouched


def test_litellms_own_ways_to_send_a_call_elsewhere_lead_nowhere(proxy: Proxy) -> None:
    assert proxy.post(api_base=proxy.us.base_url).status_code >= 400
    assert proxy.untouched
    _denied(proxy.post(mock_response="x"), "second_model")
    assert proxy.untouched


def test_an_obligation_holds_whatever_the_call_says(proxy: Proxy) -> None:
    assert proxy.post(store=True).status_code in {200, 403}
    assert [b for b in proxy.eu.requests if b'"store":true' in b[2].replace(b" ", b"")] == []


def test_a_query_names_no_model(proxy: Proxy) -> None:
    answer = proxy.post("/v1/chat/completions?model=assistant-abroad")
    assert answer.status_code == 403
    assert proxy.untouched


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/moderations", "/v1/images/generations"])
def test_operations_that_are_not_governed_go_nowhere(proxy: Proxy, path: str) -> None:
    answer = proxy.post(path, prompt="x", input="x")
    assert answer.status_code == 403, answer.text
    assert proxy.untouched


def test_what_a_call_declares_only_adds(proxy: Proxy) -> None:
    for _ in range(6):
        assert proxy.post(key=WEBSITE, headers={"x-governance-data": "health"}).status_code == 200
    assert proxy.us.untouched
    assert not [n for n in proxy.eu.headers() if n.startswith("x-governance")]
    for _ in range(6):
        assert proxy.post(key=WEBSITE, metadata={"governance_data": "health"}).status_code == 200
    assert proxy.us.untouched
    assert "governance" not in str(proxy.eu.body())


@pytest.mark.parametrize("key", [None, "key-of-nobody", MASTER_KEY])
def test_nobody_who_is_not_known_gets_through(proxy: Proxy, key: str | None) -> None:
    answer = proxy.post(key=key)
    assert answer.status_code == 401, answer.text
    assert proxy.untouched


def test_streams_and_embeddings(proxy: Proxy) -> None:
    streamed = proxy.post(stream=True)
    assert streamed.status_code == 200, streamed.text
    assert streamed.text.rstrip().endswith("data: [DONE]")
    assert proxy.us.untouched
    embedded = proxy.post("/v1/embeddings", model="embedder", input="hello")
    assert embedded.status_code == 200, embedded.text
    assert len(proxy.eu.requests) == 2


def test_every_call_that_left_was_recorded_before(proxy: Proxy) -> None:
    before = len(proxy.records())
    assert proxy.post().status_code == 200
    _denied(proxy.post(model="assistant-abroad"), "gateway_unsupported")
    sent, refused = proxy.records()[before:]
    assert (sent["caller"], sent["admitted"], sent["attempt"]["route"]) == (
        "clinic",
        True,
        "proxy:assistant-eu",
    )
    assert (refused["admitted"], refused["refused"]) == (False, "gateway_unsupported")
    everything = (proxy.folder / "var" / "log" / "00000001.jsonl").read_text("utf-8")
    assert CANARY not in everything
    assert CLINIC not in everything


def _ended(proxy: Proxy, call: Callable[[], object]) -> list[tuple[str, int | None, int]]:
    """How each of the calls that `call` makes ended: how, with what status, in which attempt."""
    before = len(proxy.outcomes())
    call()
    found = proxy.outcomes()[before:]
    return [(record["ending"], record["status"], record["attempt"]) for record in found]


def test_how_calls_end_is_recorded(proxy: Proxy) -> None:
    assert _ended(proxy, proxy.post) == [("complete", 200, 1)]
    assert _ended(proxy, lambda: proxy.post(stream=True).text) == [("complete", 200, 1)]
    assert _ended(proxy, lambda: proxy.post(model="assistant-abroad")) == []
    proxy.eu.statuses += [500]
    assert _ended(proxy, proxy.post) == [("complete", 500, 1)]


def test_a_fallback_that_is_permitted_is_an_attempt_of_the_same_call(proxy: Proxy) -> None:
    proxy.eu.statuses += [503]
    proxy.us.statuses += [503]
    before, answers = len(proxy.records()), list[int]()
    (ended,) = _ended(proxy, lambda: answers.append(proxy.post(key=WEBSITE).status_code))
    first, second = proxy.records()[before:]
    assert ended == ("complete", answers[0], 2)
    assert (first["id"], first["admitted"], second["admitted"]) == (second["id"], True, True)
    assert second["attempt"]["route"] == "proxy:assistant-us-2"
    after = second["attempt"]["after"]
    assert (after["route"], after["ending"], after["status"]) == (
        first["attempt"]["route"],
        "complete",
        503,
    )


def test_what_cannot_be_recorded_is_not_sent(proxy: Proxy, tmp_path: Path) -> None:
    log = proxy.folder / "var"
    log.rename(tmp_path / "var")
    log.write_text("a file where the folder should be")
    try:
        _denied(proxy.post(), "not_recorded", 503)
        assert proxy.untouched
    finally:
        log.unlink()
        (tmp_path / "var").rename(log)


def test_responses(proxy: Proxy) -> None:
    for more in ({}, {"stream": True}, {"metadata": {"team": "a"}}):
        answer = proxy.post("/v1/responses", input="hello", **more)
        assert answer.status_code == 200, answer.text
        assert ANSWER in answer.text
    assert (len(proxy.eu.requests), proxy.us.untouched) == (3, True)
    assert proxy.eu.body()["store"] is False
    _denied(proxy.post("/v1/responses", input="hello", previous_response_id="r"), "keeps_state")
    stream = _ended(proxy, lambda: proxy.post("/v1/responses", input="hello", stream=True).text)
    assert stream == [("complete", 200, 1)]


@pytest.mark.parametrize(
    ("key", "names"),
    [(CLINIC, {"assistant", "embedder"}), (WEBSITE, {"assistant", "assistant-abroad", "embedder"})],
)
def test_lists_hold_what_a_caller_may_ask_for(proxy: Proxy, key: str, names: set[str]) -> None:
    known = {"authorization": f"Bearer {key}"}
    listed = proxy.client.get(f"{proxy.address}/v1/models", headers=known)
    assert {model["id"] for model in listed.json()["data"]} == names
    one = proxy.client.get(f"{proxy.address}/v1/models/assistant-abroad", headers=known)
    assert one.status_code == (200 if "assistant-abroad" in names else 404)
    assert proxy.untouched


def test_what_the_proxy_asks_of_its_deployments_is_let_through(proxy: Proxy) -> None:
    before = len(proxy.records())
    known = {"authorization": f"Bearer {CLINIC}"}
    health = proxy.client.get(f"{proxy.address}/health", headers=known).json()
    assert (health["healthy_count"], health["unhealthy_count"]) == (4, 0), health
    assert len(proxy.records()) == before


@pytest.mark.parametrize("path", ["/model/info", "/v1/model/info", "/v1/responses/r", "/v1/files"])
def test_what_else_the_proxy_answers_is_for_nobody(proxy: Proxy, path: str) -> None:
    answer = proxy.client.get(proxy.address + path, headers={"authorization": f"Bearer {CLINIC}"})
    _denied(answer, "unknown_operation")
    assert proxy.untouched


def test_there_is_one_log_whoever_refuses(proxy: Proxy) -> None:
    before = len(proxy.records())
    for _ in range(3):
        _denied(proxy.post(mock_response="x"), "second_model")
        assert proxy.post().status_code == 200
    found = [record["admitted"] for record in proxy.records()[before:]]
    assert found == [False, True] * 3
    assert {record["caller"] for record in proxy.records()[before:]} == {"clinic"}
