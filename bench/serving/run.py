"""`make bench`, second part: what we cost a call, in one run on one stand-in for a gateway."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.serving.disk import beside, middle_and_p99
from bench.serving.embedded import added
from bench.serving.load import as_many, call, so_many
from bench.serving.project import KEY, body
from bench.serving.servers import LITELLM, Server, bare, litellm, sidecar, upstream

RESULTS: Final = Path(__file__).parents[1] / "serving.json"
AT_ONCE, CALLS, ROUNDS = 32, 1_000, 10
RATE, TIMED = 300.0, 3_000
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Where Linux has a file system in memory: what waits there waits for no disk."""
IN_MEMORY: Final = "sidecar, log in memory"
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


@dataclass(frozen=True, slots=True)
class Disk:
    """Median and p99, in seconds: of an `fsync`, and of calls that wait for nothing else."""

    sync: tuple[float, float]
    call: tuple[float, float]


def main() -> None:
    """Measure everything, the servers in turn, and print it side by side."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        inside = added(folder)
        behind = stack.enter_context(upstream(folder))
        servers = {
            "bare": stack.enter_context(bare(folder, behind)),
            "bare own": stack.enter_context(bare(folder, behind, "own")),
            "sidecar": stack.enter_context(sidecar(folder, behind)),
        }
        if MEMORY.is_dir():
            within = Path(stack.enter_context(TemporaryDirectory(dir=MEMORY)))
            servers[IN_MEMORY] = stack.enter_context(sidecar(within, behind))
        found, disk = measured(servers, behind, folder)
        others = _others(folder, behind)
    _tell(found, others)
    _tell_rest(inside, found, disk)
    data = {server: asdict(figures) for server, figures in found.items()}
    more = {"others": others, "embedded": inside, "disk": asdict(disk), "load": os.getloadavg()}
    RESULTS.write_text(json.dumps({**data, **more}, indent=2) + "\n", "utf-8")
    print(f"written: {RESULTS.parent.name}/{RESULTS.name}")


def _tell(found: dict[str, Found], others: dict[str, float]) -> None:
    for server, figures in found.items():
        print(
            f"  {server:22} {figures.by_processor:7,.0f} calls a second of its processor,"
            f" {figures.on_the_clock:6,.0f} on the clock; at {RATE:.0f} a second it adds"
            f" {figures.middle * 1e3:.2f} ms, p99 {figures.slow * 1e3:.2f} ms;"
            f" first event after {figures.first_event * 1e3:.2f} ms"
        )
    ours = found["sidecar"]
    for name in ("bare", "bare own"):
        peer = found[name]
        print(f"  sidecar / {name}: {ours.by_processor / peer.by_processor:.0%} by processor,")
        print(f"    {ours.on_the_clock / peer.on_the_clock:.0%} on the clock;")
        print(f"    first event x{ours.first_event / peer.first_event:.2f}")
    if IN_MEMORY in found:
        waits = found[IN_MEMORY].first_event
        print(f"    first event x{waits / found['bare'].first_event:.2f} of bare, log in memory")
    for server, rate in others.items():
        print(
            f"  {server:22} {rate:7,.0f} calls a second of its processor: the sidecar does"
            f" {ours.by_processor / rate:.1f} times as many"
        )


def _tell_rest(inside: dict[str, float], found: dict[str, Found], disk: Disk) -> None:
    for way, seconds in inside.items():
        print(f"  {way:10} adds {seconds * 1e6:.0f} us of processor to a call, without a record")
    print(f"  the disk meanwhile: {_in_ms(*disk.sync)} of each fsync, and {_in_ms(*disk.call)}")
    print(f"    of calls at {RATE:.0f} a second, if nothing were done but to write them down;")
    beyond = found["sidecar"].slow - disk.call[1]
    print(f"    beyond that the sidecar adds {beyond * 1e3:.2f} ms at p99")
    if IN_MEMORY in found:
        print(f"    with its log in memory it adds {found[IN_MEMORY].slow * 1e3:.2f} ms at p99")
    print(f"  load of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")


def _in_ms(middle: float, slow: float) -> str:
    return f"median {middle * 1e3:.2f} ms, p99 {slow * 1e3:.2f} ms"


def measured(
    servers: dict[str, Server], behind: Server, folder: Path
) -> tuple[dict[str, Found], Disk]:
    """Ask each server in turn, several times, so that whatever else runs disturbs all alike.

    Of processor time the least disturbed round counts: what else runs can only add to it.
    """
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
    for _ in range(ROUNDS + 1):
        for name, server in servers.items():
            rates[name].append(_rates(server, CALLS))
    straight, _ = _waits(behind, folder)
    found, disks = dict[str, Found](), dict[str, Disk]()
    for name, server in servers.items():
        by_processor, on_the_clock = zip(*rates[name][1:], strict=True)
        (waits, disks[name]), events = _waits(server, folder), _first_events(server)
        more = [b - a for a, b in zip(straight, waits, strict=True)]
        found[name] = Found(max(by_processor), median(on_the_clock), *middle_and_p99(more), events)
    return found, disks["sidecar"]


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
    return call(server.address, KEY, body(**more))


def _waits(server: Server, folder: Path) -> tuple[list[float], Disk]:
    """How long each of many calls took, least first, and what the disk alone took meanwhile."""
    with beside(folder, RATE, TIMED) as disk:
        found = asyncio.run(so_many(server.address, _asked(server), RATE, TIMED))
    own = Disk(middle_and_p99(disk.syncs), middle_and_p99(disk.calls))
    return sorted(answered.whole for answered in found), own


def _first_events(server: Server) -> float:
    asked = _asked(server, stream=True)
    found = asyncio.run(so_many(server.address, asked, RATE / 3, TIMED // 5))
    return median(answered.first for answered in found)


if __name__ == "__main__":
    main()
