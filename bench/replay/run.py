"""`python -m bench.replay.run`: ten million calls and the whole registry, beside SQL by hand."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bench.replay.by_hand import ask
from bench.replay.table import write_calls
from policy_router.audit.matrix import reachable_routes
from policy_router.audit.proposal.found import Found
from policy_router.audit.proposal.judging import Judge
from policy_router.domain.claim import Moment
from policy_router.service.pdp import load, utc_now
from policy_router.service.proposal import Proposal
from policy_router.store.calls import Machine, connected, opened

CALLS = 10_000_000
MEGABYTES = 1_000
THREADS = 2

T = TypeVar("T")


def main(arguments: Sequence[str]) -> None:
    """Measure both in one run, and print the ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay.run", description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS)
    calls = parser.parse_args(arguments).calls
    with TemporaryDirectory(prefix="policy-router-") as name:
        file = Path(name) / "calls.parquet"
        write_calls(file, calls)
        before = _peak()
        ours, found = _timed("ours", lambda: _replayed(file, Path(name)))
        print(f"  peak of the process {_peak():,.0f} MB, {before:,.0f} MB before it")
        print(f"  {found.rows:,} calls, {found.changed:,} change; {found.cells:,} decided")
        by_hand, _ = _timed("by hand, verdicts given", lambda: ask(file, THREADS))
    print(f"ours took {ours[0] / by_hand[0]:.1f} x the time, {ours[1] / by_hand[1]:.1f} x the work")


def _replayed(file: Path, spill: Path) -> Found:
    """Everything: documents read, bound, and all calls decided by both sides."""
    project = Path("examples/organisation")
    old = load(project=project, all_routes=True)
    new = load(project=project, packs=("eu-residency",), all_routes=True)
    print(f"  {len(reachable_routes(old.loaded.snapshot)):,} routes within reach", flush=True)
    moment = Moment(utc_now())
    judge = Judge(old.loaded.snapshot, new.loaded.snapshot, moment)
    connection = connected(Machine.DUCKDB, spill, MEGABYTES)
    table = opened(connection, str(file))
    return Proposal(connection, table, judge, lambda *_: None, unknown=True).found(20)


def _timed(what: str, run: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """Seconds on the clock and of processors."""
    clock, work = time.perf_counter(), time.process_time()
    found = run()
    took = time.perf_counter() - clock, time.process_time() - work
    print(f"{what}: {took[0]:.1f} s, {took[1]:.1f} s of processors", flush=True)
    return took, found


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
