"""Nobody who calls can write into the records, and a call is decided from one snapshot."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from policy_router import PDP, Request
from policy_router.audit.schemas import schema_files
from policy_router.domain.vocabulary import FACTS
from policy_router.enforcement.asgi import PolicyMiddleware
from policy_router.enforcement.asgi_messages import Receive, Scope, Send
from policy_router.enforcement.facts import Floor, floor_of
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.httpx_transport import PolicyTransport
from policy_router.log.kept import MemoryLog
from policy_router.store.project import Loaded
from policy_router.wire.headers import Headers, governance_header
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, KEY_VARIABLE, KEYS, UPSTREAM_KEY, World, build

WORD = "canary-4711-zebulon"
RECORD = Draft202012Validator(json.loads(schema_files()["record.schema.json"]))
OUTCOME = Draft202012Validator(json.loads(schema_files()["outcome.schema.json"]))
DECLARED = (*FACTS, "labels", f"labels.{WORD}", WORD)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    return build(tmp_path)


def _recorded(world: World, floor: Floor, headers: Headers = (), **more: object) -> dict[str, Any]:
    log = MemoryLog()
    body = json.dumps({"model": ALLOWED, "messages": [], **more}).encode()
    admit(
        Gate(world.pdp, log, "test"),
        HttpCall("POST", "/chat/completions", "", headers, body),
        floor,
    )
    (record,) = log.records
    RECORD.validate(record)
    assert WORD not in json.dumps(record).casefold()
    return record


def test_no_word_of_a_caller_gets_into_a_record(world: World) -> None:
    floors = [floor_of(c) for c in world.pdp.loaded.callers.values()]
    floors += [Floor(may_declare=frozenset(FACTS)), Floor()]
    for floor in floors:
        assert _recorded(world, floor, model=WORD)["decision"]["requested"].startswith("unknown")
        _recorded(world, floor, metadata={"team": WORD, WORD: "x"})
        for name in DECLARED:
            _recorded(world, floor, ((governance_header(name).lower(), WORD),))
            _recorded(world, floor, metadata={f"governance_{name.replace('.', '_')}": WORD})
            _recorded(world, floor, metadata={f"governance_{name}": WORD})


def test_what_was_declared_can_be_told_from_what_was_not(world: World) -> None:
    floor = floor_of(world.pdp.loaded.callers["mailer"])
    record = _recorded(world, floor, (("x-governance-purpose", WORD),))
    said = record["facts"]["scalars"]["purpose"]
    assert said.startswith(f"unknown purpose, {len(WORD)} characters, sha256:")
    assert record["facts"]["declared"] == ["purpose"]
    assert record["admitted"] is True


class _Changing(PDP):
    """Once calls come, its documents are replaced when somebody has looked at them."""

    def __init__(self, first: Loaded, second: Loaded) -> None:
        super().__init__(lambda: second)
        self.first: Loaded | None = first
        self.calls_come = False

    @property
    def loaded(self) -> Loaded:
        now = self.first or super().loaded
        if self.calls_come:
            self.first = None
        return now


@pytest.fixture
def changing(world: World) -> _Changing:
    """Return a PDP in whose second documents no caller and no gateway is what it was."""
    first = world.pdp.loaded
    file = world.folder / "documents.yaml"
    text = file.read_text("utf-8").replace("near.example", "moved.example")
    text = text.replace("facts: {data: [health]", "facts: {data: [non_personal]")
    file.write_text(text.replace("within: EEA", "within: [US]"), "utf-8")
    world.pdp.reload()
    return _Changing(first, world.pdp.loaded)


def test_decide_takes_the_snapshot_it_is_given(changing: _Changing) -> None:
    changing.calls_come = True
    first, request = changing.loaded.snapshot, Request(model=ALLOWED, data=["health"], purpose="x")
    assert changing.decide(request, snapshot=first).permitted
    assert not changing.decide(request).permitted


KEY = {"Authorization": f"Bearer {KEYS['clinic']}"}
PLAIN: Any = {"model": ALLOWED, "messages": []}


def _through_transport(pdp: _Changing, log: MemoryLog) -> int:
    inner = httpx.MockTransport(lambda _: httpx.Response(200))
    with httpx.Client(transport=PolicyTransport(pdp, log=log, inner=inner)) as client:
        pdp.calls_come = True
        url = "https://near.example/v1/chat/completions"
        return client.post(url, json=PLAIN, headers=KEY).status_code


def _through_asgi(pdp: _Changing, log: MemoryLog) -> int:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask() -> int:
        transport = httpx.ASGITransport(PolicyMiddleware(app, pdp=pdp, log=log))
        pdp.calls_come = True
        async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
            return (await client.post("/v1/chat/completions", json=PLAIN, headers=KEY)).status_code

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [_through_transport, _through_asgi])
def test_a_call_is_looked_up_and_decided_in_one_snapshot(
    changing: _Changing, ask: Callable[[_Changing, MemoryLog], int]
) -> None:
    log, first = MemoryLog(), changing.first
    assert first is not None
    assert ask(changing, log) == 200
    record, outcome = log.records
    assert outcome["id"] == record["id"]
    assert record["facts"]["sets"]["data"]["members"] == ["health"]
    assert record["decision"]["digests"]["policies"] == first.snapshot.digests.policies
    assert record["decision"]["digests"]["registry"] == first.snapshot.digests.registry
    changing.reload()
    assert changing.snapshot.digests != first.snapshot.digests
