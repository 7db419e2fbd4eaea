"""The log at length, part of `make soak`: programs that are killed, and changes to be found.

Exits 1 if an acknowledged record is lost, a log does not verify, or a change is not found.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.unit.log.killing import killed, lost
from tests.unit.log.tampering import TAMPERING, kept_in, tampered

MOST_RECORDS, LONGEST_PAUSE, OFTEN = 60, 0.02, 100


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _kills(number: int, seed: int) -> int:
    dice, wrong, records = Random(seed), 0, 0  # noqa: S311 - when to kill, no secret
    for n in range(number):
        with TemporaryDirectory() as name:
            folder = Path(name) / "log"
            kept = killed(folder, dice.randrange(1, MOST_RECORDS), dice.uniform(0, LONGEST_PAUSE))
            said = lost(folder, kept)
        records += len(kept)
        wrong += bool(said)
        for line in said:
            _say(f"kill {n}: {line}")
        if n % OFTEN == OFTEN - 1 or n == number - 1:
            _say(f"{n + 1:,} kills of a writer, {records:,} records told of, {wrong} logs wrong")
    return wrong


def _changes(number: int, seed: int) -> int:
    """Half of them to a log that is whole, half to one of which the beginning was removed."""
    times, changed, missed = -(-number // 2 // len(TAMPERING)), 0, list[str]()
    for pruned in (False, True):
        with TemporaryDirectory() as name:
            kept = kept_in(Path(name) / "kept", pruned=pruned)
            found = tampered(kept, Path(name) / "log", TAMPERING, times, seed)
        changed, missed = changed + found.changed, missed + found.missed
    _say(f"{changed:,} changes of a log against an anchor, {len(missed)} not found")
    for line in missed:
        _say(line)
    return len(missed)


def main() -> int:
    """Run both; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=1_000)
    parser.add_argument("--changes", type=int, default=10_200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = _changes(asked.changes, asked.seed) + _kills(asked.writers, asked.seed)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
