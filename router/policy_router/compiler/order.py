"""The usual order of routes: by the preference that holds for any request, sizes unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from policy_router.compiler.alike import alike_in_claims
from policy_router.domain.claim import NO_DEMAND, Moment
from policy_router.domain.policy import ALWAYS, DEFAULT_ORDER
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import BENCHMARK_PREFIX
from policy_router.registry.hops import route_knowledge
from policy_router.registry.prices import cost_usd, in_usd, is_sized, price
from policy_router.registry.standpoint import Standpoint

Score = tuple[bool, Decimal]
_PRICE, _COST, _RETENTION = "price.", "cost", "retention_days"
_MORE_IS_BETTER = ("throughput", "context_window", "max_output_tokens")
_ENOUGH_TO_ORDER = 2
_LAST: Score = (True, Decimal(0))


@dataclass(frozen=True, slots=True)
class Order:
    """Routes, best first, and the attributes they are ordered by."""

    by: tuple[str, ...]
    routes: tuple[Route, ...]


def usual_order(snapshot: Snapshot, moment: Moment, routes: Iterable[Route]) -> Order:
    """The order by the first preference that always holds, for a request of unknown size."""
    always = (p.by for p in snapshot.policies.prefer if p.when == ALWAYS)
    by = next(always, DEFAULT_ORDER)
    return Order(by, ordered(snapshot, moment, by, RequestFacts(), routes))


def ordered(
    snapshot: Snapshot,
    moment: Moment,
    by: tuple[str, ...],
    facts: RequestFacts,
    routes: Iterable[Route],
) -> tuple[Route, ...]:
    """`routes`, best first by the attributes `by`; ties end on the route id."""
    found = tuple(routes)
    if len(found) < _ENOUGH_TO_ORDER:
        return found
    scores = [_scores(snapshot, moment, name, facts, found) for name in by]
    ranked = zip(*scores, [route.id for route in found], found, strict=True)
    return tuple(row[-1] for row in sorted(ranked, key=lambda row: row[:-1]))


def _scores(
    snapshot: Snapshot, moment: Moment, name: str, facts: RequestFacts, routes: tuple[Route, ...]
) -> list[Score]:
    """The score of each of `routes`; those of which claims say the same are looked at once."""
    if name == _COST and not is_sized(facts):
        return [_LAST] * len(routes)
    if name != _RETENTION:
        return [score(snapshot, moment, name, facts, route) for route in routes]
    found = [_LAST] * len(routes)
    for alike in alike_in_claims(snapshot.registry, routes):
        of_all = score(snapshot, moment, name, facts, alike.route)
        for number in alike.numbers:
            found[number] = of_all
    return found


def score(
    snapshot: Snapshot, moment: Moment, name: str, facts: RequestFacts, route: Route
) -> Score:
    """Smaller is better: cost, prices, retention and latency ascending, the rest descending.

    Unknown numbers and zero prices come last.
    """
    at, rates = moment.at, snapshot.policies.rates
    if name == _COST:
        return _money(cost_usd(route, facts, rates, at))
    if name.startswith(_PRICE):
        return _money(in_usd(price(route, name.removeprefix(_PRICE), facts, at), rates, at))
    model = snapshot.registry.card(route)
    if name == _RETENTION:
        view = Standpoint(snapshot.registry, moment, NO_DEMAND)
        days = route_knowledge(view, route, name).value
        return (False, days) if isinstance(days, Decimal) else _LAST
    if name.startswith(BENCHMARK_PREFIX):
        value = dict(model.benchmarks).get(name.removeprefix(BENCHMARK_PREFIX))
        return _LAST if value is None else (False, -value)
    value = getattr(model, name)
    if value is None:
        return _LAST
    return (False, -Decimal(value) if name in _MORE_IS_BETTER else Decimal(value))


def _money(usd: Decimal | None) -> Score:
    return _LAST if usd is None or usd == 0 else (False, usd)
