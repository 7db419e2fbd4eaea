"""The crowds of this folder at length, part of `make soak`: open streams, and kills under load.

Exits 1 if a call left that is not on record, a log does not verify, or a stream did not end well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from policy_router.log.verification import verify
from tests.fakes.upstream import serving
from tests.pep.crowds import complete, killed, open_streams, unrecorded
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY, build

MOST_ANSWERS = 80
LONGEST_PAUSE = 0.02
_BESIDES = 200


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _streams(number: int) -> bool:
    most = (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - _BESIDES) // 2
    asked = min(number, most)
    with TemporaryDirectory() as folder:
        made = open_streams(lambda near: build(Path(folder), near), asked, complete)
        crowd = asyncio.run(made)
    each = (crowd.during - crowd.before) * 1024 / asked
    limit = "" if asked == number else " (as many files as may be open here)"
    _say(f"{asked:,} open streams{limit}: {crowd.during:.0f} MiB, {each:.0f} KiB each")
    _say(f"  {crowd.whole:,} of them ended well")
    return crowd.whole == asked


def _kills(number: int, seed: int) -> int:
    dice, wrong, calls = Random(seed), 0, 0  # noqa: S311 - when to kill, no secret
    for n in range(number):
        with TemporaryDirectory() as folder, serving() as near:
            world = build(Path(folder), near.base_url)
            answers, pause = dice.randrange(1, MOST_ANSWERS), dice.uniform(0, LONGEST_PAUSE)
            killed(world, answers, pause=pause)
            calls += len(near.requests)
            left = unrecorded(world, near)
            problem = verify(world.log).problem
            if left or problem is not None:
                wrong += 1
                _say(f"kill {n}: not on record {sorted(left)}, log {problem}")
        if n % 10 == 9:
            _say(f"{n + 1:,} kills under {calls:,} calls, {wrong} wrong")
    return wrong


def main() -> int:
    """Run both; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ[KEY_VARIABLE] = UPSTREAM_KEY
    good = _streams(asked.streams) if asked.streams else True
    return 1 if _kills(asked.kills, asked.seed) or not good else 0


if __name__ == "__main__":
    sys.exit(main())
