"""Compare a million decisions of engine and definition: `make fuzz`.

Random worlds from a seed, on every core, with progress; exits 1 if any decision differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count
from random import Random

from tests.differential.comparing import ROLLS_A_REQUEST, compared
from tests.strategies.draws import ROLLS

REQUESTS_A_WORLD = 100
WORLDS_A_TASK = 50


def _task(seed: str) -> tuple[int, list[str]]:
    """Compare the decisions of one batch of worlds."""
    rng = Random(seed)  # noqa: S311 - worlds to compare, no secrets
    done, found = 0, list[str]()
    for _ in range(WORLDS_A_TASK):
        requests = rng.randbytes(REQUESTS_A_WORLD * ROLLS_A_REQUEST)
        count, differing = compared(rng.randbytes(ROLLS), requests, REQUESTS_A_WORLD)
        done += count
        found += differing
    return done, found


def _seeds(seed: int, decisions: int) -> Iterator[str]:
    for batch in range(-(-decisions // (REQUESTS_A_WORLD * WORLDS_A_TASK))):
        yield f"{seed}-{batch}"


def main() -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    done, differing = 0, 0
    with ProcessPoolExecutor(max_workers=cpu_count()) as pool:
        for count, found in pool.map(_task, _seeds(asked.seed, asked.decisions)):
            done += count
            differing += len(found)
            for line in found[:3]:
                sys.stdout.write(f"{line}\n")
            sys.stderr.write(f"\r{done:,} decisions, {differing} differ")
            sys.stderr.flush()
    sys.stderr.write("\n")
    sys.stdout.write(f"seed {asked.seed}: {done:,} decisions compared, {differing} differ\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
