"""Routes of one's own that are retired or soon will be: what stops calls before any rule does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from policy_router.domain.claim import Moment
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.lifecycle import RETIRED, announced, is_own_statement, stage_event

SOON: Final = timedelta(days=90)
"""So far ahead of a day a change of stage is told."""
_LEAVING: Final = frozenset({"deprecated", RETIRED})


@dataclass(frozen=True, slots=True)
class Leaving:
    """A route on its way out. `used`: it is in use; `own`: the provider or gateway says so."""

    route: str
    event: LifecycleEvent
    used: bool
    own: bool
    begun: bool


def leaving(
    snapshot: Snapshot, reach: Collection[str], used: Collection[str], moment: Moment
) -> tuple[Leaving, ...]:
    """The routes of `reach` that are retired or deprecated, or will be soon.

    Those that are gone stand first, then those in use, then the soonest. A third party's word stops
    no call: it is told of routes in use alone.
    """
    routes = snapshot.registry.routes
    found = [each for name in reach for each in _of(routes[name], name in used, moment)]
    return tuple(sorted(found, key=_order))


def _order(each: Leaving) -> tuple[bool, bool, bool, datetime, str]:
    counts = each.own and each.event.stage == RETIRED
    return not (counts and each.begun), not each.used, not counts, each.event.start, each.route


def _of(route: Route, used: bool, moment: Moment) -> Iterator[Leaving]:
    current = stage_event(route, moment)
    for event in announced(route, moment):
        own, begun = is_own_statement(event), event.start <= moment.at
        superseded = own and begun and event != current
        told = event.stage in _LEAVING and event.start <= moment.at + SOON
        if told and not superseded and (own or used):
            yield Leaving(route.id, event, used, own, begun)
