"""Each call that the log makes to the disk fails once, in every way: nothing unrecorded is sent."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from policy_router.audit.record import Ending
from policy_router.enforcement.exchange import (
    Deliver,
    Ended,
    Finished,
    Head,
    Send,
    advance,
    exchange,
)
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import appending
from policy_router.log.ledger import Ledger
from policy_router.log.verification import verify
from policy_router.log.writer import Sizes
from tests.pep.test_exchange import CALL, FLOOR
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY, World, build, recorded
from tests.unit.log.failing_disk import FailingDisk, Killed, faults

CALLS = 2
STREAM = (("content-type", "application/json"),)
SIZES = Sizes(segment=4_000, checkpoint=3)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("calls"), spare=True)


def _calls(world: World, folder: Path) -> list[int | None]:
    """Play calls, the first attempt of each in vain; what is to be sent must be on the disk."""
    log = Ledger(folder / "log", publish=appending(folder / "anchor"), sizes=SIZES)
    gate, answered = Gate(world.pdp, log, "test"), list[int | None]()
    for _ in range(CALLS):
        steps = exchange(gate, CALL, FLOOR, world.pdp.loaded)
        step, heads = advance(steps, log), [Head(503, ()), Head(200, STREAM)]
        while not isinstance(step, Finished):
            if isinstance(step, Send):
                last = recorded(folder / "log", "decision")[-1]
                assert last["admitted"]
                assert last["id"] == step.forward.decision
                assert last["attempt"]["route"] == step.forward.route
                step = advance(steps, log, heads.pop(0))
            else:
                assert isinstance(step, Deliver)
                step = advance(steps, log, Ended(Ending.COMPLETE))
        answered.append(None if step.reply is None else step.reply.status)
        if step.reply is not None and step.reply.status == 503:
            assert json.loads(step.reply.body)["error"]["code"] == "not_recorded"
    return answered


def test_whichever_call_to_the_disk_fails_nothing_unrecorded_is_sent(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    usual = FailingDisk()
    with pytest.MonkeyPatch.context() as patch:
        usual.install(patch)
        assert _calls(world, tmp_path) == [None] * CALLS
    turned_away = 0
    for number, (fault, at, lasting) in enumerate(faults(len(usual.calls))):
        disk, folder = FailingDisk(fault, at, lasting=lasting), tmp_path / str(number)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            disk.install(patch)
            turned_away += 503 in _calls(world, folder)
        assert verify(folder / "log").problem is None, f"{fault} at call {at}, lasting: {lasting}"
    assert turned_away > len(usual.calls)
