"""Calls of every dialect go through the one gate, and are answered in their own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_router import Request
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.callers import caller_of
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import Answer, admit
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, KEYS, UPSTREAM_KEY, World, build

FLOOR = as_floor(Request(data=["health"], regime=["eu_gdpr"], purpose="letters"))
PARTS = {"parts": [{"text": "x"}]}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    return build(tmp_path, kind="direct")


def _calls(model: str) -> dict[str, HttpCall]:
    bodies: dict[str, dict[str, Any]] = {
        "/responses": {"model": model, "input": "x"},
        "/embeddings": {"model": model, "input": "x"},
        "/v1/messages/count_tokens": {"model": model, "messages": []},
        f"/v1beta/models/{model}:generateContent": {"contents": [PARTS]},
        f"/v1beta/models/{model}:embedContent": {"content": PARTS},
    }
    return {p: HttpCall("POST", p, "", (), json.dumps(b).encode()) for p, b in bodies.items()}


def _asked(world: World, call: HttpCall) -> Answer:
    return admit(Gate(world.pdp, MemoryLog(), "test"), call, FLOOR)


PATHS = list(_calls(ALLOWED))


@pytest.mark.parametrize("position", range(len(PATHS)), ids=PATHS)
def test_what_is_permitted_is_sent_where_it_is_served(world: World, position: int) -> None:
    answer = _asked(world, list(_calls(ALLOWED).values())[position])
    assert isinstance(answer, Forward)
    path = PATHS[position].removeprefix("/v1beta").removeprefix("/v1")
    assert answer.url.endswith(path.replace(ALLOWED, "at-near/allowed-2026"))
    assert UPSTREAM_KEY in dict(answer.headers).get("authorization", "") or UPSTREAM_KEY in {
        value for name, value in answer.headers if name in {"x-api-key", "x-goog-api-key"}
    }
    assert DENIED not in f"{answer.url}{answer.body!r}"


@pytest.mark.parametrize("position", range(len(PATHS)), ids=PATHS)
def test_what_is_denied_is_said_in_the_dialect_of_the_call(world: World, position: int) -> None:
    answer = _asked(world, list(_calls(DENIED).values())[position])
    assert isinstance(answer, Reply)
    told = json.loads(answer.body)
    assert answer.status == 403
    if "messages" in PATHS[position]:
        assert (told["type"], told["error"]["type"]) == ("error", "permission_error")
        assert told["policy_router"]["reason"] == "no_compliant_route"
    elif "models" in PATHS[position]:
        assert told["error"]["status"] == "PERMISSION_DENIED"
        assert told["error"]["policy_router"]["reason"] == "no_compliant_route"
    else:
        assert told["error"]["code"] == "no_compliant_route"


@pytest.mark.parametrize("header", ["x-api-key", "x-goog-api-key"])
def test_callers_are_known_by_the_key_where_their_dialect_puts_it(
    world: World, header: str
) -> None:
    callers = list(world.pdp.loaded.callers.values())
    found = caller_of(((header, KEYS["clinic"]),), callers)
    assert found is not None
    assert found.id == "clinic"
    assert caller_of(((header, "another"),), callers) is None
