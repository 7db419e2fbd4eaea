"""A model that searches though nobody asks it to: its calls show what the tool would."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from policy_router import PDP, Request
from policy_router.enforcement.answer import Reply
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from policy_router.wire.refusal import RefusalCode, Refused
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, KEY_VARIABLE, World, build

PUBLIC: Final = Request(data=["non_personal"])
PERSONAL: Final = Request(data=["personal"], purpose="letters")
CALLS: Final = {
    "/chat/completions": {"model": ALLOWED, "messages": [{"role": "user", "content": "hello"}]},
    "/responses": {"model": ALLOWED, "input": "hello"},
    "/messages": {
        "model": ALLOWED,
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "hello"}],
    },
    f"/models/{ALLOWED}:generateContent": {"contents": [{"parts": [{"text": "hello"}]}]},
}
_EXAMINED: Final = "refuse_when: {server_tools: {includes_any: [web_search]}}"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv(KEY_VARIABLE, "key")
    built = build(tmp_path, kind="direct")
    _edited(built, "title: The allowed model", "title: It searches\nunasked_tools: [web_search]")
    return built


def _edited(world: World, old: str, new: str) -> None:
    file = world.folder / "documents.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    world.pdp.reload()


def _asked(pdp: PDP, path: str, who: Request) -> tuple[str | None, MemoryLog]:
    log = MemoryLog()
    call = HttpCall("POST", path, "", (), json.dumps(CALLS[path]).encode())
    answer = admit(Gate(pdp, log, "test"), call, as_floor(who))
    return (answer.body.decode() if isinstance(answer, Reply) else None), log


@pytest.mark.parametrize("path", CALLS)
def test_personal_data_never_reach_it_where_a_policy_refuses_the_tool(
    world: World, path: str
) -> None:
    refused, _ = _asked(world.pdp, path, PERSONAL)
    assert refused is not None
    assert "house/keep-nothing: does not allow the call as it is" in refused
    assert "uses `web_search`, asked for or not" in refused
    assert "name a model that uses nothing but what is asked for" in refused
    assert "an agreement with" not in refused
    passed, log = _asked(world.pdp, path, PUBLIC)
    assert passed is None
    (record,) = log.records
    assert record["facts"]["sets"]["server_tools"]["members"] == []
    (warning,) = record["decision"]["warnings"]
    assert "uses `web_search`, asked for or not" in warning["message"]
    assert "tokens.input" not in record["facts"]["scalars"]


@pytest.mark.parametrize("path", CALLS)
def test_nobody_reaches_it_where_no_policy_looks_at_tools(world: World, path: str) -> None:
    _edited(world, _EXAMINED, "refuse_when: {stateful: true}")
    for who in (PUBLIC, PERSONAL):
        refused, _ = _asked(world.pdp, path, who)
        assert refused is not None
        assert "third_party" in refused
        assert "web_search" in refused


def test_only_a_question_that_names_it_is_answered_with_it(world: World) -> None:
    assert "near:allowed" not in world.pdp.decide(PUBLIC).chain
    named = Request(model=ALLOWED, data=["non_personal"])
    for asked in (named, replace(named, server_tools=["web_search"])):
        assert world.pdp.decide(asked).chain == ("near:allowed",)
    refused = world.pdp.decide(replace(named, data=["personal"], purpose="letters"))
    assert str(refused.reason) == "obligation"
    (detail,) = refused.determination.details
    assert detail.about == "house/keep-nothing"


def test_a_body_is_pinned_to_it_only_where_a_policy_looked_at_the_tool(world: World) -> None:
    named = Request(model=ALLOWED, data=["non_personal"])
    body = {"messages": [{"role": "user", "content": "hello"}]}
    assert world.pdp.decide(named).apply(body)["model"] == "at-near/allowed-2026"
    _edited(world, _EXAMINED, "refuse_when: {stateful: true}")
    with pytest.raises(Refused) as caught:
        world.pdp.decide(named).apply(body)
    assert caught.value.code is RefusalCode.THIRD_PARTY
