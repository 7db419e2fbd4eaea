"""`make bench`: every measurement in one run, printed as ratios and written as JSON."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench import calls, others
from bench.larger import auditing, explaining, searching
from bench.processes import decisions, footprint, start_up
from bench.speed import KINDS, Pair, Speed, speed
from bench.world import SEED, world

RESULTS = Path(__file__).parent / "results.json"
SIZES = (300, 1_000, 10_000, 100_000)
REPEATS = {300: 7, 1_000: 7, 10_000: 3, 100_000: 1}
OTHER_SIZES = (300, 1_000)
OTHER_CALLS = 20
EXPLAINED_ROUTES, AUDITED_ROUTES, SCENARIOS = 1_000, 5_000, 5
BIG = 100_000

Found = dict[str, object]
_MICRO, _MILLI = 1e6, 1e3


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for; everything by default."""
    asked = _parser().parse_args(arguments)
    print(f"python {platform.python_version()}, seed {SEED}; ratios are within this run")
    speeds = [_speed(size) for size in asked.sizes]
    found: Found = {
        "python": platform.python_version(),
        "seed": SEED,
        "decisions": [asdict(s) for s in speeds],
        "growth": _growth(speeds),
        "others": _others({s.routes: s.pairs["fresh"] for s in speeds}),
    }
    if not asked.quick:
        found |= _rest()
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(f"\nwritten: {RESULTS.parent.name}/{RESULTS.name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of routes")
    parser.add_argument("--quick", action="store_true", help="decisions and other engines only")
    return parser


def _speed(size: int) -> Speed:
    """Measure and print one size."""
    print(f"\n{size:,} routes: building and binding ...", flush=True)
    found = speed(size, REPEATS.get(size, 1))
    print(f"  bound in {found.bind:.2f} s; medians of {found.repeats}, processor time a decision")
    print(f"  {'':8}{'engine':>12}{'loop':>14}{'ratio':>12}")
    for kind, meaning in KINDS.items():
        if kind in found.pairs:
            print(f"  {kind:8}{_row(found.pairs[kind])}   {meaning}")
    print(
        f"  circumstances met: {found.met} by the usual rules, {found.met_many} by the many;"
        f" a tuned loop takes {_us(found.tuned)}",
        flush=True,
    )
    return found


def _growth(speeds: Sequence[Speed]) -> dict[str, float]:
    """How much longer a fresh decision takes at each size than at the smallest but one."""
    if len(speeds) < 2:  # noqa: PLR2004 - growth needs two
        return {}
    least = speeds[1]
    grown = {
        f"{s.routes}/{least.routes}": s.pairs["fresh"].engine / least.pairs["fresh"].engine
        for s in speeds[2:]
    }
    for sizes, factor in grown.items():
        print(f"\ngrowth of a fresh decision, {sizes} routes: x{factor:.2f}")
    return grown


def _others(ours: dict[int, Pair]) -> list[Found]:
    """Measure and print the other engines, at the sizes at which ours was measured."""
    print("\nother engines: permitted set and cheapest, any model", flush=True)
    found: list[Found] = []
    for engine in others.PACKAGES:
        if others.installed(engine):
            found.extend(_other(engine, size, ours[size]) for size in OTHER_SIZES if size in ours)
        else:
            print(f"  {engine:10} not installed, skipped")
    return found


def _other(engine: str, size: int, ours: Pair) -> Found:
    asked = calls.usual(OTHER_CALLS, SEED)
    seconds = others.answers(engine, world(size).rows, asked).seconds
    by_loop, by_us = seconds / ours.loop, seconds / ours.engine
    print(
        f"  {engine:10}{size:>7,} routes {_us(seconds)}:"
        f" {by_loop:,.1f} x the loop, {by_us:,.0f} x the engine",
        flush=True,
    )
    return {"engine": engine, "routes": size, "seconds": seconds, "by_loop": by_loop}


def _rest() -> Found:
    """Everything that is not a decision."""
    print("\nlarger questions", flush=True)
    explained = explaining(EXPLAINED_ROUTES)
    for asked, (middle, longest) in explained.items():
        print(
            f"  explain over {EXPLAINED_ROUTES:,} routes, {asked:8}{_ms(middle):>9},"
            f" longest {_ms(longest)}",
            flush=True,
        )
    audit = auditing(SCENARIOS, AUDITED_ROUTES)
    print(f"  audit of {SCENARIOS} scenarios on {AUDITED_ROUTES:,} routes: {audit:.2f} s")
    gaps = searching(SCENARIOS, AUDITED_ROUTES)
    print(f"  what is missing for these: {gaps:.2f} s", flush=True)
    starts = start_up()
    print("  on the clock: " + ", ".join(f"{name} {_ms(s)}" for name, s in starts.items()))
    decided = decisions()
    print("  `decide`: " + ", ".join(f"{name} {_ms(s)}" for name, s in decided.items()))
    memory = footprint(BIG)
    print(
        f"  memory, {BIG:,} routes: peak {memory['decided']:.0f} MiB, of which the documents"
        f" {memory['built'] - memory['imported']:.0f} and the program {memory['imported']:.0f}"
    )
    return {
        "explain": {k: {"median": m, "longest": most} for k, (m, most) in explained.items()},
        "audit": audit,
        "gaps": gaps,
        "start": starts,
        "decide": decided,
        "memory_mib": memory,
    }


def _row(pair: Pair) -> str:
    return f"{_us(pair.engine):>12}{_us(pair.loop):>14}{pair.ratio:>11,.1f}x"


def _us(seconds: float) -> str:
    return f"{seconds * _MICRO:,.2f} us"


def _ms(seconds: float) -> str:
    return f"{seconds * _MILLI:,.1f} ms"


if __name__ == "__main__":
    main(sys.argv[1:])
