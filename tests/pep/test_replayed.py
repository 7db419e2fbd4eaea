"""Whatever the way to carry calls, what it records is decided again to the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from policy_router.api.answering import DecisionApi
from policy_router.audit.replay import Fidelity
from policy_router.enforcement.facts import Floor, floor_of
from policy_router.enforcement.forward_auth import ForwardAuth
from policy_router.enforcement.gate import Gate, gate_for
from policy_router.enforcement.litellm_gate import Arrival, LiteLLMGate, Stopped
from policy_router.enforcement.sidecar.app import POINT, Sidecar
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.kept import open_ledger
from policy_router.log.ledger import Ledger
from policy_router.service.replaying import Replayer
from policy_router.wire.http_call import HttpCall
from tests.fakes.served import served
from tests.pep.asking import admit
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.test_forward_auth import ASKED_ABOUT
from tests.pep.world import ALLOWED, DENIED, KEYS, World, build

ASKED = {"model": ALLOWED, "messages": MESSAGES}
PURPOSE = {"X-Governance-Purpose": "known-to-no-document"}


def _replays(world: World) -> Counter[str]:
    """How many decisions came out the same, by enforcement point."""
    replayer = Replayer(world.log)
    found: Counter[str] = Counter()
    for record in world.records("decision"):
        if record["decision"] is not None:
            replayed = replayer.replayed(record)
            assert replayed.fidelity is Fidelity.SAME, (replayed.deviations, replayed.refusal)
            found[record["point"]] += 1
    return found


def _call(model: str, *headers: tuple[str, str]) -> HttpCall:
    body = json.dumps({**ASKED, "model": model}).encode()
    return HttpCall("POST", "/chat/completions", "", headers, body)


def _floors(world: World) -> list[Floor]:
    return [floor_of(caller) for caller in world.pdp.loaded.callers.values()]


def test_calls_of_every_caller_for_models_known_and_not(tmp_path: Path) -> None:
    world = build(tmp_path, spare=True)
    gate = gate_for("test", world.pdp)
    for floor in _floors(world):
        for model in (ALLOWED, DENIED, "near:allowed", "far:denied", "some/model"):
            admit(gate, _call(model), floor)
            said = _call(model, ("x-governance-purpose", PURPOSE["X-Governance-Purpose"]))
            admit(gate, said, floor)
    assert _replays(world) == {"test": 20}
    stood_in = [r for r in world.records("decision") if r["facts"] and r["facts"]["stand_ins"]]
    assert len(stood_in) == 8


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_transports(stage: Stage, library: str) -> None:
    for caller, model in (("clinic", ALLOWED), ("clinic", DENIED), ("mailer", ALLOWED)):
        said = PURPOSE if caller == "mailer" else {}
        with sync_client(stage, library, key=KEYS[caller], log=None) as client:
            try:
                client.chat.completions.create(model=model, messages=MESSAGES, extra_headers=said)
            except openai.PermissionDeniedError:
                assert model == DENIED
    assert _replays(stage.world) == {library: 3}


def test_failover_is_replayed_attempt_by_attempt(staged: Staged) -> None:
    stage = staged(spare=True)
    stage.far.status = 503
    with sync_client(stage, "httpx2", key=KEYS["clinic"], log=None) as client:
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert _replays(stage.world) == {"httpx2": 2}


def test_the_sidecar_its_api_and_the_proxies_that_ask_it(staged: Staged) -> None:
    stage = staged(project=ASKED_ABOUT)
    ledger = open_ledger(stage.world.log)
    gate = gate_for(POINT, stage.pdp, ledger)
    questions = (DecisionApi(gate), ForwardAuth(gate))
    with served(Sidecar(gate, questions=questions, log=AsyncLedger(ledger))) as address:
        for caller in ("clinic", "website", "mailer"):
            key = {"authorization": f"Bearer {KEYS[caller]}"}
            said = key | (PURPOSE if caller == "mailer" else {})
            for model in (ALLOWED, DENIED, "some/model"):
                _post(address, "/v1/chat/completions", {**ASKED, "model": model}, said)
                _post(address, "/v1/decide", {"model": model}, key)
            for gateway in ("near", "far"):
                url = f"{address}/v1/authorize?gateway={gateway}"
                httpx2.get(url, headers=said, timeout=30)
    found = _replays(stage.world)
    assert found == {"sidecar": 9, "api": 9, "forward_auth": 6}


def _post(address: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> None:
    httpx2.post(f"{address}{path}", json=body, headers=headers, timeout=30)


def test_the_hook_of_litellm(tmp_path: Path) -> None:
    world = build(tmp_path)
    ledger = Ledger(world.log)
    gate_for("litellm", world.pdp, ledger)
    gate = LiteLLMGate(Gate(world.pdp, ledger, "litellm"), "near")
    for floor in _floors(world):
        for model in (ALLOWED, DENIED, "some/model"):
            body = {**ASKED, "model": model}
            sent = {"method": "POST", "url": "http://proxy/v1/chat/completions", "headers": {}}
            data = {**body, "proxy_server_request": {**sent, "body": body}, "metadata": {}}
            loaded = world.pdp.loaded
            arrival = Arrival(data, "/chat/completions", "acompletion", floor, loaded, ())
            with pytest.raises(Stopped):
                gate.arrive(arrival)
    assert _replays(world) == {"litellm": 9}


def test_documents_that_change_are_each_replayed_from_their_own(tmp_path: Path) -> None:
    world = build(tmp_path)
    gate = gate_for("test", world.pdp)
    file = world.folder / "documents.yaml"
    outcomes = []
    for country in ("US", "SE", "US"):
        text = file.read_text("utf-8").replace("value: [US]", f"value: [{country}]")
        file.write_text(text.replace("value: [SE]", f"value: [{country}]"), "utf-8")
        world.pdp.reload()
        admit(gate, _call(DENIED), _floors(world)[0])
        outcomes.append(world.records("decision")[-1]["decision"]["outcome"])
    assert outcomes == ["denied", "permitted", "denied"]
    assert _replays(world) == {"test": 3}
