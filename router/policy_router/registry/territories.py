"""Whether a country lies in a territory, as law stood at an instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from policy_router.domain.claim import Members, Moment
from policy_router.domain.registry import Registry
from policy_router.domain.territory import Adequacy, Confirmation, Scope
from policy_router.domain.truth import (
    FALSE,
    MIXED,
    TRUE,
    UNKNOWN,
    Outcome,
    Truth,
    disjunction,
    known,
)
from policy_router.domain.vocabulary import Regime
from policy_router.registry.favour import GLOBAL

ADEQUATE = "ADEQUATE."


def is_in(registry: Registry, country: str, place: str, moment: Moment) -> Truth:
    """Whether `country` is `place` or lies in it: a territory, `ADEQUATE.<regime>`, a country.

    `GLOBAL` is mixed against everything. Membership that nobody confirmed is unknown.
    """
    if country == GLOBAL:
        return MIXED
    if place.startswith(ADEQUATE):
        return _is_adequate(registry, country, Regime(place.removeprefix(ADEQUATE)), moment)
    territory = registry.territories.get(place)
    if territory is None:
        return known(country == place)
    if not territory.confirmation.usable:
        return UNKNOWN
    member = any(m.country == country and m.validity.holds(moment.at) for m in territory.members)
    if member:
        return TRUE
    return disjunction(is_in(registry, country, part, moment) for part in territory.includes)


def is_in_any(registry: Registry, country: str, places: Iterable[str], moment: Moment) -> Truth:
    """Whether `country` lies in the union of `places`."""
    if country == GLOBAL:
        return MIXED
    return disjunction(is_in(registry, country, place, moment) for place in places)


def adequacy_about(
    registry: Registry, country: str, regime: Regime, moment: Moment
) -> tuple[Adequacy, ...]:
    """The adequacy decisions of `regime` about `country` in force and known at `moment`.

    One about a territory in which `country` may or may not lie is itself unconfirmed.
    """
    entries = adequacy_in_force(registry, regime, moment)
    return those_about(registry, entries, country, moment)


def adequacy_in_force(registry: Registry, regime: Regime, moment: Moment) -> tuple[Adequacy, ...]:
    """The adequacy decisions of `regime` about places, in force and known at `moment`."""
    return tuple(
        entry
        for entry in registry.adequacy
        if entry.regime is regime
        and entry.scope is not Scope.ORGANISATION
        and entry.in_force(moment)
    )


def those_about(
    registry: Registry, entries: Iterable[Adequacy], country: str, moment: Moment
) -> tuple[Adequacy, ...]:
    """Those of `entries` that are about `country`: see `adequacy_about`."""
    concerned = [(entry, _concerns(registry, entry, country, moment)) for entry in entries]
    return tuple(
        entry if concerns.known_true else replace(entry, confirmation=Confirmation.UNCONFIRMED)
        for entry, concerns in concerned
        if not concerns.known_false
    )


def _concerns(registry: Registry, entry: Adequacy, country: str, moment: Moment) -> Truth:
    if country in entry.countries:
        return TRUE
    return FALSE if entry.territory is None else is_in(registry, country, entry.territory, moment)


def _is_adequate(registry: Registry, country: str, regime: Regime, moment: Moment) -> Truth:
    """Adequate as a country: a decision without conditions; with conditions it depends."""
    entries = adequacy_about(registry, country, regime, moment)
    if any(e.scope is Scope.WHOLE and e.confirmation.usable for e in entries):
        return TRUE
    return UNKNOWN if entries else FALSE


def within(members: Members, is_inside: Callable[[str], Truth]) -> Truth:
    """Whether every member is inside: false only when none is, mixed when partly.

    The empty set is within everything. An open set is never known to be within anything.
    """
    certain = [is_inside(name) for name in sorted(members.certain)]
    doubtful = [is_inside(name) for name in sorted(members.optional)]
    others = [UNKNOWN, UNKNOWN] if members.open else []
    pool = [*certain, *doubtful, *others]
    can_be_true = all(t.may_be_true for t in certain)
    can_be_false = all(t.may_be_false for t in certain) and any(t.may_be_false for t in pool)
    can_be_mixed = MIXED in pool or _one_in_one_out(pool)
    outcomes = [
        outcome
        for outcome, possible in (
            (Outcome.FALSE, can_be_false),
            (Outcome.MIXED, can_be_mixed),
            (Outcome.TRUE, can_be_true),
        )
        if possible
    ]
    return Truth(outcomes[0], outcomes[-1])


def _one_in_one_out(pool: list[Truth]) -> bool:
    """Whether one member may be inside while another may be outside."""
    return any(
        a.may_be_true and b.may_be_false
        for i, a in enumerate(pool)
        for j, b in enumerate(pool)
        if i != j
    )


def includes(members: Members, is_meant: Callable[[str], Truth]) -> Truth:
    """Whether some member is meant: found, known absent, or unknown in an open set."""
    certain = disjunction(is_meant(name) for name in members.certain)
    doubtful = disjunction(is_meant(name) for name in members.optional)
    others = UNKNOWN if members.open else FALSE
    return Truth(certain.low, max(certain.high, doubtful.high, others.high))
