"""The order of permitted routes: the alias's models, then the preference that applies."""

from __future__ import annotations

from decimal import Decimal

from policy_router.domain.claim import NO_DEMAND
from policy_router.domain.policy import DEFAULT_ORDER
from policy_router.domain.route import Route
from policy_router.engine.matching import RouteView
from policy_router.engine.question import Question

_DESCENDING = ("benchmarks.", "throughput", "context_window", "max_output_tokens")
_MONEY = ("cost", "price.")


def ranked(q: Question, routes: list[Route], models: tuple[str, ...]) -> tuple[str, ...]:
    """Route ids, best first: the alias's order of models, then the preference that applies."""
    prefer = (p.by for p in q.snapshot.policies.prefer if q.surely(p.when).known_true)
    by = next(prefer, DEFAULT_ORDER)

    def rank(route: Route) -> tuple[object, ...]:
        place = models.index(route.model) if route.model in models else len(models)
        return (place, *(_score(q, route, name) for name in by), route.id)

    return tuple(r.id for r in sorted(routes, key=rank))


def _score(q: Question, route: Route, name: str) -> tuple[bool, Decimal]:
    """Smaller is better; unknown numbers and zero prices come last."""
    view = RouteView(q.snapshot, route, q.facts, q.moment, NO_DEMAND)
    value = view.number(name)
    last = value is None or (value == 0 and name.startswith(_MONEY))
    if value is None or last:
        return (True, Decimal(0))
    return (False, -value if name.startswith(_DESCENDING) else value)
