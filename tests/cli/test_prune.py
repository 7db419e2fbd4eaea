"""`log prune`: what is older than the project keeps goes, and the log says so and verifies."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from policy_router.audit.record import Record
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.sidecar.pruning import Pruning
from policy_router.log.kept import open_ledger
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.log.segment import segments_in
from policy_router.log.telling import Telling
from policy_router.wire.http_call import HttpCall
from tests.cli.running import run
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, KEY_VARIABLE, UPSTREAM_KEY, World, build
from tests.unit.log.telling import NOBODY

HERE = Path("var/log")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = (500, 450, 300, 0)
"""How many days ago calls came."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project whose log was written to on four days, the segment closed on each of them."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    monkeypatch.chdir(tmp_path)
    found = build(tmp_path)
    ledger = Ledger(HERE)
    body = json.dumps({"model": ALLOWED, "messages": []}).encode()
    call = HttpCall("POST", "/chat/completions", "", (), body)
    for days in DAYS:
        with time_machine.travel(NOW - timedelta(days=days), tick=False):
            ledger.close_segment(NOW)
            gate = gate_for("test", found.pdp, ledger)
            admit(gate, call, floor_of(found.pdp.loaded.callers["clinic"]))
    return found


def _keep(days: int) -> None:
    file = Path("policy-router.yaml")
    text = file.read_text("utf-8")
    file.write_text(text.replace("{folder: var/log", f"{{folder: var/log, keep_days: {days}"))


def test_what_is_older_goes_and_the_log_says_so(world: World) -> None:
    del world
    assert len(segments_in(HERE)) == 4
    _keep(400)
    with time_machine.travel(NOW, tick=False):
        dry = run("log prune --dry-run")
        assert (dry.code, dry.err) == (0, "")
        assert "(2 segments" in dry.out
        assert "would be removed" in " ".join(dry.out.split())
        assert len(segments_in(HERE)) == 4
        done = run("log prune")
    assert (done.code, done.err) == (0, "")
    assert "Records 0 to 3, from 2025-07-10 12:00 UTC to 2025-08-29 12:00" in done.out
    assert segments_in(HERE) == [3, 4]
    verified = run("log verify")
    said = " ".join(verified.out.split())
    assert verified.code == 0
    assert "records before 4 were removed by retention" in said
    assert "segments up to 2 with records 0 to 3, all from before 2025-10-18T12:00:00Z" in said
    (removal,) = json.loads(run("log verify --format json").out)["removals"]
    assert (removal["first"], removal["through"]) == (4, 2)
    assert run("replay --all").code == 0
    assert json.loads(run("log stats --format json").out)["calls"] == 2


def test_what_is_kept_may_be_said_for_once(world: World) -> None:
    del world
    assert run("log prune").code == 2
    with time_machine.travel(NOW, tick=False):
        found = json.loads(run("log prune --keep 480d --format json").out)
        assert (found["removed"], found["segments"]["through"]) == (True, 1)
        again = json.loads(run("log prune --keep 480d --format json").out)
        assert again["segments"] is None
        assert "No segment" in run("log prune --keep 480d").out
    for keep in ("0d", "x"):
        assert run(f"log prune --keep {keep}").code == 2


def test_the_signature_covers_what_went(world: World) -> None:
    del world
    key = next(w for w in run("log key log.pem").out.split() if len(w) == 64)
    file = Path("policy-router.yaml")
    text = file.read_text("utf-8")
    file.write_text(text.replace("folder: var/log", "folder: var/log, key: log.pem, anchor: apart"))
    open_ledger(HERE, Path("log.pem"), Path("apart")).check()
    with time_machine.travel(NOW, tick=False):
        assert run("log prune --keep 400d").code == 0
    done = run(f"log verify --anchor apart --key {key}")
    said = " ".join(done.out.split())
    assert (done.code, "apart covers the first 9 records" in said) == (0, True), said


def test_a_project_without_a_log_has_nothing_to_remove(world: World) -> None:
    del world
    file = Path("policy-router.yaml")
    file.write_text(file.read_text("utf-8").replace("log: {folder: var/log}\n", ""))
    assert "names no log" in run("log prune --keep 400d").err
    file.write_text(file.read_text("utf-8") + "log: {folder: var/none}\n")
    assert "no log in" in run("log prune --keep 400d").err


@pytest.mark.parametrize(
    ("days", "code"), [("0", "SCH105"), ("40000", "SCH105"), ("-3", "SCH105"), ("400d", "SCH106")]
)
def test_no_other_number_of_days_is_one(world: World, days: str, code: str) -> None:
    del world
    file = Path("policy-router.yaml")
    text = file.read_text("utf-8")
    file.write_text(text.replace("var/log}", f"var/log, keep_days: {days}}}"))
    done = run("check")
    assert (done.code, code in done.out + done.err) == (2, True), done.out + done.err


# ---- who is told first --------------------------------------------------------------------------


def _told_elsewhere(remote: Path) -> None:
    file = Path("policy-router.yaml")
    text = file.read_text("utf-8")
    file.write_text(text.replace("folder: var/log", f"folder: var/log, anchor_git: {remote}"))


def test_nothing_goes_before_the_repository_knows_of_it(world: World, tmp_path: Path) -> None:
    """Otherwise what it has could be compared with nothing, and the removal was anybody's word."""
    del world
    remote = tmp_path / "anchor.git"
    _told_elsewhere(remote)
    with time_machine.travel(NOW, tick=False):
        refused = run("log prune --keep 400d")
        assert (refused.code, refused.out) == (2, "")
        assert "nothing was removed: `git` is not told of the log" in refused.err
        assert len(segments_in(HERE)) == 4
        assert b'"kind":"retention"' not in b"".join(f.read_bytes() for f in HERE.glob("*.jsonl"))
        subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
        assert run("log prune --keep 400d").code == 0
    assert segments_in(HERE) == [3, 4]
    done = run(f"log verify --anchor-git {remote}")
    assert done.code == 0, done.out


def test_nothing_goes_if_it_cannot_be_told_what_is_about_to_go(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Told before, and then no more: the record stays, and so does all that it speaks of."""
    _keep(400)
    world.pdp.reload()
    answers = iter((True, False))
    telling = Telling((), time.monotonic)
    monkeypatch.setattr(telling, "look", lambda: next(answers))
    with time_machine.travel(NOW, tick=False):
        Pruning(world.pdp, Ledger(HERE), telling).prune()
    assert "nothing is removed from the log" in caplog.text
    assert len(segments_in(HERE)) == 4
    assert run("log verify").code == 0


def test_what_goes_is_said_once_however_often_an_anchor_cannot_be_told_of_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del world
    remote = tmp_path / "anchor.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    _told_elsewhere(remote)
    look = Telling.look
    with time_machine.travel(NOW, tick=False), monkeypatch.context() as failing:
        answers = iter((True, False, False, False))
        failing.setattr(Telling, "look", lambda telling: next(answers) and look(telling))
        for _ in range(3):
            refused = run("log prune --keep 400d")
            assert (refused.code, refused.out) == (2, ""), refused.err
    assert len(segments_in(HERE)) == 4
    assert [r["through"] for r in _removals()] == [2]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert run("log prune --keep 400d").code == 0
    assert segments_in(HERE) == [3, 4]
    assert [r["through"] for r in _removals()] == [2]
    done = run(f"log verify --anchor-git {remote}")
    assert done.code == 0, done.out


def _removals() -> list[Record]:
    return [r for r in records_in(HERE) if r["kind"] == "retention"]


# ---- the sidecar --------------------------------------------------------------------------------


def test_the_sidecar_does_so_by_itself(world: World) -> None:
    ledger = Ledger(HERE)
    pruning = Pruning(world.pdp, ledger, NOBODY)
    with time_machine.travel(NOW, tick=False):
        pruning.prune()
        assert len(segments_in(HERE)) == 4
        _keep(400)
        world.pdp.reload()
        pruning.prune()
    assert segments_in(HERE) == [3, 4]


def test_it_looks_at_once_and_again_a_day_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(Pruning, "prune", lambda _: times.append(1))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Pruning(world.pdp, Ledger(HERE), NOBODY).watch())
    assert (len(times), waited) == (2, [86_400, 86_400])


def test_whatever_keeps_it_from_that_is_told_and_nothing_else_happens(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    _keep(400)
    world.pdp.reload()
    first = HERE / "00000001.jsonl"
    first.write_bytes(first.read_bytes().replace(b"clinic", b"nobody"))
    with time_machine.travel(NOW, tick=False):
        Pruning(world.pdp, Ledger(HERE), NOBODY).prune()
    assert "could not remove" in caplog.text
    assert len(segments_in(HERE)) == 4
