"""LangChain's calls, through the sidecar and through the transports: unchanged where permitted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import openai
import pytest
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel, SecretStr

from examples.langchain_app.letters import beside, draft, within
from policy_router import Request
from tests.fakes.speaking import ANSWER
from tests.pep.conftest import Stage
from tests.pep.sidecars import running
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS

HEALTH = Request(data=["health"], regime=["eu_gdpr"], purpose="letters")


@pytest.fixture(params=["sidecar", "transport"])
def chat(stage: Stage, request: pytest.FixtureRequest) -> Iterator[ChatOpenAI]:
    """A permitted model, behind each of the two."""
    if request.param == "transport":
        yield within(stage.pdp, HEALTH, ALLOWED, stage.log)
        return
    with running(stage) as sidecar:
        yield beside(sidecar.address, KEYS["clinic"], ALLOWED)


def test_a_chain_is_answered(stage: Stage, chat: ChatOpenAI) -> None:
    assert draft(chat, "a new appointment") == ANSWER
    assert stage.near.body()["store"] is False
    assert len(stage.near.requests) == 1


def test_a_stream_comes_piece_by_piece(stage: Stage, chat: ChatOpenAI) -> None:
    pieces = [chunk.text for chunk in chat.stream("hello")]
    assert "".join(pieces) == ANSWER
    assert len(pieces) > 2
    assert stage.near.body()["stream"] is True


def test_asynchronous_calls_go_the_same_way(stage: Stage, chat: ChatOpenAI) -> None:
    answers = asyncio.run(chat.abatch(["one", "two", "three"]))
    assert [answer.text for answer in answers] == [ANSWER] * 3
    assert len(stage.near.requests) == 3


def test_tools_and_structured_output_are_let_through(stage: Stage, chat: ChatOpenAI) -> None:
    @tool
    def calendar(day: str) -> str:
        """Look up a day."""
        return day

    class Letter(BaseModel):
        greeting: str

    chat.bind_tools([calendar]).invoke("when?")
    assert stage.near.body()["tools"][0]["function"]["name"] == "calendar"
    with pytest.raises(ValueError, match="JSON"):  # the fake answers in plain words
        chat.with_structured_output(Letter).invoke("write")
    assert stage.near.body()["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("way", ["sidecar", "transport"])
def test_a_model_that_is_ruled_out_is_refused_once(stage: Stage, way: str) -> None:
    with running(stage) as sidecar:
        denied = {
            "sidecar": beside(sidecar.address, KEYS["clinic"], DENIED),
            "transport": within(stage.pdp, HEALTH, DENIED, stage.log),
        }
        with pytest.raises(openai.PermissionDeniedError) as refused:
            draft(denied[way], CANARY)
    assert refused.value.code == "no_compliant_route"
    assert stage.untouched
    assert len(stage.decisions) == 1
    assert CANARY not in str(refused.value)


def test_a_fallback_of_the_chain_is_decided_too(stage: Stage) -> None:
    """LangChain's own fallback: the second model is no way round a refusal of the first."""
    with running(stage) as sidecar:
        first, second = (beside(sidecar.address, KEYS["clinic"], m) for m in (DENIED, DENIED))
        with pytest.raises(openai.PermissionDeniedError):
            first.with_fallbacks([second]).invoke(CANARY)
        assert stage.untouched
        spare = first.with_fallbacks([beside(sidecar.address, KEYS["clinic"], ALLOWED)])
        assert spare.invoke("hello").text == ANSWER
    assert [r["admitted"] for r in stage.decisions] == [False, False, False, True]


def test_embeddings_go_the_same_way(stage: Stage) -> None:
    with running(stage) as sidecar:
        embeddings = OpenAIEmbeddings(
            model=ALLOWED,
            openai_api_base=f"{sidecar.address}/v1",
            openai_api_key=SecretStr(KEYS["clinic"]),
            check_embedding_ctx_length=False,  # else it counts tokens with a file it downloads
        )
        assert embeddings.embed_query("hello")
    assert [r["facts"]["scalars"]["endpoint"] for r in stage.decisions] == ["embeddings"]
