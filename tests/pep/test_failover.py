"""Upstreams that fail, cut off, redirect or answer as somebody else, through every carrier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import httpx
import httpx2
import openai
import pytest

from examples.fastapi_app.app import create_app
from tests.fakes.served import served
from tests.fakes.speaking import ANSWER
from tests.fakes.upstream import Upstream
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES, async_client, sync_client
from tests.pep.test_transports import HEALTH
from tests.pep.world import ALLOWED, KEYS, UPSTREAM_KEY

Ask = Callable[[Stage, bool], str | None]


def _said(stage: Stage, library: str, *, stream: bool) -> str | None:
    with sync_client(stage, library, who=HEALTH) as client:
        create: Any = client.with_options(max_retries=0).chat.completions.create
        answer = create(model=ALLOWED, messages=MESSAGES, stream=stream)
        if not stream:
            return str(answer.choices[0].message.content)
        return "".join(chunk.choices[0].delta.content for chunk in answer)


def _by_httpx(stage: Stage, stream: bool) -> str | None:
    return _said(stage, "httpx", stream=stream)


def _by_httpx2(stage: Stage, stream: bool) -> str | None:
    return _said(stage, "httpx2", stream=stream)


def _by_async(stage: Stage, stream: bool) -> str | None:
    async def ask() -> str:
        async with async_client(stage, "httpx2", who=HEALTH) as client:
            create: Any = client.with_options(max_retries=0).chat.completions.create
            answer = await create(model=ALLOWED, messages=MESSAGES, stream=stream)
            if not stream:
                return str(answer.choices[0].message.content)
            return "".join([chunk.choices[0].delta.content async for chunk in answer])

    return asyncio.run(ask())


def _by_app(stage: Stage, stream: bool) -> str | None:
    with served(create_app(stage.pdp, stage.log)) as address, httpx2.Client() as http:
        client = openai.OpenAI(
            api_key=KEYS["clinic"], base_url=f"{address}/v1", http_client=http, max_retries=0
        )
        create: Any = client.chat.completions.create
        answer = create(model=ALLOWED, messages=MESSAGES, stream=stream)
        if not stream:
            return str(answer.choices[0].message.content)
        return "".join(chunk.choices[0].delta.content for chunk in answer)


CARRIERS = [_by_httpx, _by_httpx2, _by_async, _by_app]
every_carrier = pytest.mark.parametrize("ask", CARRIERS)


@pytest.fixture
def two(staged: Staged) -> Stage:
    """The allowed model has two routes; the far one is asked first."""
    return staged(spare=True)


def _fails(upstream: Upstream, how: str) -> None:
    upstream.silent = how == "silent"
    upstream.status = 200 if how == "silent" else int(how)


@every_carrier
@pytest.mark.parametrize("how", ["429", "500", "503", "silent"])
@pytest.mark.parametrize("stream", [False, True])
def test_the_next_route_of_the_chain_answers(two: Stage, ask: Ask, how: str, stream: bool) -> None:
    _fails(two.far, how)
    assert ask(two, stream) == ANSWER
    assert (len(two.far.requests), len(two.near.requests)) == (1, 1)
    assert two.near.body()["model"] == "at-near/allowed-2026"
    assert two.near.body()["store"] is False
    assert UPSTREAM_KEY.encode() not in two.far.received
    assert [r["attempt"]["route"] for r in two.decisions] == ["far:allowed", "near:allowed"]
    (outcome,) = two.outcomes
    assert (outcome["attempt"], outcome["ending"]) == (2, "complete")
    assert len({record["id"] for record in two.log.records}) == 1


@every_carrier
def test_an_error_of_the_callers_making_is_its_answer(two: Stage, ask: Ask) -> None:
    two.far.status = 400
    with pytest.raises(openai.BadRequestError):
        ask(two, False)
    assert two.near.untouched


@every_carrier
def test_where_all_fail_the_last_ones_error_is_the_answer(two: Stage, ask: Ask) -> None:
    two.far.status, two.near.status = 503, 429
    with pytest.raises(openai.RateLimitError):
        ask(two, False)
    assert (len(two.far.requests), len(two.near.requests)) == (1, 1)


@pytest.mark.parametrize("ask", [_by_httpx2, _by_async])
def test_where_none_answers_the_librarys_own_error_is(two: Stage, ask: Ask) -> None:
    two.far.silent = two.near.silent = True
    with pytest.raises(openai.APIConnectionError) as caught:
        ask(two, False)
    assert isinstance(caught.value.__cause__, httpx2.RemoteProtocolError)
    assert [record["ending"] for record in two.outcomes] == ["broken"]


@every_carrier
def test_a_stream_that_is_cut_is_cut_and_so_recorded(two: Stage, ask: Ask) -> None:
    two.far.cut = True
    with pytest.raises((httpx2.TransportError, httpx.TransportError, openai.APIError)):
        ask(two, True)
    assert two.near.untouched
    assert [record["ending"] for record in two.outcomes] == ["cut"]


@every_carrier
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_of_another_model_is_withheld_whole(
    staged: Staged, ask: Ask, stream: bool
) -> None:
    stage = staged(project="enforcement: {contradicted: withhold}\n")
    assert ask(stage, stream) == ANSWER
    stage.near.model = "maker/denied"
    with pytest.raises(openai.InternalServerError) as caught:
        ask(stage, stream)
    assert caught.value.code == "contradicted_answer"
    assert ANSWER not in str(caught.value)
    assert [record["ending"] for record in stage.outcomes] == ["complete", "withheld"]


@every_carrier
@pytest.mark.parametrize("stream", [False, True])
def test_otherwise_it_passes_and_is_recorded(stage: Stage, ask: Ask, stream: bool) -> None:
    stage.near.model = "maker/denied"
    assert ask(stage, stream) == ANSWER
    (outcome,) = stage.outcomes
    assert outcome["attestation"]["contradicts"] == ["model"]


def test_a_client_that_leaves_amid_a_stream_is_recorded(stage: Stage) -> None:
    with sync_client(stage, "httpx2", who=HEALTH) as client:
        stream = client.chat.completions.create(model=ALLOWED, messages=MESSAGES, stream=True)
        next(iter(stream))
        stream.response.close()
    assert [record["ending"] for record in stage.outcomes] == ["client_gone"]


def test_a_call_that_is_cancelled_is_recorded(stage: Stage) -> None:
    stage.near.held = Event()

    async def ask() -> None:
        async with async_client(stage, "httpx2", who=HEALTH) as client:
            create = client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
            asking = asyncio.ensure_future(create)
            await stage.near.reached()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

    asyncio.run(ask())
    stage.near.held.set()
    assert [record["ending"] for record in stage.outcomes] == ["client_gone"]
