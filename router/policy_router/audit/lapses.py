"""What lapses: claims that grow too old, contracts, judgements, waivers, law and rates that end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

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

    `about`: its id, or for claims the source that was read. `limit_days`: of claims and agreements
    that grow too old, how old policies let them grow; None of what ends. `fresh_on`: of these, when
    it was read or verified. `routes`: those within reach that it is about. `span`: where it is
    written; rates stand in the project.
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
    old = (*_claims(snapshot, reach, moment), *_agreements(snapshot, reach, moment))
    ageing = [found for found in old if found.at <= horizon]
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


def _agreements(snapshot: Snapshot, routes: Sequence[Route], moment: Moment) -> Iterator[Lapse]:
    """Agreements that grow too old before they end: what they state counts as evidence."""
    for each in snapshot.registry.agreements:
        fresh, end = each.evidence.fresh_on, each.validity.end
        for limit in sorted(_limits(snapshot)):
            at = _start(fresh + timedelta(days=limit + 1))
            if _known(each, moment) and (end is None or at < end):
                about = _matching(routes, each.routes, each.models)
                yield Lapse(LapseKind.AGREEMENT, each.id, at, about, each.span, limit, fresh)


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
        *(_of_agreement(each, routes) for each in registry.agreements if _known(each, moment)),
        *(
            _ending(LapseKind.SIGNOFF, s, _signed(registry, s, routes))
            for s in registry.signoffs
            if s.approved and _known(s, moment)
        ),
        *(
            _ending(LapseKind.EXCEPTION, e, _matching(routes, e.routes, ()))
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


def _of_agreement(agreement: Agreement, routes: Sequence[Route]) -> Lapse | None:
    about = _matching(routes, agreement.routes, agreement.models)
    return _ending(LapseKind.AGREEMENT, agreement, about)


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
