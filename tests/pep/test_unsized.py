"""A route whose limits nobody recorded: what is said beforehand is what becomes of its calls."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from policy_router import Request
from policy_router.audit.matrix import reachable_routes
from policy_router.cli.examination import examined
from policy_router.domain.route import CONTEXT_WINDOW, MAX_OUTPUT_TOKENS
from policy_router.enforcement.answer import Reply
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.report.examination import State
from policy_router.report.unsized import unsized
from policy_router.service.pdp import utc_now
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, World, build

PUBLIC: Final = as_floor(Request(data=["non_personal"]))
SIZED: Final = {
    CONTEXT_WINDOW: "context_window: 1000000\n",
    MAX_OUTPUT_TOKENS: "max_output_tokens: 64000\n",
}
SOME: Final = [dict(zip(SIZED, kept, strict=True)) for kept in product((True, False), repeat=2)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build(tmp_path)


def _stating(world: World, kept: dict[str, bool]) -> None:
    """Leave out what the cards of all models do not state."""
    file = world.folder / "documents.yaml"
    text = file.read_text("utf-8")
    for limit, line in SIZED.items():
        text = text if kept[limit] else text.replace(line, "")
    file.write_text(text, "utf-8")
    world.pdp.reload()


def _answer(world: World, method: str, path: str, body: object = None) -> Reply:
    sent = b"" if body is None else json.dumps(body).encode()
    call = HttpCall(method, path, "", (), sent)
    answer = admit(Gate(world.pdp, MemoryLog(), "test"), call, PUBLIC)
    assert isinstance(answer, Reply)
    return answer


def _is_unsuitable(world: World, **more: object) -> bool:
    answer = _answer(world, "POST", "/chat/completions", {"model": ALLOWED, "messages": [], **more})
    code: str = json.loads(answer.body)["error"]["code"]
    assert code in {"unsuitable", "key_missing"}
    return code == "unsuitable"


@pytest.mark.parametrize("kept", SOME, ids=str)
def test_what_is_said_of_a_route_is_what_becomes_of_its_calls(
    world: World, kept: dict[str, bool]
) -> None:
    _stating(world, kept)
    decision = world.pdp.decide(Request(model=ALLOWED, data=["non_personal"]))
    assert decision.permitted
    said = " ".join(unsized(decision))
    warned = " ".join(d.message for d in world.pdp.loaded.diagnostics if d.code == "REG315")
    for text in (said, warned):
        assert ("every call" in text) is _is_unsuitable(world)
        assert bool(text) is _is_unsuitable(world, max_tokens=5)
    for limit, line in SIZED.items():
        assert line.partition(":")[0] == limit
        assert (f"`{limit}`" in said) is (f"`{limit}`" in warned) is not kept[limit]


@pytest.mark.parametrize("kept", SOME, ids=str)
def test_no_list_holds_a_model_that_no_call_fits(world: World, kept: dict[str, bool]) -> None:
    _stating(world, kept)
    listed = json.loads(_answer(world, "GET", "/models").body)["data"]
    assert (ALLOWED in [each["id"] for each in listed]) is kept[CONTEXT_WINDOW]
    one = _answer(world, "GET", f"/models/{ALLOWED}")
    assert (one.status == 200) is kept[CONTEXT_WINDOW]


@pytest.mark.parametrize("kept", [True, False])
def test_the_doctor_counts_routes_that_no_call_fits(world: World, kept: bool) -> None:
    _stating(world, {CONTEXT_WINDOW: kept, MAX_OUTPUT_TOKENS: True})
    loaded = world.pdp.loaded
    (routes,) = [c for c in examined(loaded, utc_now()) if c.about == "routes"]
    number = len(reachable_routes(loaded.snapshot))
    assert (f"of {number} no `context_window` is known" in routes.found) is not kept
    assert routes.state is (State.FINE if kept else State.NOTE)


def test_a_request_of_a_stated_size_is_not_warned_of(world: World) -> None:
    """It would be refused itself, if the limit were not known."""
    _stating(world, {CONTEXT_WINDOW: False, MAX_OUTPUT_TOKENS: True})
    sized = Request(model=ALLOWED, data=["non_personal"], tokens_input=5)
    assert not world.pdp.decide(sized).permitted
    assert [*unsized(world.pdp.decide(sized))] == []


def test_another_route_that_takes_such_calls_is_named(world: World) -> None:
    file = world.folder / "documents.yaml"
    text = file.read_text("utf-8").replace(SIZED[CONTEXT_WINDOW], "", 1)
    file.write_text(
        f"{text}\n---\nkind: alias\nid: either\nlanguage: 1\nmodels: [{ALLOWED}, maker/plain]\n"
    )
    world.pdp.reload()
    decision = world.pdp.decide(Request(model="either", data=["non_personal"]))
    assert decision.chain == ("near:allowed", "near:plain")
    (said,) = unsized(decision)
    assert said == (
        f"but every call will go to `near:plain` instead until the card of `{ALLOWED}` states its "
        "`context_window`"
    )
