"""Which routes are known to offer what a call needs, as sets of routes."""

from __future__ import annotations

from bisect import bisect_left
from decimal import Decimal

from policy_router.compiler.bitset import bitset
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Model, Route

_SETS = ("features", "input_modalities", "output_modalities")


class _Limits:
    """Routes by a limit: the set whose limit is at least some size."""

    def __init__(self, limits: list[int | None]) -> None:
        known = {limit for limit in limits if limit is not None}
        self._sizes = sorted(known)
        self._sets = [
            bitset(
                (n for n, limit in enumerate(limits) if limit is not None and limit >= size),
                len(limits),
            )
            for size in self._sizes
        ]

    def at_least(self, size: Decimal) -> int:
        n = bisect_left(self._sizes, size)
        return self._sets[n] if n < len(self._sets) else 0


class Suitability:
    """The routes of one registry, by what their models are known to offer."""

    def __init__(self, registry: Registry, routes: tuple[Route, ...]) -> None:
        models = [registry.models[r.model] for r in routes]
        self._full = (1 << len(routes)) - 1
        self._offering = {name: _offering(name, models) for name in _SETS}
        self._context = _Limits([m.context_window for m in models])
        self._output = _Limits([m.max_output_tokens for m in models])

    def of(self, facts: RequestFacts) -> int:
        """The routes known to meet every known need of a call."""
        found = self._full
        for name in _SETS:
            needed = facts.sets.get(name)
            if needed is not None:
                offering = self._offering[name]
                for feature in needed.members:
                    found &= offering.get(feature, 0)
        scalars = facts.scalars
        into, out = scalars.get("tokens.input"), scalars.get("tokens.output")
        if isinstance(out, Decimal):
            found &= self._output.at_least(out)
            found &= self._context.at_least(out + into if isinstance(into, Decimal) else out)
        elif isinstance(into, Decimal):
            found &= self._context.at_least(into)
        return found


def _offering(name: str, models: list[Model]) -> dict[str, int]:
    offered: dict[str, list[int]] = {}
    for n, model in enumerate(models):
        listed: frozenset[str] | None = getattr(model, name)
        for feature in listed or ():
            offered.setdefault(feature, []).append(n)
    return {feature: bitset(numbers, len(models)) for feature, numbers in offered.items()}
