"""The decision, fast: the same answers as `reference`, from compiled policies.

A request is read into bits (which statements about its facts are known true, which known
false). Requests with equal bits share their circumstances; what is left per request is the model
it names and its size, a few operations on sets of routes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from policy_router.compiler.bind import Bound
from policy_router.compiler.epochs import EpochKey, Epochs
from policy_router.compiler.lower import lower
from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.epoch import Epoch
from policy_router.engine.few import Few
from policy_router.engine.ruling import Ruling

MOST_EPOCHS = 16


class Engine:
    """Decides requests from one snapshot; safe to share between threads.

    What it remembers is keyed by everything it read, bounded, and never outlives its epoch.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._plan = lower(snapshot.policies)
        self._epochs = Epochs(snapshot)
        self._bound: dict[EpochKey, Epoch] = {}
        self._few = Few(self._plan, snapshot)
        self._current: tuple[datetime | None, datetime | None, Epoch] | None = None
        self._at_gateways: dict[str, Engine] = {}

    def at_gateway(self, gateway: str) -> Engine:
        """The same, were no routes on file but those of one gateway; made once."""
        engine = self._at_gateways.get(gateway)
        if engine is None:
            registry = self.snapshot.registry
            routes = {name: r for name, r in registry.routes.items() if r.gateway == gateway}
            there = replace(registry, routes=MappingProxyType(routes))
            engine = Engine(replace(self.snapshot, registry=there))
            self._at_gateways[gateway] = engine
        return engine

    def decide(self, facts: RequestFacts, moment: Moment) -> Ruling:
        """The ruling on a request at a moment."""
        epoch = None if moment.known_at is not None else self._at_hand(moment.at)
        return (epoch or self._epoch(moment, facts.model)).decide(facts, moment)

    def is_at_hand(self, at: datetime) -> bool:
        """Whether nothing has to be bound first to decide as of an instant, whatever is asked."""
        return self._at_hand(at) is not None

    def _at_hand(self, at: datetime) -> Epoch | None:
        current = self._current
        if current is None:
            return None
        start, end, epoch = current
        return epoch if (start is None or start <= at) and (end is None or at < end) else None

    def over_all(self, facts: RequestFacts, moment: Moment) -> Ruling:
        """The same, made among all routes on file, whatever the request names."""
        return self.epoch(moment).decide(facts, moment)

    def epoch(self, moment: Moment) -> Epoch:
        """The epoch of a moment, bound if it is not yet."""
        return self._whole(self._epochs.key(moment), moment)

    def _epoch(self, moment: Moment, name: str | None) -> Epoch:
        key = self._epochs.key(moment)
        if key not in self._bound:
            few = self._few.epoch(key, name, moment, partial(self._whole, key, moment))
            if few is not None:
                return few
        return self._whole(key, moment)

    def _whole(self, key: EpochKey, moment: Moment) -> Epoch:
        """The epoch of all routes on file."""
        epoch = self._bound.get(key)
        if epoch is None:
            epoch = Epoch(Bound(self._plan, self.snapshot, moment))
            if len(self._bound) >= MOST_EPOCHS:
                self._bound.clear()
            self._bound[key] = epoch
            self._few.forget(key)
        if moment.known_at is None:
            span = self._epochs.span(moment.at)
            self._current = (span.start, span.end, epoch)
        return epoch
