"""What the sidecar counts: nothing but what it records, so that both say the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from policy_router.audit.record import Kind, Record
from policy_router.log.kept import AsyncLog, Log

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """Counters of one sidecar. No label holds a caller, a tenant or an id: they are unbounded."""

    def __init__(self, open_calls: Callable[[], float]) -> None:
        self._registry = CollectorRegistry()
        self._decisions = self._counter(
            "decisions", "Calls by what was decided", ("outcome", "reason", "observed")
        )
        self._endings = self._counter(
            "attempts", "Attempts to send a call, by how they ended", ("route", "ending")
        )
        self._attested = self._counter(
            "answers", "Answers, by how what they say stands to the decision", ("standing",)
        )
        self._reloads = self._counter(
            "reloads", "Times the documents were read again, by what came of it", ("outcome",)
        )
        self._kept = Histogram(
            "policy_router_record_seconds",
            "Time until a record was on the disk",
            buckets=_SECONDS,
            registry=self._registry,
        )
        calls = Gauge("policy_router_open_calls", "Calls under way", registry=self._registry)
        calls.set_function(open_calls)
        self._snapshot = Gauge(
            "policy_router_snapshot_info",
            "The snapshot in force",
            ("policies", "registry", "observes"),
            registry=self._registry,
        )

    def _counter(self, name: str, what: str, labels: tuple[str, ...]) -> Counter:
        return Counter(f"policy_router_{name}", what, labels, registry=self._registry)

    def tell_snapshot(self, policies: str, registry: str, *, observes: bool) -> None:
        """Which snapshot is in force, and whether calls pass whatever is decided."""
        self._snapshot.clear()
        self._snapshot.labels(policies, registry, str(observes).lower()).set(1)

    def count_reload(self, *, done: bool) -> None:
        """Count an attempt to put other documents in force."""
        self._reloads.labels("in_force" if done else "refused").inc()

    def count(self, record: Record, seconds: float) -> None:
        """Count what a record says that took so long to keep."""
        self._kept.observe(seconds)
        if record["kind"] == Kind.DECISION:
            self._count_decision(record)
        elif record["kind"] == Kind.OUTCOME:
            self._count_ending(record)

    def _count_decision(self, record: Record) -> None:
        after = record["attempt"]["after"]
        if after is not None:
            self._endings.labels(after["route"] or "none", after["ending"]).inc()
            return
        decision: dict[str, Any] = record["decision"] or {}
        reason = record["refused"] or decision.get("reason") or "none"
        outcome = "permitted" if record["admitted"] else "refused"
        self._decisions.labels(outcome, reason, str(record["observed"]).lower()).inc()

    def _count_ending(self, record: Record) -> None:
        self._endings.labels(record["route"] or "none", record["ending"]).inc()
        if record["attestation"] is not None:
            self._attested.labels(record["attestation"]["standing"]).inc()

    def text(self) -> bytes:
        """All of it in the text format of Prometheus."""
        return generate_latest(self._registry)


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

    async def append(self, record: Record) -> None:
        """Keep `record`, then count it; raises `OSError` if it is not kept."""
        began = time.perf_counter()
        await self._log.append(record)
        self._metrics.count(record, time.perf_counter() - began)
