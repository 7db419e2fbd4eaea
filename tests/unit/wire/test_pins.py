"""A pinned body names the route's address and nothing else; obligations are done or refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policy_router.domain.decision import AppliedObligation
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import ParameterValue
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Gateway, GatewayType, Route
from policy_router.wire.openai_chat import read_chat
from policy_router.wire.pins import pin, pinned
from policy_router.wire.refusal import RefusalCode, Refused

SPAN = Span("test", 1, 1)
ROUTE = Route("gw:a/b", "a/b", "gw", "some-provider", "the-address", "ga", SPAN)


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


def _facts(model: str | None = "a/b", **scalars: str | bool) -> RequestFacts:
    return RequestFacts(model, {}, dict(scalars))


@pytest.mark.parametrize(
    "kind",
    [GatewayType.OPPER, GatewayType.LITELLM, GatewayType.OPENAI_COMPATIBLE, GatewayType.DIRECT],
)
def test_the_address_replaces_the_requested_name(kind: GatewayType) -> None:
    sent = pinned(_body(model="a/b"), _facts(), ROUTE, _gateway(kind), [])
    assert sent == _body(model="the-address")


def test_openrouter_gets_one_provider_and_no_fallback() -> None:
    sent = pinned(_body(), _facts(), ROUTE, _gateway(GatewayType.OPENROUTER), [])
    assert sent["model"] == "the-address"
    assert sent["provider"] == {
        "only": ["some-provider"],
        "allow_fallbacks": False,
        "data_collection": "deny",
    }


def test_azure_is_refused_until_it_can_be_pinned() -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(), _facts(), ROUTE, _gateway(GatewayType.AZURE), [])
    assert caught.value.code is RefusalCode.GATEWAY_UNSUPPORTED


def test_the_body_given_is_left_alone() -> None:
    body = _body(model="a/b", metadata={"governance_data": "health"})
    before = repr(body)
    pinned(body, _facts(), ROUTE, _gateway(), _obliged(store=False))
    assert repr(body) == before


def test_obligations_override_what_the_caller_set() -> None:
    decided = _facts(stateful=True)
    sent = pinned(_body(store=True), decided, ROUTE, _gateway(), _obliged(store=False))
    assert sent["store"] is False


def test_sizes_in_policies_become_numbers() -> None:
    obligations = _obliged(max_tokens=Decimal(100), temperature=Decimal("0.5"))
    sent = pinned(_body(), _facts(), ROUTE, _gateway(), obligations)
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
        pinned(_body(), _facts(), ROUTE, _gateway(), _obliged(**parameters))
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
        pinned(body, _facts(), ROUTE, _gateway(), [])
    assert caught.value.code is RefusalCode.NOT_DECIDED


def test_what_was_asked_about_may_be_in_the_body() -> None:
    tools = SetFact(frozenset({"web_search"}), settled=True)
    decided = RequestFacts("a/b", {"server_tools": tools}, {"streaming": True})
    sent = pinned(_body(stream=True, web_search_options={}), decided, ROUTE, _gateway(), [])
    assert sent["web_search_options"] == {}


def test_another_endpoint_was_asked_about() -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(), _facts(endpoint="embeddings"), ROUTE, _gateway(), [])
    assert caught.value.code is RefusalCode.NOT_DECIDED


def test_a_decision_about_any_model_is_applied_to_a_body_without_one() -> None:
    assert pinned(_body(), _facts(None), ROUTE, _gateway(), [])["model"] == "the-address"
    with pytest.raises(Refused):
        pinned(_body(model="c/d"), _facts(None), ROUTE, _gateway(), [])


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), b"bytes"])
def test_values_that_json_cannot_say(value: object) -> None:
    with pytest.raises(Refused) as caught:
        pinned(_body(user=value), _facts(), ROUTE, _gateway(), [])
    assert caught.value.code is RefusalCode.INVALID_BODY


def test_labels_go_only_where_no_gateway_reads_them() -> None:
    call = read_chat(_body(model="a/b", metadata={"tags": "eu", "governance_data": "health"}))
    assert "metadata" not in pin(call, ROUTE, _gateway(GatewayType.LITELLM), [])
    direct = pin(call, ROUTE, _gateway(GatewayType.DIRECT), [])
    assert direct["metadata"] == {"tags": "eu"}
