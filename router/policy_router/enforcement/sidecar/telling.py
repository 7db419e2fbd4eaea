"""Anchors and collectors are told of the log while calls are served, and no call waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from policy_router.log.telling import Telling

EVERY: Final = 5.0
"""Seconds between two looks for what is new."""

LAST_WORDS: Final = 10.0
"""Seconds that the end waits for the last checkpoint to be told."""


class TellingThread:
    """A thread of its own that tells: what hangs there hangs nothing else."""

    def __init__(
        self, telling: Telling, every: float = EVERY, patience: float = LAST_WORDS
    ) -> None:
        self._telling = telling
        self._every = every
        self._patience = patience
        self._over = Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Tell until the end of the block, and then what came last, as far as that can be done."""
        if not self._telling.standings:
            yield
            return
        thread = Thread(target=self._run, name="policy-router-telling", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(self._patience)

    def behind(self) -> dict[str, int]:
        """Who has not been told what is new, and for how many seconds."""
        return {name: int(for_) for name, for_ in self._telling.behind().items() if for_}

    def metrics(self) -> Iterator[Metric]:
        """How far each of them was told."""
        if not self._telling.standings:
            return
        name = "policy_router_log_"
        told = CounterMetricFamily(f"{name}told", "Told of the log, to whom", None, _LABELS)
        failed = CounterMetricFamily(f"{name}telling_failures", "Times in vain", None, _LABELS)
        behind = GaugeMetricFamily(
            f"{name}untold_seconds", "For how long what is new could not be told", None, _LABELS
        )
        for to, standing in self._telling.standings.items():
            told.add_metric((to,), standing.told)
            failed.add_metric((to,), standing.failures)
        for to, seconds in self._telling.behind().items():
            behind.add_metric((to,), seconds)
        yield from (told, failed, behind)

    def _run(self) -> None:
        self._telling.look()
        while not self._over.wait(self._every):
            self._telling.look()
        self._telling.look()


_LABELS: Final = ("to",)
