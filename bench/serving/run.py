"""`make bench`, second part: what we cost a call, in one run on one stand-in for a gateway."""

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

from bench.serving.embedded import added
from bench.serving.load import as_many, call, so_many
from bench.serving.project import CHAT, KEY
from bench.serving.servers import LITELLM, Server, bare, litellm, sidecar, upstream

RESULTS: Final = Path(__file__).parents[1] / "serving.json"
AT_ONCE, CALLS, ROUNDS = 32, 1_000, 10
RATE, TIMED = 300.0, 3_000
SLOW_CALLS: Final = 100
"""Calls of a round to LiteLLM, which takes that much longer for each."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a server does: calls a second of its processor and on the clock; seconds of waiting."""

    by_processor: float
    on_the_clock: float
    middle: float
    slow: float
    first_event: float


def main() -> None:
    """Measure everything, the servers in turn, and print it side by side."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        inside = added(folder)
        behind = stack.enter_context(upstream(folder))
        servers = {
            "bare": stack.enter_context(bare(folder, behind)),
            "sidecar": stack.enter_context(sidecar(folder, behind)),
        }
        found = measured(servers, behind)
        others = _others(folder, behind)
        synced = _fsync(folder)
    _tell(found, others)
    _tell_rest(inside, synced)
    data = {server: asdict(figures) for server, figures in found.items()}
    more = {"others": others, "embedded": inside, "fsync": synced}
    RESULTS.write_text(json.dumps({**data, **more}, indent=2) + "\n", "utf-8")
    print(f"written: {RESULTS.parent.name}/{RESULTS.name}")


def _tell(found: dict[str, Found], others: dict[str, float]) -> None:
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
    for server, rate in others.items():
        print(
            f"  {server:8} {rate:7,.0f} calls a second of its processor: the sidecar does"
            f" {ours.by_processor / rate:.1f} times as many"
        )


def _tell_rest(inside: dict[str, float], synced: tuple[float, float]) -> None:
    for way, seconds in inside.items():
        print(f"  {way:10} adds {seconds * 1e6:.0f} us of processor to a call, without a record")
    print(f"  the disk's own fsync: median {synced[0] * 1e3:.2f} ms, p99 {synced[1] * 1e3:.2f} ms")


def measured(servers: dict[str, Server], behind: Server) -> dict[str, Found]:
    """Ask each server in turn, several times, so that whatever else runs disturbs all alike.

    Of processor time the least disturbed round counts: what else runs can only add to it.
    """
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
    for _ in range(ROUNDS + 1):
        for name, server in servers.items():
            rates[name].append(_rates(server, CALLS))
    straight = _waits(behind)
    found = {}
    for name, server in servers.items():
        by_processor, on_the_clock = zip(*rates[name][1:], strict=True)
        waits, events = _waits(server), _first_events(server)
        more = [b - a for a, b in zip(straight, waits, strict=True)]
        found[name] = Found(
            max(by_processor), median(on_the_clock), median(more), _p99(more), events
        )
    return found


def _others(folder: Path, behind: Server) -> dict[str, float]:
    """Calls a second of their processor that other proxies do, as far as they can be had here."""
    if not LITELLM.exists():
        print("  LiteLLM: not installed (the tests of its hook make its environment), skipped")
        return {}
    with litellm(folder, behind) as server:
        rates = [_rates(server, SLOW_CALLS)[0] for _ in range(ROUNDS + 1)]
    return {"litellm": max(rates[1:])}


def _rates(server: Server, calls: int) -> tuple[float, float]:
    """Calls a second of the server's processor, and on the clock."""
    before = server.processor_seconds()
    taken = asyncio.run(as_many(server.address, _asked(server), AT_ONCE, calls))
    return calls / max(server.processor_seconds() - before, 1e-9), calls / taken


def _asked(server: Server, **more: object) -> bytes:
    return call(server.address, KEY, json.dumps({**CHAT, **more}).encode())


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
