"""A program that is killed while threads of it write to a log."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from policy_router.log.checkpoint import checkpoints_in
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.log.verification import verify

_APPENDING = """
import os, sys, threading
from itertools import count
from pathlib import Path
from policy_router.log.kept import appending
from policy_router.log.ledger import Ledger
from policy_router.log.writer import Sizes
folder, numbers = Path(sys.argv[1]), count()
sizes = Sizes(segment=20_000, checkpoint=7)
ledger = Ledger(folder, publish=appending(folder.parent / "anchor"), sizes=sizes)
def run():
    while True:
        number = next(numbers)
        ledger.append({"kind": "decision", "number": number, "text": "x" * 500})
        os.write(1, b"%d\\n" % number)
for _ in range(4):
    threading.Thread(target=run).start()
"""


def killed(folder: Path, acknowledged: int, pause: float = 0) -> list[int]:
    """Kill what writes to `folder`, `pause` seconds after so many records; those it was told of."""
    command = [sys.executable, "-c", _APPENDING, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(acknowledged)]
        time.sleep(pause)
        process.kill()
        return told + [int(line) for line in process.stdout.read().splitlines() if line]


def lost(folder: Path, acknowledged: Sequence[int]) -> list[str]:
    """What is wrong with a log that was written to by what was killed, and whether it goes on."""
    anchor = checkpoints_in(folder.parent / "anchor")
    wrong = [f"{found.what}" for found in [verify(folder, anchor).problem] if found is not None]
    numbers = {record.get("number") for record in records_in(folder)}
    wrong += [f"record {number} is lost" for number in acknowledged if number not in numbers]
    Ledger(folder).append({"kind": "decision"})
    problem = verify(folder, anchor).problem
    return wrong if problem is None else [*wrong, f"it does not go on: {problem.what}"]
