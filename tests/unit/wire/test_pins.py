"""A pinned body names the route's address and nothing else; obligations are done or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from policy_router.domain.decision import AppliedObligation
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import ParameterValue
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Gateway, GatewayType, Route
from policy_router.wire.call import read_body
from policy_router.wire.openai_chat import CHAT
from policy_router.wire.pins import Terms, pin, pinned
from policy_router.wire.refusal import RefusalCode, Refused

SPAN = Span("test", 1, 1)
ROUTE = Route("gw:a/b", "a/b", "gw", "some-provider", "the-address", "ga", SPAN, pin="its-slug")


def _gateway(kind: GatewayType = GatewayType.OPPER) -> Gateway:
    return Gateway(
        id="gw",
        title="Gateway",
        type=kind,
        base_url="https://gw.example/v1",
        key=None,
        adds_hop=True,
        entity=None,
        claims=(),
        span=SPAN,
    )


def _body(**more: object) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "hello"}], **more}


def _obliged(**parameters: ParameterValue) -> list[AppliedObligation]:
    return [AppliedObligation("pack", "duty", tuple(parameters.items()))]


def _terms(
    kind: GatewayType = GatewayType.OPPER,
    obligations: Sequence[AppliedObligation] = (),
    **more: Any,  # noqa: ANN401
) -> Terms:
    return Terms(ROUTE, _gateway(kind), tuple(obligations), **more)


def _sized(most: int | None) -> RequestFacts:
    return RequestFacts("a/b", {}, {} if most is None else {"tokens.output": Decimal(most)})


def _facts(model: str | None = "a/b", **scalars: str | bool) -> RequestFacts:
    return RequestFacts(model, {}, dict(scalars))


@pytest.mark.parametrize(
    "kind",
    [GatewayType.OPPER, GatewayType.LITELLM, GatewayType.OPENAI_COMPATIBLE, GatewayType.DIRECT],
)
def test_the_address_replaces_the_requested_name(kind: GatewayType) -> None:
    sent = pinned(_body(model="a/b"), _facts(), _terms(kind))
    assert sent == _body(model="the-address")


def test_openrouter_gets_one_provider_and_no_fallback() -> None:
    sent = pinned(_body(), _facts(), _terms(GatewayType.OPENROUTER))
    assert sent["model"] == "the-address"
    assert sent["provider"] == {
        "only": ["its-slug"],
        "allow_fallbacks": False,
        "data_collection": "deny",
    }


def test_openrouter_is_asked_for_zero_retention_where_it_is_claimed() -> None:
    terms = _terms(GatewayType.OPENROUTER, zero_retention=True)
    assert pinned(_body(), _facts(), terms)["provider"]["zdr"] is True
    assert "provider" not in pinned(_body(), _facts(), _terms(zero_retention=True))


def _refusal(body: dict[str, Any], decided: RequestFacts, terms: Terms) -> Refused:
    with pytest.raises(Refused) as caught:
        pinned(body, decided, terms)
    return caught.value


def test_state_is_kept_only_where_an_obligation_decides_on_it() -> None:
    decided = _facts(stateful=True)
    for terms in (_terms(), _terms(examined=frozenset({"stateful"}))):
        refused = _refusal(_body(store=True), decided, terms)
        assert (refused.code, refused.parameter) == (RefusalCode.KEEPS_STATE, "store")
    other = _terms(obligations=_obliged(temperature=Decimal(0)))
    assert _refusal(_body(store=True), decided, other).code is RefusalCode.KEEPS_STATE
    assert pinned(_body(store=False), decided, _terms())["store"] is False


def test_server_tools_pass_only_where_a_policy_looked_at_them() -> None:
    decided = RequestFacts(
        "a/b", {"server_tools": SetFact(frozenset({"web_search"}), settled=True)}, {}
    )
    for terms in (_terms(), _terms(examined=frozenset({"stateful"}))):
        refused = _refusal(_body(web_search_options={}), decided, terms)
        assert refused.code is RefusalCode.THIRD_PARTY
        assert "web_search" in refused.message


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (None, {"max_tokens": 1}),
        (99, {"max_tokens": 100}),
        (100, {"max_tokens": 100, "max_completion_tokens": 101}),
        (199, {"max_tokens": 100, "n": 2}),
    ],
)
def test_more_output_than_was_decided_on(asked: int | None, body: dict[str, Any]) -> None:
    refused = _refusal(_body(**body), _sized(asked), _terms())
    assert refused.code is RefusalCode.NOT_DECIDED
    assert "output tokens" in refused.message


def test_no_more_output_than_was_decided_on() -> None:
    body = _body(max_tokens=100, n=2)
    assert pinned(body, _sized(200), _terms()) == {**body, "model": "the-address"}
    assert pinned(_body(n=5), _facts(), _terms())["n"] == 5


@pytest.mark.parametrize(
    ("kind", "base", "maker", "told"),
    [
        (GatewayType.DIRECT, "https://api.openai.com/v1", "openai", True),
        (GatewayType.DIRECT, "https://eu.api.openai.com/v1", None, True),
        (GatewayType.OPENAI_COMPATIBLE, "https://API.OpenAI.com/v1", None, True),
        (GatewayType.AZURE, "https://x.openai.azure.com/openai/v1", "openai", True),
        (GatewayType.AZURE, "https://x.openai.azure.com/openai/v1", None, True),
        (GatewayType.AZURE, "https://x.openai.azure.com/openai/v1", "mistral", False),
        (GatewayType.DIRECT, "https://api.notopenai.com/v1", "openai", False),
        (GatewayType.OPENAI_COMPATIBLE, "https://gw.example/v1", "openai", False),
    ],
)
def test_openai_is_told_to_keep_no_chat_that_says_nothing_of_it(
    kind: GatewayType, base: str, maker: str | None, told: bool
) -> None:
    terms = Terms(ROUTE, replace(_gateway(kind), base_url=base), maker=maker)
    for body in (_body(), _body(store=None)):
        assert pinned(body, _facts(), terms).get("store") is (False if told else None)
    assert pinned(_body(store=False), _facts(), terms)["store"] is False
    asked = RequestFacts("a/b", {}, {"stateful": True})
    assert _refusal(_body(store=True), asked, terms).code is RefusalCode.KEEPS_STATE


GEMINI = "https://generativelanguage.googleapis.com/v1beta"
VERTEX = "https://europe-west4-aiplatform.googleapis.com/v1/projects/p"


@pytest.mark.parametrize("endpoint", ["generate_content", "chat_completions"])
@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize(
    ("base", "told"),
    [
        (GEMINI, True),
        (f"{GEMINI}/openai", True),
        ("https://generativelanguage.mtls.googleapis.com/v1", True),
        ("https://GenerativeLanguage.GoogleAPIs.com./v1", True),
        (VERTEX, False),
        ("https://aiplatform.eu.rep.googleapis.com/v1", False),
        ("https://generativelanguage.googleapis.com.example/v1", False),
    ],
)
def test_gemini_is_told_to_keep_no_answer_whoever_owns_the_project(
    base: str, told: bool, endpoint: str, streaming: bool
) -> None:
    terms = Terms(ROUTE, replace(_gateway(GatewayType.DIRECT), base_url=base), maker="google")
    said: dict[str, Any] = {"contents": [{"parts": [{"text": "hello"}]}]}
    body = said if endpoint == "generate_content" else _body(stream=streaming)
    decided = _facts(endpoint=endpoint, streaming=streaming)
    for sent in (body, {**body, "store": None}):
        assert pinned(sent, decided, terms).get("store") is (False if told else None)


def test_gemini_is_told_nothing_of_what_has_no_answer_to_keep() -> None:
    terms = Terms(ROUTE, replace(_gateway(GatewayType.DIRECT), base_url=GEMINI), maker="google")
    decided = replace(_sized(0), scalars={"endpoint": "embed_content", "tokens.output": Decimal(0)})
    assert "store" not in pinned({"content": {"parts": [{"text": "hello"}]}}, decided, terms)


PDF = "data:application/pdf;base64,AAAA"


def _with_file(endpoint: str) -> dict[str, Any]:
    if endpoint == "responses":
        part: dict[str, Any] = {"type": "input_file", "file_data": PDF}
        return {"input": [{"role": "user", "content": [part]}]}
    if endpoint == "messages":
        source = {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}
        part = {"type": "document", "source": source}
        return {"max_tokens": 9, "messages": [{"role": "user", "content": [part]}]}
    return _body(
        messages=[{"role": "user", "content": [{"type": "file", "file": {"file_data": PDF}}]}]
    )


@pytest.mark.parametrize("endpoint", ["chat_completions", "responses", "messages"])
def test_openrouter_hands_no_file_to_another_company(endpoint: str) -> None:
    sets = {"input_modalities": SetFact(frozenset({"file"}))}
    facts = RequestFacts("a/b", sets, {"endpoint": endpoint, "tokens.output": Decimal(9)})
    body, terms = _with_file(endpoint), _terms(GatewayType.OPENROUTER)
    if endpoint == "messages":
        refused = _refusal(body, facts, terms)
        assert refused.code is RefusalCode.THIRD_PARTY
        assert "OpenRouter may have another company read the file" in refused.message
    else:
        sent = pinned(body, facts, terms)
        assert sent["plugins"] == [{"id": "file-parser", "pdf": {"engine": "native"}}]
    assert "plugins" not in pinned(body, facts, _terms(GatewayType.DIRECT))
    assert "plugins" not in pinned(_body(), _facts(), terms)


def test_azure_is_refused_until_it_can_be_pinned() -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(), _facts(), _terms(GatewayType.AZURE))
    assert caught.value.code is RefusalCode.GATEWAY_UNSUPPORTED


def test_the_body_given_is_left_alone() -> None:
    body = _body(model="a/b", metadata={"governance_data": "health"})
    before = repr(body)
    pinned(body, _facts(), _terms(obligations=_obliged(store=False)))
    assert repr(body) == before


def test_obligations_override_what_the_caller_set() -> None:
    decided = _facts(stateful=True)
    sent = pinned(_body(store=True), decided, _terms(obligations=_obliged(store=False)))
    assert sent["store"] is False


def test_sizes_in_policies_become_numbers() -> None:
    obligations = _obliged(max_tokens=Decimal(100), temperature=Decimal("0.5"))
    sent = pinned(_body(), _facts(), _terms(obligations=obligations))
    assert (sent["max_tokens"], sent["temperature"]) == (100, 0.5)


@pytest.mark.parametrize(
    "parameters",
    [
        {"unheard_of": True},
        {"model": "other"},
        {"messages": "x"},
        {"store": "false"},
        {"max_tokens": Decimal("0.5")},
        {"previous_response_id": "x"},
        {"prompt_cache_retention": "24h"},
    ],
)
def test_an_obligation_that_cannot_be_done_refuses_the_call(
    parameters: dict[str, ParameterValue],
) -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(), _facts(), _terms(obligations=_obliged(**parameters)))
    assert caught.value.code is RefusalCode.OBLIGATION_IMPOSSIBLE
    assert "pack/duty" in caught.value.message


@pytest.mark.parametrize(
    "body",
    [
        _body(model="c/d"),
        _body(model="a/B"),
        _body(web_search_options={}),
        _body(store=True),
        _body(stream=True),
        _body(tools=[{"type": "function", "function": {"name": "f"}}]),
    ],
)
def test_a_body_that_was_not_decided_on(body: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        pinned(body, _facts(), _terms())
    assert caught.value.code is RefusalCode.NOT_DECIDED


def test_what_was_asked_about_may_be_in_the_body() -> None:
    tools = SetFact(frozenset({"web_search"}), settled=True)
    decided = RequestFacts("a/b", {"server_tools": tools}, {"streaming": True})
    terms = _terms(examined=frozenset({"server_tools"}))
    sent = pinned(_body(stream=True, web_search_options={}), decided, terms)
    assert sent["web_search_options"] == {}


def test_a_body_of_another_endpoint_than_the_one_asked_about() -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(), _facts(endpoint="embeddings"), _terms())
    assert caught.value.code is RefusalCode.NOT_CLASSIFIED
    with pytest.raises(Refused) as caught:
        pinned(_body(), _facts(endpoint="telepathy"), _terms())
    assert caught.value.code is RefusalCode.NOT_DECIDED


_TEXT = {"parts": [{"text": "x"}]}


@pytest.mark.parametrize(
    ("endpoint", "streaming", "body"),
    [
        ("chat_completions", False, {"messages": []}),
        ("chat_completions", True, {"messages": [], "stream": True}),
        ("responses", False, {"input": "x"}),
        ("embeddings", False, {"input": "x"}),
        ("messages", False, {"messages": [], "max_tokens": 5}),
        ("count_tokens", False, {"messages": []}),
        ("generate_content", False, {"contents": [_TEXT]}),
        ("generate_content", True, {"contents": [_TEXT], "system_instruction": _TEXT}),
        ("embed_content", False, {"content": _TEXT}),
        ("embed_content", False, {"requests": [{"content": _TEXT}]}),
    ],
)
def test_a_body_of_every_operation_can_be_applied(
    endpoint: str, streaming: bool, body: dict[str, Any]
) -> None:
    scalars: dict[str, Any] = {
        "endpoint": endpoint,
        "streaming": streaming,
        "tokens.output": Decimal(5),
    }
    decided = RequestFacts("a/b", scalars=scalars)
    sent = pinned(body, decided, _terms(GatewayType.DIRECT))
    names = sent.get("model") or [r["model"] for r in sent.get("requests", ())]
    assert names in ("the-address", ["models/the-address"], [])


def test_a_decision_about_any_model_is_applied_to_a_body_without_one() -> None:
    assert pinned(_body(), _facts(None), _terms())["model"] == "the-address"
    with pytest.raises(Refused):
        pinned(_body(model="c/d"), _facts(None), _terms())


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), b"bytes"])
def test_values_that_json_cannot_say(value: object) -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(user=value), _facts(), _terms())
    assert caught.value.code is RefusalCode.INVALID_BODY


def test_labels_go_only_where_no_gateway_reads_them() -> None:
    call = read_body(CHAT, _body(model="a/b", metadata={"tags": "eu", "governance_data": "health"}))
    assert "metadata" not in pin(call, _terms(GatewayType.LITELLM))
    direct = pin(call, _terms(GatewayType.DIRECT))
    assert direct["metadata"] == {"tags": "eu"}
