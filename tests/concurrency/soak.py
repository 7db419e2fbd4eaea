"""The tests of this folder at length: `make soak`.

Reloads under load, then threads that share engines which forget; exits 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
from random import Random

from tests.concurrency.reloading import reload_under_load
from tests.concurrency.sharing import shared
from tests.differential.comparing import ROLLS_A_REQUEST
from tests.differential.forgetting import forgetful
from tests.strategies.draws import ROLLS

THREADS, REQUESTS = 4, 60
SHOWN = 3


def _reloads(count: int) -> list[str]:
    run = reload_under_load(count, THREADS)
    sys.stdout.write(
        f"{run.taken:,} reloads and {run.refused:,} that failed under "
        f"{sum(run.decided.values()):,} decisions, {len(run.wrong)} wrong\n"
    )
    return run.wrong


def _worlds(seed: int, count: int) -> list[str]:
    rng = Random(seed)  # noqa: S311 - worlds to compare, no secrets
    wrong: list[str] = []
    for n in range(count):
        rolls = rng.randbytes(ROLLS), rng.randbytes(REQUESTS * ROLLS_A_REQUEST)
        with forgetful(n % 3 + 1):
            wrong += shared(*rolls, REQUESTS, THREADS)
    sys.stdout.write(f"{count:,} engines shared by {THREADS} threads, {len(wrong)} answers wrong\n")
    return wrong


def main() -> int:
    """Run both; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reloads", type=int, default=200_000)
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = [*_reloads(asked.reloads), *_worlds(asked.seed, asked.worlds)]
    for line in wrong[:SHOWN]:
        sys.stdout.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
