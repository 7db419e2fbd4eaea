"""What the sidecar counts: nothing but what it records, so that both say the same."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import accumulate
from threading import Lock
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from policy_router.audit.record import Kind, Record
from policy_router.log.kept import AsyncLog, Log

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_NAME: Final = "policy_router_"
_AGES: Final = (
    ("documents_age_seconds", "How long ago the documents in force were what their files say"),
    ("documents_oldest_seconds", "The age from which on nothing is decided from them"),
)


class _Count:
    """Events by their labels."""

    def __init__(self, name: str, what: str, labels: tuple[str, ...]) -> None:
        self._about = (f"{_NAME}{name}", what, None, labels)
        self.events = Counter[tuple[str, ...]]()

    def family(self) -> Metric:
        found = CounterMetricFamily(*self._about)
        for labels, times in sorted(self.events.items()):
            found.add_metric(labels, times)
        return found


class Metrics(Collector):
    """Counters of one sidecar. No label holds a caller, a tenant or an id: they are unbounded.

    They are plain numbers, and become metrics when somebody asks: calls count, and are many.
    """

    def __init__(
        self,
        open_calls: Callable[[], float],
        ages: Callable[[], tuple[timedelta, timedelta]],
        more: Callable[[], Iterable[Metric]] = tuple,
    ) -> None:
        """`ages`: how old the documents in force are, and how old they may get."""
        self._open_calls = open_calls
        self._ages = ages
        self._more = more
        self._counting = Lock()
        self._decisions = _Count(
            "decisions", "Calls by what was decided", ("outcome", "reason", "observed")
        )
        self._endings = _Count(
            "attempts", "Attempts to send a call, by how they ended", ("route", "ending")
        )
        self._attested = _Count(
            "answers", "Answers, by how what they say stands to the decision", ("standing",)
        )
        self._reloads = _Count(
            "reloads", "Times the documents were read again, by what came of it", ("outcome",)
        )
        self._kept = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0
        self._snapshot: tuple[dict[str, str], Callable[[], bool]] | None = None

    def tell_snapshot(self, policies: str, registry: str, observes: Callable[[], bool]) -> None:
        """Which snapshot is in force, and whether calls pass now whatever is decided."""
        self._snapshot = {"policies": policies, "registry": registry}, observes

    def count_reload(self, *, done: bool) -> None:
        """Count an attempt to put other documents in force."""
        with self._counting:
            self._reloads.events["in_force" if done else "refused",] += 1

    def count(self, record: Record, seconds: float) -> None:
        """Count what a record says that took so long to keep."""
        with self._counting:
            self._kept[bisect_left(_SECONDS, seconds)] += 1
            self._seconds += seconds
            if record["kind"] == Kind.DECISION:
                self._count_decision(record)
            elif record["kind"] == Kind.OUTCOME:
                self._count_ending(record)

    def _count_decision(self, record: Record) -> None:
        after = record["attempt"]["after"]
        if after is not None:
            self._endings.events[after["route"] or "none", after["ending"]] += 1
            return
        outcome, reason = "permitted", "none"
        if not record["admitted"]:
            decision: dict[str, Any] = record["decision"] or {}
            outcome, reason = "refused", record["refused"] or decision.get("reason") or "none"
        observed = "true" if record["observed"] else "false"
        self._decisions.events[outcome, reason, observed] += 1

    def _count_ending(self, record: Record) -> None:
        self._endings.events[record["route"] or "none", record["ending"]] += 1
        if record["attestation"] is not None:
            self._attested.events[record["attestation"]["standing"],] += 1

    def collect(self) -> Iterator[Metric]:
        """What has been counted so far, as Prometheus has it."""
        with self._counting:
            yield from [c.family() for c in (self._decisions, self._endings)]
            yield from [c.family() for c in (self._attested, self._reloads)]
            yield self._time_to_keep()
        calls = GaugeMetricFamily(f"{_NAME}open_calls", "Calls under way", self._open_calls())
        yield calls
        yield from self._documents()
        if self._snapshot is not None:
            digests, observes = self._snapshot
            said = {**digests, "observes": str(observes()).lower()}
            yield InfoMetricFamily(f"{_NAME}snapshot", "The snapshot in force", said)
            what = "1 while calls pass whatever is decided"
            yield GaugeMetricFamily(f"{_NAME}observes", what, float(observes()))
        yield from self._more()

    def _documents(self) -> Iterator[Metric]:
        for (name, what), age in zip(_AGES, self._ages(), strict=True):
            yield GaugeMetricFamily(f"{_NAME}{name}", what, age.total_seconds())

    def _time_to_keep(self) -> Metric:
        bounds = [*map(str, _SECONDS), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._kept), strict=True))
        name, what = f"{_NAME}record_seconds", "Time until a record was on the disk"
        return HistogramMetricFamily(name, what, buckets, self._seconds)

    def text(self) -> bytes:
        """All of it in the text format of Prometheus."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)


class CountingLog:
    """A log that counts what it has kept."""

    def __init__(self, log: Log, metrics: Metrics) -> None:
        self._log = log
        self._metrics = metrics

    def append(self, record: Record) -> None:
        """Keep `record`, then count it; raises `OSError` if it is not kept."""
        began = time.perf_counter()
        self._log.append(record)
        self._metrics.count(record, time.perf_counter() - began)


class CountingAsyncLog:
    """The same for an event loop."""

    def __init__(self, log: AsyncLog, metrics: Metrics) -> None:
        self._log = log
        self._metrics = metrics

    async def append(self, record: Record, *, in_passing: bool = False) -> None:
        """Keep `record`, then count it; raises `OSError` if it is not kept."""
        began = time.perf_counter()
        await self._log.append(record, in_passing=in_passing)
        self._metrics.count(record, time.perf_counter() - began)
