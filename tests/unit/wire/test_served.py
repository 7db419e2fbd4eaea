"""Calls go where the gateway serves their operation, under the route's address, or nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from policy_router.domain.decision import AppliedObligation
from policy_router.domain.policy import ParameterValue
from policy_router.domain.route import GatewayType
from policy_router.wire.http_call import HttpCall, read_call
from policy_router.wire.pins import Terms, pin
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.served import target
from tests.unit.wire.sdk_calls import captured
from tests.unit.wire.world import ADDRESS, terms


def _sent(name: str, where: Terms) -> tuple[str, dict[str, Any]]:
    asked = read_call(captured(name))
    body = pin(asked.call, where)
    return target(asked.call.operation, where.gateway, where.route, asked.call.query), body


def _refusal(name: str, where: Terms) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        _sent(name, where)
    return caught.value.code


def _obliged(**parameters: ParameterValue) -> list[AppliedObligation]:
    return [AppliedObligation("pack", "duty", tuple(parameters.items()))]


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        (GatewayType.OPPER, "chat plain", "/chat/completions"),
        (GatewayType.OPPER, "responses plain", "/responses"),
        (GatewayType.OPPER, "messages plain", "/v1/messages"),
        (
            GatewayType.OPPER,
            "generate streaming",
            f"/v1beta/models/{ADDRESS}:streamGenerateContent?alt=sse",
        ),
        (GatewayType.OPENROUTER, "messages plain", "/messages"),
        (GatewayType.DIRECT, "count tokens", "/messages/count_tokens"),
        (GatewayType.DIRECT, "generate plain", f"/models/{ADDRESS}:generateContent"),
        (GatewayType.LITELLM, "embeddings", "/embeddings"),
        (GatewayType.OPENAI_COMPATIBLE, "responses plain", "/responses"),
    ],
)
def test_where_a_call_goes(kind: GatewayType, name: str, path: str) -> None:
    assert _sent(name, terms(kind))[0] == f"https://gw.example/v1{path}"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (GatewayType.OPPER, "embed"),
        (GatewayType.OPPER, "count tokens"),
        (GatewayType.OPENROUTER, "generate plain"),
        (GatewayType.OPENAI_COMPATIBLE, "messages plain"),
        (GatewayType.LITELLM, "generate plain"),
        (GatewayType.AZURE, "messages plain"),
    ],
)
def test_what_a_gateway_does_not_serve_is_refused(kind: GatewayType, name: str) -> None:
    assert _refusal(name, terms(kind)) is RefusalCode.GATEWAY_UNSUPPORTED


def test_azure_is_pinned_where_the_body_names_the_deployment() -> None:
    url, body = _sent("chat plain", terms(GatewayType.AZURE))
    assert (url, body["model"]) == ("https://gw.example/openai/v1/chat/completions", ADDRESS)
    old = terms(GatewayType.AZURE, base_url="https://gw.example/openai")
    assert _refusal("chat plain", old) is RefusalCode.GATEWAY_UNSUPPORTED


@pytest.mark.parametrize("kind", GatewayType)
def test_an_address_with_a_part_to_fill_in_is_never_called(kind: GatewayType) -> None:
    base = "https://{resource}.openai.azure.com/openai/v1"
    assert _refusal("chat plain", terms(kind, base_url=base)) is RefusalCode.GATEWAY_UNSUPPORTED


@pytest.mark.parametrize("kind", GatewayType)
def test_a_provider_that_nothing_keeps_a_call_to_gets_none(kind: GatewayType) -> None:
    picked = replace(terms(kind), unpinned="the gateway picks a company for each call")
    assert _refusal("chat plain", picked) is RefusalCode.GATEWAY_UNSUPPORTED


def test_openrouter_needs_its_own_name_of_the_provider() -> None:
    known = terms(GatewayType.OPENROUTER)
    nameless = replace(known, route=replace(known.route, pin=None))
    assert _refusal("chat plain", nameless) is RefusalCode.GATEWAY_UNSUPPORTED


@pytest.mark.parametrize("address", ["a/../b", "a//b", "a?b", "a#b", "../x", "a/.", "a b", "a%2fb"])
def test_an_address_that_is_no_plain_path_cannot_be_pinned_in_one(address: str) -> None:
    assert _refusal("generate plain", terms(address=address)) is RefusalCode.GATEWAY_UNSUPPORTED
    assert _sent("chat plain", terms(address=address))[1]["model"] == address


@pytest.mark.parametrize("name", ["chat plain", "responses plain", "messages plain", "embeddings"])
def test_openrouter_is_told_its_one_provider_in_every_dialect(name: str) -> None:
    only = {"only": ["its-slug"], "allow_fallbacks": False, "data_collection": "deny"}
    assert _sent(name, terms(GatewayType.OPENROUTER))[1]["provider"] == only


def test_responses_are_not_kept_unless_a_policy_says_so() -> None:
    assert _sent("responses plain", terms())[1]["store"] is False
    kept = HttpCall("POST", "/responses", "", (), b'{"model":"a","input":"x","store":true}')
    with pytest.raises(Refused) as caught:
        pin(read_call(kept).call, terms())
    assert caught.value.code is RefusalCode.KEEPS_STATE
    assert pin(read_call(kept).call, terms(obligations=_obliged(store=False)))["store"] is False
    assert pin(read_call(kept).call, terms(obligations=_obliged(store=True)))["store"] is True


@pytest.mark.parametrize("name", ["messages plain", "count tokens", "embeddings", "embed"])
def test_what_holds_by_the_nature_of_an_operation_need_not_be_set(name: str) -> None:
    _, body = _sent(name, terms(obligations=_obliged(store=False)))
    assert "store" not in body
    kept = terms(obligations=_obliged(store=True))
    assert _refusal(name, kept) is RefusalCode.OBLIGATION_IMPOSSIBLE


def test_a_gateway_may_translate_messages_into_an_api_that_keeps_answers() -> None:
    stored = _obliged(store=False)
    for maker, impossible in ((None, True), ("openai", True), ("anthropic", False)):
        where = terms(GatewayType.OPPER, stored, maker=maker)
        if impossible:
            assert _refusal("messages plain", where) is RefusalCode.OBLIGATION_IMPOSSIBLE
        else:
            assert "store" not in _sent("messages plain", where)[1]
    assert "store" not in _sent("embeddings", terms(GatewayType.OPPER, stored))[1]


def test_an_obligation_reaches_every_operation_that_has_the_parameter() -> None:
    for name in ("chat plain", "responses plain", "generate plain"):
        assert _sent(name, terms(obligations=_obliged(store=False)))[1]["store"] is False
    temperature = terms(obligations=_obliged(temperature=1))
    assert _refusal("generate plain", temperature) is RefusalCode.OBLIGATION_IMPOSSIBLE
    contents = terms(obligations=_obliged(contents="x"))
    assert _refusal("generate plain", contents) is RefusalCode.OBLIGATION_IMPOSSIBLE


def test_labels_stay_behind_at_gateways() -> None:
    assert _sent("chat settings", terms())[1]["metadata"] == {"team": "x"}
    assert "metadata" not in _sent("chat settings", terms(GatewayType.OPPER))[1]
    assert "metadata" not in _sent("messages settings", terms(GatewayType.OPPER))[1]


def test_declarations_in_labels_are_taken_out_in_every_dialect() -> None:
    for path, more in (
        ("/responses", {"input": "x", "metadata": {"governance_purpose": "p"}}),
        ("/messages", {"max_tokens": 1, "messages": [], "metadata": {"governance_purpose": "p"}}),
    ):
        raw = json.dumps({"model": "a", **more}).encode()
        asked = read_call(HttpCall("POST", path, "", (), raw))
        assert asked.declared == (("purpose", "p"),)
        assert "metadata" not in asked.call.body
