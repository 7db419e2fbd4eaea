"""The stage of a route at an instant, and what others say about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from policy_router.domain.claim import Evidence, Moment, SourceKind
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.domain.vocabulary import STAGES

RETIRED = "retired"

_OWN_STATEMENTS = frozenset(
    {
        SourceKind.SIGNED_CONTRACT,
        SourceKind.ATTESTATION,
        SourceKind.PROVIDER_DOCS,
        SourceKind.GATEWAY_CATALOGUE,
        SourceKind.VENDOR_ANSWER,
    }
)


def stage_event(route: Route, moment: Moment) -> LifecycleEvent | None:
    """The latest stage change in effect that the provider or the gateway itself stated.

    Of two at one instant, the one nearer to retirement.
    """
    effective = [e for e in _begun(route, moment) if is_own_statement(e)]
    return max(effective, key=lambda e: (e.start, STAGES.index(e.stage)), default=None)


def stage_at(route: Route, moment: Moment) -> str | None:
    """The stage of `route` at `moment`; None if unknown."""
    event = stage_event(route, moment)
    return route.stage if event is None else event.stage


def notices(route: Route, moment: Moment) -> tuple[LifecycleEvent, ...]:
    """Stage changes in effect that only a third party states: warnings, nothing more."""
    return tuple(e for e in _begun(route, moment) if not is_own_statement(e))


def announced(route: Route, moment: Moment) -> tuple[LifecycleEvent, ...]:
    """Stage changes that anybody states, in effect or still to come."""
    return tuple(e for e in route.lifecycle if moment.knows(_read_at(e.evidence)))


def is_own_statement(event: LifecycleEvent) -> bool:
    """Whether the provider or the gateway itself states it, so that it counts."""
    return event.evidence.kind in _OWN_STATEMENTS


def _begun(route: Route, moment: Moment) -> Iterator[LifecycleEvent]:
    return (e for e in announced(route, moment) if e.start <= moment.at)


def _read_at(evidence: Evidence) -> datetime:
    return datetime.combine(evidence.read_on, time(), UTC)
