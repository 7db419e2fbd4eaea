"""What begins or ends does so by itself: one decision point, a clock that moves across it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest

from policy_router.domain.claim import EvidenceDemand, Moment, Validity
from policy_router.domain.decision import Reason
from policy_router.domain.price import Window
from policy_router.domain.route import LifecycleEvent
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.service.pdp import PDP
from tests.concurrency.numbered import loaded
from tests.differential.comparing import differences
from tests.differential.spells import (
    ASKED,
    EARLY,
    IN_FORCE,
    RECORDED,
    YOUNG,
    Recorded,
    hourly,
    retiring,
)
from tests.small import ALWAYS_VALID, evidence, utc

T = utc("2026-06-15T08:00")
TICK = timedelta(microseconds=1)
LONG = timedelta(days=500)
CROSSINGS = (
    (-LONG, False),
    (LONG, True),
    (-TICK, False),
    (0 * TICK, True),
    (-TICK, False),
    (TICK, True),
    (0 * TICK, True),
    (-LONG, False),
)
"""When to ask, from the instant of the change on, and whether it has come to pass by then."""


@dataclass
class Hand:
    """A clock that shows what it is told to."""

    shows: datetime

    def __call__(self) -> datetime:
        return self.shows


def crossing(world: Snapshot, change: datetime) -> list[bool]:
    """Ask one decision point before, at and after a change: what is permitted."""
    clock = Hand(change)
    pdp = PDP(lambda: loaded(world), clock)
    found: list[bool] = []
    for offset, _ in CROSSINGS:
        clock.shows = change + offset
        assert differences(Engine(world), ASKED, Moment(clock.shows)) == []
        found.append(pdp.decide(ASKED).permitted)
    return found


def learning(world: Snapshot, change: datetime) -> list[bool]:
    """Ask one decision point as was known before, at and after something became known."""
    pdp = PDP(lambda: loaded(world), Hand(T))
    return [pdp.decide(ASKED, known_at=change + offset).permitted for offset, _ in CROSSINGS]


AFTER = [after for _, after in CROSSINGS]
BEFORE = [not after for after in AFTER]
SPANS: dict[str, Callable[[Validity], Snapshot]] = {
    **IN_FORCE,
    **{name: partial(world, recorded=EARLY) for name, world in RECORDED.items()},
}


@pytest.mark.parametrize("spanned", SPANS.values(), ids=SPANS)
def test_what_begins_counts_from_its_first_instant(spanned: Callable[[Validity], Snapshot]) -> None:
    assert crossing(spanned(Validity(T, None)), T) == AFTER


@pytest.mark.parametrize("spanned", SPANS.values(), ids=SPANS)
def test_what_ends_no_longer_counts_at_its_end(spanned: Callable[[Validity], Snapshot]) -> None:
    assert crossing(spanned(Validity(None, T)), T) == BEFORE


@pytest.mark.parametrize("known", RECORDED.values(), ids=RECORDED)
def test_what_was_recorded_is_known_from_then_on(
    known: Recorded,
) -> None:
    assert learning(known(ALWAYS_VALID, "2026-06-15T08:00"), T) == AFTER


@pytest.mark.parametrize("aged", YOUNG.values(), ids=YOUNG)
def test_evidence_is_too_old_from_the_day_after_its_last(
    aged: Callable[[date, EvidenceDemand], Snapshot],
) -> None:
    world = aged(date(2026, 5, 1), EvidenceDemand(max_age_days=30))
    assert crossing(world, utc("2026-06-01")) == BEFORE


@pytest.mark.parametrize(("start", "end"), [(time(8), time(20)), (time(20), time(8))])
@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_price_of_the_hour_holds_in_its_hours_every_day(
    start: time, end: time, days: int
) -> None:
    pdp = PDP(lambda: loaded(hourly(Window(start, end))), Hand(T))
    day = date(2026, 6, 15) + timedelta(days=days)
    opens, closes = (datetime.combine(day, hour, T.tzinfo) for hour in (start, end))
    for _ in range(2):
        asked = (opens - TICK, opens, opens + TICK, closes - TICK, closes, closes + TICK)
        found = [pdp.decide(ASKED, at=at).permitted for at in asked]
        assert found == [False, True, True, True, False, False]


def test_a_route_is_retired_from_the_instant_its_provider_named() -> None:
    world = retiring(LifecycleEvent("retired", T, evidence(), None))
    assert crossing(world, T) == BEFORE
    assert PDP(lambda: loaded(world), Hand(T)).decide(ASKED).reason is Reason.RETIRED


def test_a_retirement_is_known_from_the_day_it_was_read() -> None:
    world = retiring(LifecycleEvent("retired", T, evidence(read="2026-06-10"), None))
    assert learning(world, utc("2026-06-10")) == BEFORE
