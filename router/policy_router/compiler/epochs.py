"""Epochs: the spans between instants at which anything a decision reads can change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from policy_router.domain.claim import Claim, Evidence, Moment, Validity
from policy_router.domain.policy import PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.snapshot import Snapshot

EpochKey = tuple[int, int, int]
_EVERYTHING_KNOWN = -1


class Epochs:
    """Numbers the epochs of a snapshot.

    By when something is true or grows too old, by the time of day at which prices change, and by
    when something became known.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        policies, registry = snapshot.policies, snapshot.registry
        self.changes = sorted({*_validities(policies, registry), *_agings(policies, registry)})
        self.hours = sorted(set(_hours(registry)))
        self._snapshot = snapshot

    @cached_property
    def learnt(self) -> list[datetime]:
        """When something became known; looked up for who asks what was known when."""
        return sorted(set(_recordings(self._snapshot.policies, self._snapshot.registry)))

    def key(self, moment: Moment) -> EpochKey:
        """The epoch of a moment."""
        known = moment.known_at
        return (
            bisect_right(self.changes, moment.at),
            bisect_right(self.hours, moment.at.time()) if self.hours else 0,
            _EVERYTHING_KNOWN if known is None else bisect_right(self.learnt, known),
        )

    def span(self, at: datetime) -> Validity:
        """The span around `at` in which nothing changes; empty where prices change by the hour."""
        if self.hours:
            return Validity(at, at)
        n = bisect_right(self.changes, at)
        start = self.changes[n - 1] if n else None
        return Validity(start, self.changes[n] if n < len(self.changes) else None)


def _claims(registry: Registry) -> Iterator[Claim]:
    for gateway in registry.gateways.values():
        yield from gateway.claims
    for provider in registry.providers.values():
        yield from provider.claims
    for model in registry.models.values():
        yield from model.claims
    for route in registry.routes.values():
        for _, claims in route.claims:
            yield from claims


def _validities(policies: PolicySet, registry: Registry) -> Iterator[datetime]:
    spans: list[Iterable[Validity]] = [
        (c.validity for c in _claims(registry)),
        (p.validity for r in registry.routes.values() for p in r.prices),
        (a.validity for a in registry.agreements),
        (s.validity for s in registry.signoffs),
        (a.validity for a in registry.adequacy),
        (s.validity for a in registry.adequacy for s in a.suspensions),
        (m.validity for t in registry.territories.values() for m in t.members),
        (e.validity for e in policies.exceptions),
        (r.validity for r in policies.rates),
    ]
    for group in spans:
        for validity in group:
            yield from validity.instants()
    for route in registry.routes.values():
        yield from (event.start for event in route.lifecycle)


def _agings(policies: PolicySet, registry: Registry) -> Iterator[datetime]:
    """When evidence grows older than some rule accepts: the day after its last good one."""
    demanded = {rule.demand.max_age_days for policy in policies.policies for rule in policy.rules}
    limits = [timedelta(days=limit + 1) for limit in demanded if limit is not None]
    evidence: list[Evidence] = [c.evidence for c in _claims(registry)]
    evidence += [agreement.evidence for agreement in registry.agreements]
    days = {e.fresh_on for e in evidence}
    for limit in limits:
        for day in days:
            yield _start(day + limit)


def _hours(registry: Registry) -> Iterator[time]:
    for route in registry.routes.values():
        for table in route.prices:
            if table.window is not None:
                yield table.window.start
                yield table.window.end


def _recordings(policies: PolicySet, registry: Registry) -> Iterator[datetime]:
    yield from (c.recorded for c in _claims(registry))
    yield from (a.recorded for a in registry.agreements)
    yield from (s.recorded for s in registry.signoffs)
    yield from (a.recorded for a in registry.adequacy)
    yield from (s.recorded for a in registry.adequacy for s in a.suspensions)
    yield from (e.recorded for e in policies.exceptions)
    for route in registry.routes.values():
        yield from (_start(event.evidence.read_on) for event in route.lifecycle)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
