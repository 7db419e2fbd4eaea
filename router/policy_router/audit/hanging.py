"""Which permissions hang on something: those there are with it, and not without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Protocol, TypeVar, assert_never

from policy_router.audit.lapses import Lapse, LapseKind
from policy_router.audit.permissions import Permission, permissions
from policy_router.domain.claim import Claim, Moment
from policy_router.domain.contract import Agreement
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.route import Gateway, Model, Provider, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine

_INSTANT_BEFORE: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Something that lapses, and the permissions that would not be there without it.

    Looked at on the day asked about, or where it has lapsed by then, on its own last day.
    """

    lapse: Lapse
    permissions: tuple[Permission, ...]


def hanging(
    snapshot: Snapshot, scenarios: Sequence[Scenario], found: Iterable[Lapse], moment: Moment
) -> tuple[Hanging, ...]:
    """What hangs on each, most permissions first, then the soonest."""
    with_all = _Standing(snapshot, scenarios)
    looked_at = [_hanging(with_all, lapse, moment) for lapse in found]
    return tuple(sorted(looked_at, key=lambda h: (-len(h.permissions), h.lapse.at, h.lapse.about)))


class _Standing:
    """The permissions there are with everything; each route is looked at once for an instant."""

    def __init__(self, snapshot: Snapshot, scenarios: Sequence[Scenario]) -> None:
        self.snapshot = snapshot
        self.scenarios = scenarios
        self._engine = Engine(snapshot)
        self._known: dict[Moment, dict[str, list[Permission]]] = {}

    def of(self, routes: Iterable[str], then: Moment) -> set[Permission]:
        """The permissions of some routes."""
        known, wanted = self._known.setdefault(then, {}), tuple(routes)
        unknown = [route for route in wanted if route not in known]
        found = permissions(self._engine, self.scenarios, unknown, then)
        known |= {route: [] for route in unknown}
        for permission in found:
            known[permission[1]].append(permission)
        return {permission for route in wanted for permission in known[route]}


def _hanging(with_all: _Standing, lapse: Lapse, moment: Moment) -> Hanging:
    then = replace(moment, at=min(moment.at, lapse.at - _INSTANT_BEFORE))
    now = with_all.of(lapse.routes, then)
    routes = {route for _, route in now}
    snapshot = _without(_only(with_all.snapshot, routes), lapse)
    left = permissions(Engine(snapshot), with_all.scenarios, routes, then)
    return Hanging(lapse, tuple(sorted(now - left)))


def _only(snapshot: Snapshot, routes: set[str]) -> Snapshot:
    """The snapshot with these routes alone: decisions on them are the same, and sooner made."""
    kept = {name: snapshot.registry.routes[name] for name in sorted(routes)}
    return replace(snapshot, registry=replace(snapshot.registry, routes=kept))


def _without(snapshot: Snapshot, lapse: Lapse) -> Snapshot:
    registry, policies = snapshot.registry, snapshot.policies
    match lapse.kind:
        case LapseKind.CLAIM:
            registry = _without_source(registry, lapse)
        case LapseKind.AGREEMENT if lapse.limit_days is not None:
            registry = replace(registry, agreements=_unread(registry.agreements, lapse))
        case LapseKind.AGREEMENT:
            registry = replace(registry, agreements=_others(registry.agreements, lapse))
        case LapseKind.SIGNOFF:
            registry = replace(registry, signoffs=_others(registry.signoffs, lapse))
        case LapseKind.ADEQUACY:
            registry = replace(registry, adequacy=_others(registry.adequacy, lapse))
        case LapseKind.EXCEPTION:
            policies = replace(policies, exceptions=_others(policies.exceptions, lapse))
        case LapseKind.RATE:
            rates = tuple(r for r in policies.rates if r.currency != lapse.about)
            policies = replace(policies, rates=rates)
        case _:
            assert_never(lapse.kind)
    return Snapshot(policies, registry)


class _Named(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Its id."""


N = TypeVar("N", bound=_Named)


def _others(things: tuple[N, ...], lapse: Lapse) -> tuple[N, ...]:
    return tuple(thing for thing in things if thing.id != lapse.about)


def _unread(agreements: tuple[Agreement, ...], lapse: Lapse) -> tuple[Agreement, ...]:
    """The agreements, one of them in force and last read too long ago for any policy."""

    def aged(agreement: Agreement) -> Agreement:
        found = replace(agreement.evidence, read_on=date.min, verified_on=None, verified_by=None)
        return replace(agreement, evidence=found)

    return tuple(aged(a) if a.id == lapse.about else a for a in agreements)


def _without_source(registry: Registry, lapse: Lapse) -> Registry:
    """The registry, what the source says unknown: nothing more general speaks in its place."""

    def forgotten(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        if not any(_is_from(claim, lapse) for claim in claims):
            return claims  # of nearly all documents: what they say stays the same value
        return tuple(replace(c, value=None) if _is_from(c, lapse) else c for c in claims)

    return replace(
        registry,
        gateways={n: _saying(g, forgotten(g.claims)) for n, g in registry.gateways.items()},
        providers={n: _saying(p, forgotten(p.claims)) for n, p in registry.providers.items()},
        models={n: _saying(m, forgotten(m.claims)) for n, m in registry.models.items()},
        routes={
            n: _of_route(r, tuple((hop, forgotten(claims)) for hop, claims in r.claims))
            for n, r in registry.routes.items()
        },
    )


S = TypeVar("S", Gateway, Provider, Model)


def _saying(document: S, claims: tuple[Claim, ...]) -> S:
    return document if claims is document.claims else replace(document, claims=claims)


def _of_route(route: Route, claims: tuple[tuple[str, tuple[Claim, ...]], ...]) -> Route:
    return route if claims == route.claims else replace(route, claims=claims)


def _is_from(claim: Claim, lapse: Lapse) -> bool:
    evidence = claim.evidence
    return (evidence.reference, evidence.fresh_on) == (lapse.about, lapse.fresh_on)
