"""The stage of a route with what is announced of it and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policy_router.domain.claim import Moment
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.engine import words
from policy_router.registry.lifecycle import (
    announced,
    is_own_statement,
    notices,
    stage_at,
    stage_event,
)

_FADING: Final = {"deprecated", "retired"}


def stage_said(route: Route, moment: Moment) -> str | None:
    """Return the stage in words with every change that anybody states; None if nobody states one.

    A third party's word changes no stage: what the provider or the gateway says stands before it.
    """
    said = [_event(event) for event in _announced(route, moment)]
    if not said:
        return None
    own = [] if stage_event(route, moment) else [route.stage or words.UNKNOWN]
    return "; ".join((*own, *said))


def is_fading(routes: Sequence[Route], moment: Moment) -> bool:
    """Return whether somebody says of each of these routes that by now it is on its way out.

    False where there are none.
    """
    return bool(routes) and all(_fading(route, moment) for route in routes)


def _fading(route: Route, moment: Moment) -> bool:
    stages = {stage_at(route, moment), *(event.stage for event in notices(route, moment))}
    return not stages.isdisjoint(_FADING)


def _announced(route: Route, moment: Moment) -> Iterator[LifecycleEvent]:
    """Yield what is announced, by day, without what the provider has said otherwise since."""
    current = stage_event(route, moment)
    for event in sorted(announced(route, moment), key=lambda e: e.start):
        begun = event.start <= moment.at
        if not begun or event == current or not is_own_statement(event):
            yield event


def _event(event: LifecycleEvent) -> str:
    day = event.start.date().isoformat()
    return f"{event.stage} (from {day}, says {event.evidence.reference})"
