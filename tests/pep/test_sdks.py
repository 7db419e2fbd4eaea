"""Each official SDK through the transports, in its own dialect: unchanged where permitted."""

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from google import genai
from google.genai import types

from policy_router import Request
from policy_router.enforcement import httpx2_transport, httpx_transport
from policy_router.enforcement.sdk import Ungoverned, governed
from tests.fakes.speaking import ANSWER
from tests.pep.conftest import Stage, Staged
from tests.pep.saying import RAISED, SAYING, SILENT, said_async
from tests.pep.sdk import MESSAGES
from tests.pep.sidecars import running
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS, UPSTREAM_KEY

HEALTH = Request(data=["health"], regime=["eu_gdpr"], purpose="letters")


@pytest.fixture
def direct(staged: Staged) -> Stage:
    """Gateways that are the providers' own interfaces, in every dialect."""
    return staged(kind="direct")


def _client(stage: Stage) -> httpx2.Client:
    transport = httpx2_transport.PolicyTransport(stage.pdp, who=HEALTH, log=stage.log)
    return httpx2.Client(transport=transport)


def _async_client(stage: Stage) -> httpx2.AsyncClient:
    transport = httpx2_transport.AsyncPolicyTransport(stage.pdp, who=HEALTH, log=stage.log)
    return httpx2.AsyncClient(transport=transport)


def _openai(stage: Stage) -> openai.OpenAI:
    return governed(openai.OpenAI(api_key="none", http_client=_client(stage)))


def _anthropic(stage: Stage) -> anthropic.Anthropic:
    return governed(anthropic.Anthropic(api_key="none", http_client=_client(stage)))


def _google(stage: Stage) -> genai.Client:
    options = types.HttpOptions(
        httpx_client=_client(stage), httpx_async_client=_async_client(stage)
    )
    return governed(genai.Client(api_key="none", http_options=options))


@dataclass(frozen=True)
class Governed:
    """Clients whose calls go through transports."""

    stage: Stage

    def async_openai(self) -> openai.AsyncOpenAI:
        http = _async_client(self.stage)
        return governed(openai.AsyncOpenAI(api_key="none", http_client=http))

    def async_anthropic(self) -> anthropic.AsyncAnthropic:
        http = _async_client(self.stage)
        return governed(anthropic.AsyncAnthropic(api_key="none", http_client=http))

    def openai(self) -> openai.OpenAI:
        return _openai(self.stage)

    def anthropic(self) -> anthropic.Anthropic:
        return _anthropic(self.stage)

    def google(self) -> genai.Client:
        return _google(self.stage)


@pytest.mark.parametrize("name", SAYING)
def test_what_is_permitted_works_as_without_us(direct: Stage, name: str) -> None:
    assert SAYING[name](Governed(direct), ALLOWED) == ANSWER
    assert len(direct.near.requests) == len(direct.decisions) == 1
    assert direct.far.untouched
    assert UPSTREAM_KEY.encode() in direct.near.received
    assert ALLOWED.encode() not in direct.near.received
    (outcome,) = direct.outcomes
    assert outcome["ending"] == "complete"
    standing = outcome["attestation"]["standing"]
    assert standing == ("unattested" if name in SILENT else "attested")


def test_asynchronous_calls_too(direct: Stage) -> None:
    assert asyncio.run(said_async(Governed(direct), ALLOWED)) == [ANSWER] * 7
    assert [r["ending"] for r in direct.outcomes] == ["complete"] * 7


@pytest.mark.parametrize("name", SAYING)
def test_what_is_denied_is_each_sdks_own_error_once(direct: Stage, name: str) -> None:
    with pytest.raises(RAISED[name]) as caught:
        SAYING[name](Governed(direct), DENIED)
    assert direct.untouched
    assert len(direct.log.records) == 1
    assert "near:allowed" in str(caught.value)
    assert CANARY not in f"{caught.value}{direct.log.records}"


def test_each_sdk_lists_what_may_be_asked_for_and_nothing_leaves(direct: Stage) -> None:
    names = {model.id for model in _openai(direct).models.list()}
    assert names == {ALLOWED}
    assert {model.id for model in _anthropic(direct).models.list()} == names
    assert {model.name for model in _google(direct).models.list()} == {f"models/{n}" for n in names}
    assert _openai(direct).models.retrieve(ALLOWED).owned_by == "policy-router"
    with pytest.raises(openai.PermissionDeniedError) as caught:
        _openai(direct).models.retrieve(DENIED)
    assert caught.value.code == "not_listed"
    assert direct.untouched
    assert direct.log.records == []


def test_a_client_is_refused_where_calls_would_go_past(stage: Stage) -> None:
    """At construction, whatever is installed beside the SDK."""
    old = httpx_transport.PolicyTransport(stage.pdp, log=stage.log)
    new = httpx2_transport.PolicyTransport(stage.pdp, log=stage.log)
    plain = httpx2.HTTPTransport()
    mounted = httpx2.Client(transport=new, mounts={"https://": plain})
    half = types.HttpOptions(httpx_client=httpx2.Client(transport=new))
    for client in (
        openai.OpenAI(api_key="k"),
        openai.AsyncOpenAI(api_key="k"),
        openai.OpenAI(api_key="k", http_client=mounted),
        anthropic.Anthropic(api_key="k"),
        anthropic.Anthropic(api_key="k", http_client=httpx2.Client(transport=plain)),
        genai.Client(api_key="k"),
        genai.Client(api_key="k", http_options=half),
        object(),
        json,
    ):
        with pytest.raises(Ungoverned, match="would not be put to the policies"):
            governed(client)
    older = openai.OpenAI(api_key="k", http_client=httpx.Client(transport=old))  # type: ignore[arg-type]
    assert governed(older) is older


def test_the_key_tells_the_caller_in_every_dialect(direct: Stage) -> None:
    transport = httpx2_transport.PolicyTransport(direct.pdp, log=direct.log)
    http, key = httpx2.Client(transport=transport), KEYS["clinic"]
    anthropic.Anthropic(api_key=key, http_client=http).messages.create(
        model=ALLOWED, max_tokens=8, messages=MESSAGES
    )
    options = types.HttpOptions(httpx_client=http, httpx_async_client=_async_client(direct))
    genai.Client(api_key=key, http_options=options).models.generate_content(
        model=ALLOWED, contents="x"
    )
    assert [record["caller"] for record in direct.decisions] == ["clinic", "clinic"]
    assert key.encode() not in direct.near.received


TEXTS: list[Any] = [["a b " * 250] * 300, [[9_999] * 250] * 1_000, "a b " * 3_000]


@pytest.mark.parametrize("number", range(len(TEXTS)))
@pytest.mark.parametrize("by_sidecar", [True, False])
def test_a_batch_of_texts_to_embed_may_be_longer_than_the_window_of_its_model(
    direct: Stage, number: int, by_sidecar: bool
) -> None:
    """It is for each of them; frameworks send hundreds, or the numbers of their tokens."""
    documents = direct.world.folder / "documents.yaml"
    text = documents.read_text("utf-8")
    documents.write_text(text.replace("context_window: 1000000", "context_window: 8191"), "utf-8")
    direct.pdp.reload()
    with running(direct) if by_sidecar else nullcontext(Governed(direct)) as by:
        by.openai().embeddings.create(model=ALLOWED, input=TEXTS[number])
        assert direct.near.body()["input"] == TEXTS[number]
        with pytest.raises(openai.PermissionDeniedError, match="exceed the limit of 8191"):
            by.openai().chat.completions.create(
                model=ALLOWED, messages=[{"role": "user", "content": "a b " * 3_000}]
            )
