"""Every instant at which anything in a world could change, found by looking at every value.

Whatever is dated counts, whether or not anything reads it: nothing here knows what an epoch is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from policy_router.domain.claim import Moment
from policy_router.domain.snapshot import Snapshot
from tests.strategies.draws import Dice, chance, pick
from tests.strategies.words import NOON

TICK = timedelta(microseconds=1)


def changes(snapshot: Snapshot) -> tuple[datetime, ...]:
    """List the instants of a snapshot: those it names, ages of evidence, hours of the day."""
    dated = list(_dated(snapshot))
    instants = {d for d in dated if isinstance(d, datetime)}
    days = {d for d in dated if isinstance(d, date) and not isinstance(d, datetime)}
    hours = {d for d in dated if isinstance(d, time)}
    demands = [r.demand for p in snapshot.policies.policies for r in p.rules]
    limits = {timedelta(days=d.max_age_days) for d in demands if d.max_age_days is not None}
    ages = {day + limit for day, limit in product(days, limits)}
    nights = {datetime.combine(d, time(), UTC) for d in days | ages}
    nights |= {night + timedelta(days=1) for night in nights}
    daily = {datetime.combine(i, hour, UTC) for i, hour in product(instants | {NOON}, hours)}
    return tuple(sorted(instants | nights | daily | {NOON}))


def _dated(value: object) -> Iterator[date | time]:
    match value:
        case date() | time():
            yield value
        case Mapping():
            for part in value.values():
                yield from _dated(part)
        case tuple() | frozenset():
            for part in value:
                yield from _dated(part)
        case _ if is_dataclass(value):
            for field in fields(value):
                yield from _dated(getattr(value, field.name))


def wandering(dice: Dice, snapshot: Snapshot, count: int) -> Iterator[Moment]:
    """Draw moments at, just before and just after changes, most of them close to the last one."""
    instants = changes(snapshot)
    place = dice.roll(len(instants))
    for _ in range(count):
        if chance(dice, 1, 3):
            place = dice.roll(len(instants))
        else:
            place = (place + pick(dice, (0, 1, -1))) % len(instants)
        known = pick(dice, instants) + _aside(dice) if chance(dice, 1, 3) else None
        yield Moment(instants[place] + _aside(dice), known)


def _aside(dice: Dice) -> timedelta:
    return pick(dice, (0, -1, 1)) * TICK
