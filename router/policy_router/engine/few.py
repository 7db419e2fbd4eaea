"""The routes that a request can go to, bound by themselves until it is worth binding all.

What is decided on a route depends on no other route. So the first questions are answered at once
from the few routes that stand for a name, or that are within reach where none is named. They are
put in no order of preference beforehand: only those that turn out to be permitted are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import positions
from policy_router.compiler.epochs import EpochKey
from policy_router.compiler.order import Order
from policy_router.compiler.plan import Plan
from policy_router.domain.claim import Moment
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.epoch import Epoch
from policy_router.registry.lifecycle import RETIRED, stage_at

SHARE: Final = 2
"""One part in so many of all routes: when as many have been looked at, it is worth it."""
MOST_EPOCHS: Final = 16
ASIDE: Final = 64
"""What a question costs besides the routes that are bound for it, in routes."""


class Few:
    """Epochs of few routes of one snapshot; bounded, as all routes soon take their place."""

    def __init__(self, plan: Plan, snapshot: Snapshot) -> None:
        self._plan = plan
        self._snapshot = snapshot
        self._bound: dict[tuple[EpochKey, tuple[str, ...]], Epoch] = {}
        self._spent = Counter[EpochKey]()

    def epoch(
        self, key: EpochKey, name: str | None, moment: Moment, whole: Callable[[], Epoch]
    ) -> Epoch | None:
        """The epoch `key` of the routes that `name` can go to; None once all are to be bound.

        `whole`: the same epoch of all routes.
        """
        self._spent[key] += ASIDE
        if not self._is_worth_it(key):
            return None
        routes = {route.id: route for route in self._routes_of(name, moment)}
        which = key, tuple(routes)
        found = self._bound.get(which)
        if found is None:
            self._spent[key] += 0 if name is None else len(routes)
            if self._is_worth_it(key):
                order = Order((), tuple(routes[i] for i in sorted(routes)))
                bound = Bound(self._plan, self._snapshot, moment, order)
                found = self._bound[which] = Epoch(bound, whole)
        return found

    def forget(self, key: EpochKey) -> None:
        """Let go of what was bound for an epoch, all routes of which are."""
        for which in tuple(self._bound):  # another thread may be adding to it
            if which[0] == key:
                self._bound.pop(which, None)

    def _is_worth_it(self, key: EpochKey) -> bool:
        if len(self._spent) > MOST_EPOCHS:
            self._bound.clear()
            self._spent.clear()
        return self._spent[key] * SHARE < len(self._routes)

    def _routes_of(self, name: str | None, moment: Moment) -> Iterable[Route]:
        return self._within_reach(moment) if name is None else self._named(name)

    def _within_reach(self, moment: Moment) -> Iterable[Route]:
        """What a request of any model can go to: all routes, where none of these is left."""
        gateways = self._snapshot.policies.gateways
        found = [r for r in self._routes if gateways is None or r.gateway in gateways]
        return found if any(stage_at(r, moment) != RETIRED for r in found) else self._routes

    def _named(self, name: str) -> Iterator[Route]:
        """The routes `name` stands for, and those of every alias that may stand in for it."""
        route = self._snapshot.registry.routes.get(name)
        if route is not None:
            yield route
        policies = self._snapshot.policies
        aliases = {s.alias for s in policies.substitutions if s.model == name} | {name}
        yield from self._of_model(name)
        for alias in policies.aliases:
            if alias.id in aliases:
                for model in alias.models:
                    yield from self._of_model(model)

    def _of_model(self, model: str) -> Iterator[Route]:
        return (self._routes[n] for n in self._by_model.get(model, ()))

    @cached_property
    def _routes(self) -> tuple[Route, ...]:
        return tuple(self._snapshot.registry.routes.values())

    @cached_property
    def _by_model(self) -> dict[str, tuple[int, ...]]:
        return positions([route.model for route in self._routes])
