"""Documents go once no record names them, and never while somebody is about to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest

from policy_router.domain.decision import Digests
from policy_router.enforcement.gate import gate_for
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.log.verification import verify
from policy_router.log.writer import Sizes
from policy_router.service import retention
from policy_router.service.kept import made_again
from policy_router.service.pdp import load
from policy_router.service.retention import named_in, prune, would_prune
from tests.pep.world import World, build
from tests.unit.log.telling import NOBODY

START = datetime(2026, 1, 1, tzinfo=UTC)


class House:
    """A project whose documents change, and a log in which each of them is named on a day."""

    def __init__(self, folder: Path) -> None:
        self.day = 0
        self.world: World = build(folder)
        self.ledger = Ledger(self.world.log, sizes=Sizes(segment=1), now=self.now)
        self.digests: list[Digests] = []

    def now(self) -> datetime:
        return START + timedelta(days=self.day)

    def decide(self, day: int, country: str) -> None:
        """Put documents in force that say another country, and record that on a day."""
        self.day = day
        file = self.world.folder / "documents.yaml"
        text = file.read_text("utf-8")
        for old in ("US", "SE", "FR", "NL"):
            text = text.replace(f"value: [{old}]", f"value: [{country}]")
        file.write_text(text, "utf-8")
        pdp = load(project=self.world.folder)
        gate_for("test", pdp, self.ledger)
        digests = pdp.snapshot.digests
        named = {"policies": digests.policies, "registry": digests.registry}
        self.ledger.append(
            {"kind": "load", "recorded_at": self.now().isoformat(), "digests": named}
        )
        self.digests.append(digests)

    def pruned(self, day: int) -> retention.Pruned:
        """Remove what is from before a day."""
        self.day = max(self.day, day)
        return prune(self.ledger, START + timedelta(days=day), self.now(), NOBODY)

    def kept(self) -> list[bool]:
        """Which of the snapshots can be made again."""
        lists = {file.name for file in (self.world.log / "snapshots").iterdir()}
        return [f"{d.policies[7:]}-{d.registry[7:]}.json" in lists for d in self.digests]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Three snapshots, of three days; nobody holds any of them."""
    found = House(tmp_path)
    for day, country in ((0, "US"), (10, "SE"), (20, "FR")):
        found.decide(day, country)
    return found


def test_documents_go_with_the_last_record_that_names_them(house: House) -> None:
    texts = house.world.log / "snapshots" / "texts"
    before = len(list(texts.iterdir()))
    assert house.kept() == [True, True, True]
    found = house.pruned(15)
    assert (found.documents.snapshots, found.documents.texts) == (2, 2)
    assert house.kept() == [False, False, True]
    assert len(list(texts.iterdir())) == before - 2
    assert made_again(house.world.log, house.digests[2]).snapshot.digests == house.digests[2]
    assert verify(house.world.log).problem is None


def test_documents_that_are_named_again_later_stay(house: House) -> None:
    house.decide(30, "US")
    house.pruned(25)
    assert house.kept() == [True, False, False, True]


def test_a_dry_run_says_the_same_and_removes_nothing(house: House) -> None:
    files = sorted(house.world.log.rglob("*"))
    would = would_prune(house.world.log, START + timedelta(days=15))
    assert sorted(house.world.log.rglob("*")) == files
    assert house.pruned(15) == would


def test_nothing_old_nothing_goes(house: House) -> None:
    files = sorted(house.world.log.rglob("*"))
    found = house.pruned(0)
    assert (found.segments, found.documents.snapshots) == (None, 0)
    assert sorted(house.world.log.rglob("*")) == files


def test_documents_that_somebody_is_about_to_name_stay(house: House) -> None:
    """An idle process: its documents are in force, and all its records are long gone."""
    idle = load(project=house.world.folder)
    gate_for("idle", idle, Ledger(house.world.log))
    house.decide(30, "NL")
    house.pruned(29)
    assert house.kept() == [False, False, True, True]
    del idle
    house.decide(60, "NL")
    house.pruned(59)
    assert house.kept() == [False, False, False, True, True]


def test_documents_that_were_named_while_it_looked_stay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody names an old snapshot and lets go of it after most of the log was read."""
    asked: list[int] = []

    def meanwhile(log: Path, since: int = 0) -> set[Digests]:
        found = named_in(log, since)
        if not asked:
            asked.append(since)
            house.decide(31, "US")
        return found

    monkeypatch.setattr(retention, "named_in", meanwhile)
    house.pruned(25)
    assert house.kept() == [True, False, False, True]


@pytest.mark.parametrize("failing", ["append", "check"])
def test_nothing_goes_before_the_log_says_so_and_a_checkpoint_covers_it(
    house: House, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(house.ledger, failing, fail)
        with pytest.raises(OSError, match="No space left"):
            house.pruned(15)
    assert house.kept() == [True, True, True]
    assert verify(house.world.log).first == 0
    house.pruned(15)
    assert verify(house.world.log).problem is None


@pytest.mark.parametrize("failing", ["remove_segments", "remove_spare"])
def test_what_is_cut_short_is_done_later(
    house: House, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def cut_short(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(retention, failing, cut_short)
        with pytest.raises(KeyboardInterrupt):
            house.pruned(5)
    assert verify(house.world.log).problem is None
    house.pruned(15)
    assert verify(house.world.log).problem is None
    assert house.kept() == [False, False, True]


def test_it_goes_on_while_others_write(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, sizes=Sizes(segment=2_000, checkpoint=7))
    old = {"kind": "decision", "recorded_at": START.isoformat()}
    writers = [Thread(target=lambda: [ledger.append(old) for _ in range(100)]) for _ in range(3)]
    for writer in writers:
        writer.start()
    gone = 0
    now = datetime.now(UTC) + timedelta(hours=1)
    while any(writer.is_alive() for writer in writers) or gone == 0:
        gone += prune(ledger, now, now, NOBODY).segments is not None
    for writer in writers:
        writer.join()
    found = verify(tmp_path)
    assert found.problem is None
    assert found.first > 0
    numbers = [record["n"] for record in records_in(tmp_path)]
    assert numbers == list(range(found.first, found.first + found.records))
    assert ledger.append(old) > numbers[-1]


def test_what_a_list_that_cannot_be_read_names_stays(house: House) -> None:
    texts = sorted((house.world.log / "snapshots" / "texts").iterdir())
    last = house.digests[2]
    name = f"{last.policies[7:]}-{last.registry[7:]}.json"
    (house.world.log / "snapshots" / name).write_text("{}", "utf-8")
    house.pruned(15)
    assert house.kept() == [False, False, True]
    assert sorted((house.world.log / "snapshots" / "texts").iterdir()) == texts


def test_files_that_are_not_ours_stay_and_parts_of_files_go(house: House) -> None:
    folder = house.world.log / "snapshots"
    (folder / "notes.json").write_text("{}", "utf-8")
    (folder / "texts" / ".abc.gz.x1y2").write_bytes(b"half of it")
    house.pruned(15)
    assert (folder / "notes.json").exists()
    assert not (folder / "texts" / ".abc.gz.x1y2").exists()


# ---- a process that is killed -------------------------------------------------------------------

_STARTS = """
import os, signal, sys
from policy_router.enforcement.gate import gate_for
from policy_router.service.pdp import load
from policy_router.store import writing

real, left = writing.replaced, [int(sys.argv[2])]

def counted(file, data, mode=0o600):
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    real(file, data, mode)

import policy_router.service.kept as kept
kept.replaced = counted
gate_for("test", load(project=sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("writes", [0, 3, 1_000])
def test_one_that_is_killed_before_its_first_record_leaves_a_log_that_goes_on(
    tmp_path: Path, writes: int
) -> None:
    world = build(tmp_path)
    command = (sys.executable, "-c", _STARTS, str(tmp_path), str(writes))
    killed = subprocess.run(command, env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    gate_for("test", world.pdp)
    again = made_again(world.log, world.pdp.snapshot.digests)
    assert again.snapshot == world.pdp.snapshot
