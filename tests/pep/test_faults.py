"""Every internal call made to fail in turn: nothing unrecorded is sent, and nothing is raised."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from policy_router.audit import record
from policy_router.audit.record import Ending
from policy_router.enforcement import answer, denial, exchange, facts, judging, keys, listing
from policy_router.enforcement.exchange import Deliver, Ended, Finished, Head, Hold, Send, advance
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.wire import attestation, http_call, pins, served
from policy_router.wire.http_call import HttpCall
from tests.pep.test_exchange import CALL, FLOOR
from tests.pep.world import CANARY, DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

ROOMS = (exchange, judging, listing, facts, denial, answer, keys, record)
WIRE = (pins, served, http_call, attestation)
GUARDS = {"exchange", "advance", "told", "_kept", "_noted", "report"}
SAYING_SO = {"fault", "refuse", "refusal", "our_reply", "error_body", "dialect_of"}
"""What catches a failure, and what words the answer about one; these are looked at apart."""

REFUSED = HttpCall(
    "POST", "/chat/completions", "", (), json.dumps({"model": DENIED, "messages": []}).encode()
)
HEADS = (Head(200, (("content-type", "application/json"),)), Head(503, ()), Head(307, ()))


def _functions(modules: tuple[ModuleType, ...]) -> list[tuple[ModuleType, str]]:
    """Every function that the modules call by a name of theirs, wherever it comes from."""
    return [
        (module, name)
        for module in modules
        for name, value in vars(module).items()
        if inspect.isfunction(value) and name not in GUARDS | SAYING_SO
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("faults")
    return build(folder, spare=True, project="enforcement: {contradicted: withhold}\n")


def _played(world: World, call: HttpCall, first: Head) -> Finished:
    """Play the other side; nothing may be asked to be sent that the log does not hold."""
    log = MemoryLog()
    gate = Gate(world.pdp, log, "test")
    steps = exchange.exchange(gate, call, FLOOR, world.pdp.loaded)
    step, heads = advance(steps, log), [first, HEADS[0]]
    while not isinstance(step, Finished):
        match step:
            case Send(forward):
                made = [r for r in log.records if r["kind"] == "decision"]
                assert made
                assert made[-1]["admitted"]
                assert made[-1]["attempt"]["route"] == forward.route
                step = advance(steps, log, heads.pop(0))
            case Hold(witness):
                witness.feed(b'{"model": "allowed-2026"}')
                step = advance(steps, log)
            case Deliver():
                step = advance(steps, log, Ended(Ending.COMPLETE))
                assert step == Finished(None)
    return step


def _fails(*_: object, **__: object) -> None:
    raise ZeroDivisionError(CANARY)


def test_the_play_ends_well_where_nothing_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    assert _played(world, CALL, HEADS[0]) == Finished(None)
    assert _played(world, CALL, HEADS[1]) == Finished(None)
    assert _status(_played(world, CALL, HEADS[2])) == 502
    assert _status(_played(world, REFUSED, HEADS[0])) == 403


def _status(finished: Finished) -> int | None:
    return None if finished.reply is None else finished.reply.status


PLAYED: dict[str, Callable[[World], Finished]] = {
    "answered": lambda world: _played(world, CALL, HEADS[0]),
    "failed over": lambda world: _played(world, CALL, HEADS[1]),
    "redirected": lambda world: _played(world, CALL, HEADS[2]),
    "denied": lambda world: _played(world, REFUSED, HEADS[0]),
}


@pytest.mark.parametrize("name", PLAYED)
@pytest.mark.parametrize(
    ("module", "function"),
    _functions(ROOMS + WIRE),
    ids=lambda part: getattr(part, "__name__", str(part)).rpartition(".")[2],
)
def test_whatever_fails_ends_in_an_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, module: ModuleType, function: str, name: str
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    monkeypatch.setattr(module, function, _fails)
    finished = PLAYED[name](world)
    assert _status(finished) in {None, 403, 502, 503}
    assert finished.reply is None or CANARY.encode() not in finished.reply.body
    if name == "denied":
        assert finished.reply is not None
