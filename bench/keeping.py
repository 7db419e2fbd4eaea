"""`make bench`, third part: records made durable beside what the disk does alone, and verified."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final
from unittest.mock import patch

from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.ledger import Ledger
from policy_router.log.line import packed
from policy_router.log.verification import verify

RESULTS: Final = Path(__file__).parent / "keeping.json"
AT_ONCE, EACH, ROUNDS = 32, 200, 5
VERIFIED, GROUP = 1_000_000, 1_000
_RECORD: Final[dict[str, Any]] = {"kind": "decision", "text": "x" * 1_600}
"""About as many bytes as the record of a call has with one route."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Records a second on the clock and of the processor, and how many shared one `fsync`.

    `ours`, `disk`: `fsync`s a second, and those of the disk alone with as many bytes.
    """

    records: float
    by_processor: float
    together: float
    ours: float
    disk: float


def main() -> None:
    """Measure both, print them, and write them down."""
    with TemporaryDirectory() as name:
        rounds = [kept(Path(name) / str(number)) for number in range(ROUNDS)]
        found = sorted(rounds, key=lambda each: each.records)[ROUNDS // 2]
        print(
            f"  durable records, {AT_ONCE} at once: {found.records:,.0f} a second on the clock,"
            f" {found.by_processor:,.0f} of the processor,"
            f" {found.together:.0f} to one fsync; {found.ours:,.0f} fsyncs a second,"
            f" the disk alone {found.disk:,.0f} with as many bytes"
        )
        seconds, by_processor = verified(Path(name) / "long", VERIFIED)
    print(f"  {VERIFIED:,} records verified: {seconds:.1f} s, {by_processor:.1f} s of processor")
    data = {"kept": asdict(found), "verified": {"clock": seconds, "processor": by_processor}}
    RESULTS.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
    print(f"written: {RESULTS.parent.name}/{RESULTS.name}")


def kept(folder: Path) -> Kept:
    """What one round of many tasks does that each wait for their records one after the other."""
    records, real = AT_ONCE * EACH, os.fsync
    with patch("os.fsync", side_effect=real) as synced:
        began, began_processor = perf_counter(), process_time()
        asyncio.run(_written(folder))
        taken, by_processor = perf_counter() - began, process_time() - began_processor
    together = records / synced.call_count
    disk = _disk(folder / "alone", together)
    ours = synced.call_count / taken
    return Kept(records / taken, records / by_processor, together, ours, disk)


async def _written(folder: Path) -> None:
    log = AsyncLedger(Ledger(folder))

    async def run() -> None:
        for _ in range(EACH):
            await log.append(_RECORD)

    await asyncio.gather(*(run() for _ in range(AT_ONCE)))
    await log.close()


def _disk(path: Path, together: float) -> float:
    """How many `fsync`s a second the disk does after as many bytes each."""
    times, data = [], b"x" * round(together * len(packed(_RECORD)))
    with path.open("ab", buffering=0) as file:
        for _ in range(EACH):
            file.write(data)
            began = perf_counter()
            os.fsync(file.fileno())
            times.append(perf_counter() - began)
    return 1 / median(times)


def verified(folder: Path, count: int) -> tuple[float, float]:
    """Seconds on the clock and of the processor to verify so many records."""
    ledger, record = Ledger(folder), packed(_RECORD)
    for _ in range(count // GROUP):
        ledger.keep([record] * GROUP)
    ledger.check()
    began, began_processor = perf_counter(), process_time()
    found = verify(folder)
    if found.problem is not None or found.records < count:
        raise ValueError(found)
    return perf_counter() - began, process_time() - began_processor


if __name__ == "__main__":
    main()
