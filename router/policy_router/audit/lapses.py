"""What lapses: claims that grow too old, contracts, judgements, waivers, law and rates that end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never

from policy_router.domain.claim import Claim, Moment
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.diagnostic import Span
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import PolicyException
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Adequacy, Suspension
from policy_router.registry.hops import hops_of

_Source = tuple[str, date, datetime, int | None]
"""A source, when it was read, when its claims lapse, and the limit by which they do."""


class LapseKind(StrEnum):
    """What sort of thing stops counting."""

    CLAIM = "claim"
    AGREEMENT = "agreement"
    SIGNOFF = "sign-off"
    EXCEPTION = "exception"
    ADEQUACY = "adequacy decision"
    RATE = "exchange rate"


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something that stops counting at an instant.

    `about`: its id, or for claims the source that was read. `limit_days`: of claims, and of
    contracts whose evidence grows too old before they end, how old policies let them grow.
    `fresh_on`: when these were read or verified. `routes`: those within reach that it is about.
    `span`: where it is written; rates stand in the project.
    """

    kind: LapseKind
    about: str
    at: datetime
    routes: frozenset[str]
    span: Span | None
    limit_days: int | None = None
    fresh_on: date | None = None
    attributes: tuple[str, ...] = ()


def lapses(
    snapshot: Snapshot, routes: Sequence[str], moment: Moment, within: timedelta
) -> tuple[Lapse, ...]:
    """What lapses until `within` from the moment, the soonest first.

    What is too old already is among them; what ended otherwise only if it did so no longer ago
    than `within`.
    """
    horizon = moment.at + within
    reach = [snapshot.registry.routes[name] for name in routes]
    aged = (*_claims(snapshot, reach, moment), *_contracts(snapshot, reach, moment))
    ageing = [found for found in aged if found.at <= horizon]
    ending = [
        found
        for found in _endings(snapshot, reach, moment)
        if moment.at - within < found.at <= horizon
    ]
    return tuple(sorted((*ageing, *ending), key=lambda f: (f.at, f.kind, f.about)))


# ---- claims -------------------------------------------------------------------------------------


def _claims(snapshot: Snapshot, routes: Sequence[Route], moment: Moment) -> Iterator[Lapse]:
    """Sources whose claims grow too old or end, each with all claims that were read there."""
    groups: dict[_Source, list[tuple[Claim, frozenset[str]]]] = defaultdict(list)
    limits = sorted(_limits(snapshot))
    for claims, about in _documents(snapshot.registry, routes):
        for claim in _newest(claims, moment):
            fresh, reference = claim.evidence.fresh_on, claim.evidence.reference
            for limit in limits:
                lapse = _start(fresh + timedelta(days=limit + 1))
                groups[reference, fresh, lapse, limit].append((claim, about))
            if claim.validity.end is not None:
                groups[reference, fresh, claim.validity.end, None].append((claim, about))
    for (reference, fresh, at, asked), members in groups.items():
        yield Lapse(
            kind=LapseKind.CLAIM,
            about=reference,
            at=at,
            routes=frozenset[str]().union(*(about for _, about in members)),
            span=members[0][0].span,
            limit_days=asked,
            fresh_on=fresh,
            attributes=tuple(sorted({claim.attribute for claim, _ in members})),
        )


def _contracts(snapshot: Snapshot, routes: Sequence[Route], moment: Moment) -> Iterator[Lapse]:
    """Contracts that nobody reads again before what was read of them is too old to count."""
    for agreement in snapshot.registry.agreements:
        fresh, end = agreement.evidence.fresh_on, agreement.validity.end
        for limit in sorted(_limits(snapshot)):
            at = _start(fresh + timedelta(days=limit + 1))
            ends_first = end is not None and end <= max(at, moment.at)
            if _known(agreement, moment) and not ends_first:
                yield Lapse(
                    kind=LapseKind.AGREEMENT,
                    about=agreement.id,
                    at=at,
                    routes=routes_about(snapshot.registry, agreement, routes),
                    span=agreement.span,
                    limit_days=limit,
                    fresh_on=fresh,
                    attributes=tuple(sorted(name for name, _ in agreement.terms)),
                )


def _limits(snapshot: Snapshot) -> set[int]:
    """How old the policies in force let claims grow, in days."""
    found = {rule.demand.max_age_days for p in snapshot.policies.policies for rule in p.rules}
    return {limit for limit in found if limit is not None}


def _documents(
    registry: Registry, routes: Sequence[Route]
) -> Iterator[tuple[tuple[Claim, ...], frozenset[str]]]:
    """The claims of each document that speaks of these routes, and the routes it speaks of."""
    by_hop: dict[str, set[str]] = defaultdict(set)
    by_model: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        by_model[route.model].add(route.id)
        for hop in hops_of(registry, route):
            by_hop[hop].add(route.id)
        for _, claims in route.claims:
            yield claims, frozenset({route.id})
    for hop, about in sorted(by_hop.items()):
        party = registry.providers.get(hop) or registry.gateways.get(hop)
        if party is not None:
            yield party.claims, frozenset(about)
    for model, about in sorted(by_model.items()):
        yield registry.models[model].claims, frozenset(about)


def _newest(claims: tuple[Claim, ...], moment: Moment) -> Iterator[Claim]:
    """The records of a document that no later one has replaced, and that are known."""
    latest: dict[tuple[str, frozenset[str] | None], datetime] = {}
    known = [c for c in claims if moment.knows(c.recorded) and c.value is not None]
    for claim in known:
        key = (claim.attribute, claim.covers)
        latest[key] = max(latest.get(key, claim.recorded), claim.recorded)
    return (c for c in known if c.recorded == latest[c.attribute, c.covers])


# ---- contracts, judgements, waivers, law, rates -------------------------------------------------


def _endings(snapshot: Snapshot, routes: Sequence[Route], moment: Moment) -> Iterator[Lapse]:
    """What has a last day, as far as it is known."""
    registry, policies = snapshot.registry, snapshot.policies
    every = frozenset(route.id for route in routes)
    found = [
        *(
            _ending(LapseKind.AGREEMENT, a, routes_about(registry, a, routes))
            for a in registry.agreements
            if _known(a, moment)
        ),
        *(
            _ending(LapseKind.SIGNOFF, s, routes_about(registry, s, routes))
            for s in registry.signoffs
            if s.approved and _known(s, moment)
        ),
        *(
            _ending(LapseKind.EXCEPTION, e, routes_about(registry, e, routes))
            for e in policies.exceptions
            if _known(e, moment)
        ),
        *_law(registry, every, moment),
    ]
    yield from (lapse for lapse in found if lapse is not None)
    for rate in policies.rates:
        if rate.validity.end is not None:
            yield Lapse(LapseKind.RATE, rate.currency, rate.validity.end, every, None)


_Ending = Agreement | Signoff | PolicyException | Adequacy


def _known(thing: _Ending | Suspension, moment: Moment) -> bool:
    return moment.knows(thing.recorded)


def _ending(kind: LapseKind, thing: _Ending, routes: frozenset[str]) -> Lapse | None:
    end = thing.validity.end
    return None if end is None else Lapse(kind, thing.id, end, routes, thing.span)


def routes_about(
    registry: Registry, thing: Agreement | Signoff | PolicyException, routes: Sequence[Route]
) -> frozenset[str]:
    """Those of `routes` that a contract, a judgement or a waiver is about."""
    match thing:
        case Agreement():
            return _matching(routes, thing.routes, thing.models)
        case Signoff():
            return _signed(registry, thing, routes)
        case PolicyException():
            return _matching(routes, thing.routes, ())
        case _:
            assert_never(thing)


def _signed(registry: Registry, signoff: Signoff, routes: Sequence[Route]) -> frozenset[str]:
    """The routes that a sign-off is about: by id, or because they pass one of its importers."""
    if signoff.routes:
        return _matching(routes, signoff.routes, ())
    return frozenset(r.id for r in routes if signoff.importers & {*hops_of(registry, r)})


def _law(registry: Registry, routes: frozenset[str], moment: Moment) -> Iterator[Lapse | None]:
    """Decisions that end, and those that are suspended."""
    for entry in registry.adequacy:
        if not _known(entry, moment):
            continue
        yield _ending(LapseKind.ADEQUACY, entry, routes)
        for stop in entry.suspensions:
            if stop.validity.start is not None and _known(stop, moment):
                yield Lapse(LapseKind.ADEQUACY, entry.id, stop.validity.start, routes, stop.span)


def _matching(
    routes: Sequence[Route], ids: tuple[str, ...], models: tuple[str, ...]
) -> frozenset[str]:
    return frozenset(r.id for r in routes if any_matches(ids, r.id) or any_matches(models, r.model))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
