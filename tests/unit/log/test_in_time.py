"""A checkpoint covers what was kept in time: after a while, at the end, and whoever keeps it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from policy_router.log.checkpoint import checkpoints_in
from policy_router.log.ledger import Ledger
from policy_router.log.verification import verify
from policy_router.log.writer import CHECKPOINTS, Sizes
from tests.patience import until
from tests.unit.log.test_ledger import record

SOON, NEVER = Sizes(seconds=0.05), Sizes(seconds=3_600)


def sizes(folder: Path) -> list[int]:
    return [each.size for each in checkpoints_in(folder / CHECKPOINTS)]


def waiting() -> set[threading.Thread]:
    return {t for t in threading.enumerate() if t.name == "policy-router-checkpoint"}


def test_no_record_waits_long_for_a_checkpoint(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, sizes=SOON)
    ledger.append(record(0))
    until(lambda: sizes(tmp_path) == [2])
    time.sleep(0.2)
    assert sizes(tmp_path) == [2], "nothing came since"
    ledger.append(record(1))
    until(lambda: sizes(tmp_path) == [2, 3])
    assert verify(tmp_path).covered == 3


def test_what_cannot_be_written_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / CHECKPOINTS).mkdir()
    ledger = Ledger(tmp_path, sizes=SOON, recall=lambda: None)
    with pytest.raises(IsADirectoryError):
        ledger.append(record(0))
    (tmp_path / CHECKPOINTS).rmdir()
    ledger.append(record(0))
    (tmp_path / CHECKPOINTS).mkdir()
    until(lambda: "a checkpoint of the log was not written" in caplog.text)
    (tmp_path / CHECKPOINTS).rmdir()
    until(lambda: sizes(tmp_path) == [2])


def test_closing_covers_what_no_checkpoint_does_and_nothing_twice(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, sizes=NEVER)
    ledger.append(record(0))
    for _ in range(2):
        ledger.close()
    assert sizes(tmp_path) == [2]
    ledger.append(record(1))
    Ledger(tmp_path, sizes=NEVER).close()
    assert sizes(tmp_path) == [2, 3], "another one too"
    Ledger(tmp_path / "none").close()
    assert not (tmp_path / "none").exists()


def test_a_ledger_that_is_gone_leaves_no_thread(tmp_path: Path) -> None:
    before = waiting()
    ledger = Ledger(tmp_path, sizes=NEVER)
    for number in range(3):
        ledger.append(record(number))
    (own,) = waiting() - before
    del ledger
    gc.collect()
    until(lambda: not own.is_alive())


_PROGRAM = """
import os, sys
from pathlib import Path
from policy_router.log.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.append({"kind": "decision"})
if os.fork() == 0:
    ledger.append({"kind": "decision"})
    sys.exit()
os.wait()
"""


def test_a_program_that_ends_covers_what_it_kept(tmp_path: Path) -> None:
    """A middleware or a hook is not always told of the end; neither is a child."""
    folder = tmp_path / "log"
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", _PROGRAM, str(folder)], check=True, env=surroundings)
    found = verify(folder)
    assert (found.problem, found.records, found.covered) == (None, 3, 3)
