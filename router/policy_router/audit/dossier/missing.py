"""What is missing and what lapses, with what hangs on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from policy_router.audit.dossier.writings import Hangs, LapsePart, StepPart, Together
from policy_router.audit.gaps import Bundle, Gaps, Missing, Thing
from policy_router.audit.hanging import Hanging, hanging
from policy_router.audit.lapses import lapses
from policy_router.audit.permissions import Permission
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot

CALENDAR_DAYS: Final = 365
"""How far the calendar looks ahead."""

MOST_TOGETHER: Final = 20
"""So many lists of things that are enough together are told; more of them help nobody."""


def steps(found: Gaps) -> tuple[StepPart, ...]:
    """Everything that is missing, what permits most first."""
    return tuple(map(_step, found.missing))


def _step(missing: Missing) -> StepPart:
    return StepPart(
        kind=missing.thing.kind,
        about=missing.thing.about,
        text=missing.text,
        terms=missing.terms,
        alone=missing.alone,
        part_of=missing.part_of,
        scenarios=missing.scenarios,
    )


def together(found: Gaps) -> tuple[Together, ...]:
    """The lists that permit most, `MOST_TOGETHER` of them."""
    first: Sequence[Bundle] = found.bundles[:MOST_TOGETHER]
    return tuple(Together(b.things, b.unlocks) for b in first if b.things)


def shortest(found: Gaps) -> dict[tuple[str, str], tuple[Thing, ...] | None]:
    """What each scenario still needs on each route."""
    return {(n.scenario, route): n.things for n in found.needs for route in n.routes}


def calendar(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> tuple[LapsePart, ...]:
    """What lapses within `CALENDAR_DAYS` or just has, what most hangs on first."""
    soon = lapses(snapshot, routes, moment, timedelta(days=CALENDAR_DAYS))
    return tuple(_lapse(each, moment) for each in hanging(snapshot, scenarios, soon, moment))


def _lapse(each: Hanging, moment: Moment) -> LapsePart:
    lapse = each.lapse
    return LapsePart(
        at=lapse.at,
        past=lapse.at <= moment.at,
        kind=lapse.kind,
        about=lapse.about,
        limit_days=lapse.limit_days,
        attributes=lapse.attributes,
        routes=len(lapse.routes),
        hangs=counted(each.permissions),
    )


def counted(permissions: Iterable[Permission]) -> tuple[Hangs, ...]:
    """How many routes each scenario has among the permissions."""
    counts = Counter(scenario for scenario, _ in permissions)
    return tuple(Hangs(scenario, number) for scenario, number in sorted(counts.items()))
