"""`make bench`, second part: what the sidecar costs a call, in one run on one stand-in."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from bench.serving.load import as_many, call, so_many
from bench.serving.servers import KEY, Server, bare, sidecar, upstream

RESULTS: Final = Path(__file__).parents[1] / "serving.json"
AT_ONCE, CALLS, ROUNDS = 32, 2_000, 5
RATE, TIMED = 300.0, 3_000
_NOTE: Final = "Please write a short and friendly letter to a patient about a change of time. "
_CHAT: Final = {
    "model": "example/assistant",
    "messages": [
        {"role": "system", "content": "You write letters for a practice."},
        {"role": "user", "content": _NOTE * 8},
    ],
    "temperature": 0.2,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a server does: calls a second of its processor and on the clock; seconds of waiting."""

    by_processor: float
    on_the_clock: float
    middle: float
    slow: float
    first_event: float


def main() -> None:
    """Measure both servers in turn, and print them beside each other."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        behind = stack.enter_context(upstream(folder))
        servers = {
            "bare": stack.enter_context(bare(folder, behind)),
            "sidecar": stack.enter_context(sidecar(folder, behind)),
        }
        found = measured(servers, behind)
        synced = _fsync(folder)
    for server, figures in found.items():
        print(
            f"  {server:8} {figures.by_processor:7,.0f} calls a second of its processor,"
            f" {figures.on_the_clock:6,.0f} on the clock; at {RATE:.0f} a second it adds"
            f" {figures.middle * 1e3:.2f} ms, p99 {figures.slow * 1e3:.2f} ms;"
            f" first event after {figures.first_event * 1e3:.2f} ms"
        )
    ours, peer = found["sidecar"], found["bare"]
    print(f"  sidecar / bare: {ours.by_processor / peer.by_processor:.0%} by processor,")
    print(f"    {ours.on_the_clock / peer.on_the_clock:.0%} on the clock;")
    print(f"    first event x{ours.first_event / peer.first_event:.2f}")
    print(f"  the disk's own fsync: median {synced[0] * 1e3:.2f} ms, p99 {synced[1] * 1e3:.2f} ms")
    data = {name: asdict(figures) for name, figures in found.items()}
    RESULTS.write_text(json.dumps({**data, "fsync": synced}, indent=2) + "\n", "utf-8")


def measured(servers: dict[str, Server], behind: Server) -> dict[str, Found]:
    """Ask each server in turn, several times, so that whatever else runs disturbs all alike."""
    cost: dict[str, list[float]] = {name: [] for name in servers}
    clock: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(ROUNDS + 1):
        for name, server in servers.items():
            before = server.processor_seconds()
            taken = asyncio.run(as_many(server.address, _asked(server), AT_ONCE, CALLS))
            cost[name].append(CALLS / max(server.processor_seconds() - before, 1e-9))
            clock[name].append(CALLS / taken)
    straight = _waits(behind)
    found = {}
    for name, server in servers.items():
        waits, events = _waits(server), _first_events(server)
        added = [b - a for a, b in zip(straight, waits, strict=True)]
        found[name] = Found(
            median(cost[name][1:]), median(clock[name][1:]), median(added), _p99(added), events
        )
    return found


def _asked(server: Server, **more: object) -> bytes:
    return call(server.address, KEY, json.dumps({**_CHAT, **more}).encode())


def _waits(server: Server) -> list[float]:
    """How long each of many calls took, least first."""
    found = asyncio.run(so_many(server.address, _asked(server), RATE, TIMED))
    return sorted(answered.whole for answered in found)


def _first_events(server: Server) -> float:
    asked = _asked(server, stream=True)
    found = asyncio.run(so_many(server.address, asked, RATE / 3, TIMED // 5))
    return median(answered.first for answered in found)


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def _fsync(folder: Path) -> tuple[float, float]:
    """Median and p99 of what the disk takes for as many bytes as a record has."""
    times, data = [], b"x" * 2_000
    with (folder / "sync").open("ab", buffering=0) as file:
        for _ in range(300):
            file.write(data)
            times.append(_timed(lambda: os.fsync(file.fileno())))
    return median(times), _p99(times)


def _timed(do: Callable[[], None]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began


if __name__ == "__main__":
    main()
