"""Routes that meet a predicate, that do not, and of which it is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from policy_router.audit.prices import ListPrice, usd_price
from policy_router.domain.claim import NO_DEMAND, ClaimValue, Moment
from policy_router.domain.policy import Predicate
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.attributes import known_value
from policy_router.engine.matching import RouteView, holds

_PRICE: Final = "price."


@dataclass(frozen=True, slots=True)
class Listed:
    """The ids of routes that meet a predicate, that are known not to, and of all others."""

    met: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


def plain_view(snapshot: Snapshot, route: str, moment: Moment) -> RouteView:
    """A route as it is recorded: for no request in particular, on any evidence."""
    found = snapshot.registry.routes[route]
    return RouteView(snapshot, found, RequestFacts(), moment, NO_DEMAND)


def is_price(name: str) -> bool:
    """Whether an attribute is a price per one million units."""
    return name.startswith(_PRICE)


def price_of(view: RouteView, name: str) -> ListPrice | None:
    """A price in US dollars as documents state it; None if it is not known."""
    meter, rates = name.removeprefix(_PRICE), view.snapshot.policies.rates
    return usd_price(view.route, meter, rates, view.moment.at)


def recorded(view: RouteView, name: str) -> ClaimValue | None:
    """What is known of an attribute; of a price, what the smallest calls pay."""
    if not is_price(name):
        return known_value(view, name)
    price = price_of(view, name)
    return None if price is None else price.base


def listed(
    snapshot: Snapshot, routes: Iterable[str], predicate: Predicate, moment: Moment
) -> Listed:
    """Sort routes by what is known of the predicate."""
    met: list[str] = []
    failed: list[str] = []
    unknown: list[str] = []
    for route in routes:
        truth = holds(predicate, plain_view(snapshot, route, moment).test)
        (met if truth.known_true else failed if truth.known_false else unknown).append(route)
    return Listed(tuple(met), tuple(failed), tuple(unknown))


def ordered(
    snapshot: Snapshot, routes: Sequence[str], by: str, moment: Moment, *, descending: bool
) -> list[str]:
    """Routes by the value of an attribute; unknown and zero come last, ties by id.

    A price is the one of the smallest calls.
    """
    found = {r: recorded(plain_view(snapshot, r, moment), by) for r in routes}
    with_value = sorted((r for r in routes if _ranks(found[r])), key=lambda r: r)
    with_value.sort(key=lambda r: _rank(found[r]), reverse=descending)
    return [*with_value, *sorted(r for r in routes if not _ranks(found[r]))]


def _ranks(value: ClaimValue | None) -> bool:
    return isinstance(value, str) or (isinstance(value, Decimal) and value > 0)


def _rank(value: ClaimValue | None) -> tuple[Decimal, str]:
    return (value, "") if isinstance(value, Decimal) else (Decimal(0), str(value))
