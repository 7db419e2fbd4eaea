"""One call decided by two snapshots: what changes, because of what, and what each would cost."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Final

from policy_router.audit.proposal.reading import Call
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Reason
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.classes import Bounds, alike, bounds, facts_noticed, facts_read
from policy_router.engine.decide import Engine
from policy_router.engine.epoch import Epoch
from policy_router.engine.offers import Ratio
from policy_router.engine.ruling import Ruling
from policy_router.registry.prices import in_usd, price

_MICRO: Final = Decimal(1_000_000)
_PER_CALL: Final = "request"
GONE, NEW, ORDER = "route_gone", "route_new", "order"
"""Causes that are no rule: a route that one side has not on file, or the order of preference."""


class Kind(StrEnum):
    """What becomes of a call."""

    SAME = "same"
    NEWLY_REFUSED = "newly_refused"
    NEWLY_PERMITTED = "newly_permitted"
    REROUTED = "rerouted"
    OTHER_OBLIGATIONS = "other_obligations"
    OTHER_REASON = "other_reason"


@dataclass(frozen=True, slots=True)
class Price:
    """Millionths of a US dollar for a million input tokens, output tokens and calls.

    What is not a whole number of them counts as the next higher one.
    """

    input: int = 0
    output: int = 0
    call: int = 0


FREE: Final = Price()


@dataclass(frozen=True, slots=True)
class Side:
    """What one side decides. `price`: of the chosen route, None if it is not known."""

    route: str | None
    reason: str | None
    price: Price | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a call, and why: `causes` are rules and obligations, or a reason."""

    kind: Kind
    was: Side
    now: Side
    causes: tuple[str, ...]


class Judge:
    """Decides calls by two snapshots, at one moment."""

    def __init__(self, old: Snapshot, new: Snapshot, moment: Moment) -> None:
        self.moment = moment
        self.digests = (old.digests, new.digests)
        self._engines = (Engine(old), Engine(new))
        epochs = tuple(engine.epoch(moment) for engine in self._engines)
        self.facts_noticed = _union(facts_noticed(epoch) for epoch in epochs)
        self.facts_read = _union(facts_read(epoch) for epoch in epochs)
        self.bounds: Bounds = bounds(epochs[0]) | bounds(epochs[1])

    def turning(self, call: Call) -> tuple[Ratio, ...] | None:
        """Where either side chooses another route for calls of another size (`Ruling.turning`)."""
        found: set[Ratio] = set()
        for ruling in self._rulings(call):
            ratios = ruling.turning
            if ratios is None:
                return None
            found.update(ratios)
        return tuple(sorted(found))

    def alike(self, call: Call) -> Hashable:
        """Equal for two calls that both sides decide alike, but for turning points."""
        epochs = (engine.epoch(self.moment) for engine in self._at(call))
        return call.gateway, *(alike(epoch, call.facts) for epoch in epochs)

    def verdict(self, call: Call) -> Verdict:
        """What becomes of a call."""
        was, now = self._rulings(call)
        before, after = self._side(was, call.facts), self._side(now, call.facts)
        kind = _kind(was, now, before, after)
        return Verdict(kind, before, after, tuple(_causes(kind, was, now)))

    def _rulings(self, call: Call) -> tuple[Ruling, Ruling]:
        was, now = self._at(call)
        return was.decide(call.facts, self.moment), now.decide(call.facts, self.moment)

    def _at(self, call: Call) -> tuple[Engine, Engine]:
        was, now = self._engines
        if call.gateway is None:
            return was, now
        return was.at_gateway(call.gateway), now.at_gateway(call.gateway)

    def _side(self, ruling: Ruling, facts: RequestFacts) -> Side:
        reason = ruling.reason
        if ruling.route is None:
            return Side(None, None if reason is None else reason.value, FREE)
        return Side(ruling.route, None, self._price(ruling.epoch, ruling.route, facts))

    def _price(self, epoch: Epoch, name: str, facts: RequestFacts) -> Price | None:
        """What a route costs, as `cost_usd` has it for calls of any size."""
        snapshot, at = epoch.bound.snapshot, self.moment.at
        route = snapshot.registry.routes[name]
        found: dict[str, int] = {}
        for meter in ("input", "output"):
            count = facts.scalar(f"tokens.{meter}")
            usd = in_usd(price(route, meter, facts, at), snapshot.policies.rates, at)
            if count is None or (usd is None and count != 0):
                return None
            found[meter] = _micro(usd or Decimal(0))
        if not any(_PER_CALL in dict(t.amounts) for t in route.prices if t.holds(at)):
            return Price(found["input"], found["output"])
        usd = in_usd(price(route, _PER_CALL, facts, at), snapshot.policies.rates, at)
        return None if usd is None else Price(found["input"], found["output"], _micro(usd))


def _union(sets: Iterator[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _micro(usd: Decimal) -> int:
    return int((usd * _MICRO).to_integral_value(ROUND_CEILING))


def _kind(was: Ruling, now: Ruling, before: Side, after: Side) -> Kind:
    if before.route is None and after.route is None:
        return Kind.SAME if before.reason == after.reason else Kind.OTHER_REASON
    if after.route is None:
        return Kind.NEWLY_REFUSED
    if before.route is None:
        return Kind.NEWLY_PERMITTED
    if before.route != after.route:
        return Kind.REROUTED
    return Kind.SAME if _duties(was) == _duties(now) else Kind.OTHER_OBLIGATIONS


def _duties(ruling: Ruling) -> frozenset[tuple[str, str]]:
    """The obligations that bind, each with what it sets."""
    duties = ruling.circumstances.duties
    return frozenset((f"{d.policy.id}/{d.obligation.id}", repr(d.obligation.set)) for d in duties)


def _causes(kind: Kind, was: Ruling, now: Ruling) -> list[str]:
    match kind:
        case Kind.NEWLY_REFUSED:
            return _refusing(now, was.route, GONE)
        case Kind.NEWLY_PERMITTED:
            return _refusing(was, now.route, NEW)
        case Kind.REROUTED:
            return _passed_over(was, now)
        case Kind.OTHER_OBLIGATIONS:
            return sorted({name for name, _ in _duties(was) ^ _duties(now)})
        case Kind.OTHER_REASON:
            return [] if now.reason is None else [now.reason.value]
        case _:
            return []


def _refusing(ruling: Ruling, route: str | None, absent: str) -> list[str]:
    """What on the side that refuses keeps the call from the route that the other side chooses."""
    c, reason = ruling.circumstances, ruling.reason
    found: set[str] = set()
    if c.missing and reason is Reason.FACTS_MISSING:
        found = {rule for _, rules in c.missing for rule in rules}
    elif reason is Reason.OBLIGATION:
        found = {f"{o.policy.id}/{o.obligation.id}" for o in c.refusing}
    elif reason in {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING}:
        found = set(_keeping(ruling, route, absent))
    return sorted(found) or ([] if reason is None else [reason.value])


def _passed_over(was: Ruling, now: Ruling) -> list[str]:
    """Why the call takes another route: something shuts the old one, or opens the new one."""
    shut = set(_keeping(now, was.route, GONE))
    return sorted(shut or set(_keeping(was, now.route, NEW))) or [ORDER]


def _keeping(ruling: Ruling, route: str | None, absent: str) -> Iterator[str]:
    """What keeps a route from carrying a call: that it cannot be used at all, or enforced rules."""
    c, epoch, facts = ruling.circumstances, ruling.epoch, ruling.facts
    bound = epoch.bound
    number = bound.number.get(route or "")
    if number is None:
        yield absent
        return
    for usable, reason in (
        (bound.live, Reason.RETIRED),
        (bound.reachable, Reason.NOT_REACHABLE),
        (epoch.suitability.of(facts), Reason.UNSUITABLE),
    ):
        if not usable >> number & 1:
            yield reason.value
    for rule in c.enforced:
        if not c.passing(rule, facts) >> number & 1:
            yield rule.name
