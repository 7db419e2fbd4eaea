"""What the disk alone has calls wait that come at a rate, each of which needs to be written down.

Measured in a process of its own while a server is asked at the same rate: a disk that stalls does
so now and then, which a quick look before or after does not show.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

_RECORD: Final = b"x" * 2_000
"""About as many bytes as a record has."""


@dataclass(slots=True)
class Waits:
    """Seconds: of each `fsync`, and of each call until its record was on the disk."""

    syncs: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)


def measured(path: Path, rate: float, total: int) -> Waits:
    """What `total` calls wait that come `rate` times a second: all that wait share one `fsync`."""
    found, begins = Waits(), time.perf_counter()
    with path.open("ab", buffering=0) as file:
        while (done := len(found.calls)) < total:
            time.sleep(max(0.0, begins + done / rate - time.perf_counter()))
            now = time.perf_counter()
            due = min(total, int((now - begins) * rate) + 1) - done
            file.write(_RECORD * due)
            os.fsync(file.fileno())
            end = time.perf_counter()
            found.syncs.append(end - now)
            found.calls += [end - begins - n / rate for n in range(done, done + due)]
    return found


@contextmanager
def beside(folder: Path, rate: float, total: int) -> Iterator[Waits]:
    """Measure beside what is done inside; the result is complete once it is left."""
    command = [sys.executable, "-m", "bench.serving.disk", str(folder / "sync"), str(rate)]
    process = subprocess.Popen([*command, str(total)], stdout=subprocess.PIPE)  # noqa: S603 - ours
    found = Waits()
    try:
        yield found
    finally:
        said = json.loads(process.communicate()[0])
        found.syncs, found.calls = said["syncs"], said["calls"]


def middle_and_p99(values: list[float]) -> tuple[float, float]:
    """Median and p99."""
    return median(values), sorted(values)[int(len(values) * 0.99)]


def main() -> None:
    """Measure as the arguments say, and print it."""
    path, rate, total = sys.argv[1:]
    found = measured(Path(path), float(rate), int(total))
    print(json.dumps({"syncs": found.syncs, "calls": found.calls}))


if __name__ == "__main__":
    main()
