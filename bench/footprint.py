"""Memory of a bound engine, measured in a process of its own: `python -m bench.footprint 1000`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from bench import calls, rules
from bench.speed import bound
from bench.world import NOW, SEED, world

KIB_A_MIB = 1024
REQUESTS = 2_000
_STATUS = Path("/proc/self/status")


def peak() -> float:
    """The most memory this program had resident so far, in MiB.

    Linux says so of the program alone; elsewhere the figure may include the process it came from.
    """
    if _STATUS.exists():
        lines = dict(line.split(":", 1) for line in _STATUS.read_text("utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / KIB_A_MIB
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage / KIB_A_MIB if sys.platform != "darwin" else usage / KIB_A_MIB**2


def main(size: int) -> None:
    """Print the peaks after importing, after building the world, and after deciding."""
    imported = peak()
    snapshot = world(size).under(rules.usual())
    built = peak()
    engine, _ = bound(snapshot)
    for asking in calls.usual(REQUESTS, SEED):
        _ = engine.decide(asking.facts, NOW).route
    print(json.dumps({"imported": imported, "built": built, "decided": peak()}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
