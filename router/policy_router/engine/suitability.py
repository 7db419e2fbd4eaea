"""Which routes are known to offer what a call needs, as sets of routes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from decimal import Decimal

from policy_router.compiler.bitset import bitset, positions, table
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Model, Route

MOST_NEEDS = 1024

Operation = tuple[str, bool]
"""What a call does, and whether it asks for a model by name."""

Need = tuple[Operation | None, tuple[frozenset[str], ...], int, int, bool]
"""What a call needs: its operation, the members of each set fact, and the places of its two sizes
among the limits that models have, -1 where the size is not known or nothing; and whether both of
its token counts are known, so that it has a cost."""

_NAMES = ("features", "input_modalities", "output_modalities")
_SETS = frozenset(_NAMES)
_NO_SIZE = -1
_NONE = Decimal(0)
_METERS = 2
_NOTHING = frozenset[str]()


class _Limits:
    """Routes by a limit: the set whose limit is at least some size."""

    def __init__(self, limits: list[int | None]) -> None:
        by_limit = positions(limits)
        self._sizes = sorted(limit for limit in by_limit if limit is not None)
        self._sets: list[int] = []
        found = 0
        for size in reversed(self._sizes):
            found |= bitset(by_limit[size], len(limits))
            self._sets.insert(0, found)

    def place(self, size: Decimal) -> int:
        """The place of a size among the limits; nothing at all fits where no limit is known."""
        return bisect_left(self._sizes, size) if size > 0 else _NO_SIZE

    def from_place(self, place: int) -> int:
        """The routes that take a size at a place."""
        return self._sets[place] if place < len(self._sets) else 0


class Suitability:
    """The routes of one registry, by what their models are known to offer."""

    def __init__(self, registry: Registry, routes: tuple[Route, ...]) -> None:
        models = [registry.card(r) for r in routes]
        self._count = len(routes)
        self._full = (1 << len(routes)) - 1
        self._models = models
        self._serving: dict[Operation, int] = {}
        self._offering = [_offering(name, models) for name in _NAMES]
        self._context = _Limits([m.context_window for m in models])
        self._output = _Limits([m.max_output_tokens for m in models])
        self._met: dict[Need, tuple[int, bytes]] = {}

    def need(self, facts: RequestFacts) -> Need | None:
        """What a call is known to need; None if nothing."""
        sets, scalars = facts.sets, facts.scalars
        names: tuple[frozenset[str], ...] = ()
        if not _SETS.isdisjoint(sets):
            names = _needed(sets)
        called = facts.operation
        operation = None if called is None else (called, facts.model is not None)
        into, out = scalars.get("tokens.input"), scalars.get("tokens.output")
        if into is None and out is None:
            plain = operation is None and not names
            return None if plain else (operation, names, _NO_SIZE, _NO_SIZE, False)
        sizes = [size for size in (into, out) if isinstance(size, Decimal)]
        window = self._context.place(sum(sizes, _NONE)) if sizes else _NO_SIZE
        longest = self._output.place(out) if isinstance(out, Decimal) else _NO_SIZE
        return operation, names, longest, window, len(sizes) == _METERS

    def meeting(self, need: Need) -> tuple[int, bytes]:
        """The routes known to meet a need, as a set and as a table."""
        found = self._met.get(need)
        if found is None:
            met = self._meeting(*need[:4])
            found = met, table(met, self._count)
            if len(self._met) < MOST_NEEDS:
                self._met[need] = found
        return found

    def of(self, facts: RequestFacts) -> int:
        """The routes known to meet every known need of a call."""
        need = self.need(facts)
        return self._full if need is None else self.meeting(need)[0]

    def _meeting(
        self,
        operation: Operation | None,
        names: Iterable[frozenset[str]],
        longest: int,
        window: int,
    ) -> int:
        found = self._full if operation is None else self._suiting(operation)
        for offering, needed in zip(self._offering, names, strict=False):
            for name in needed:
                found &= offering.get(name, 0)
        if longest != _NO_SIZE:
            found &= self._output.from_place(longest)
        if window != _NO_SIZE:
            found &= self._context.from_place(window)
        return found

    def _suiting(self, operation: Operation) -> int:
        found = self._serving.get(operation)
        if found is None:
            name, named = operation
            suiting = (n for n, m in enumerate(self._models) if m.suits(name, named=named))
            found = bitset(suiting, self._count)
            if found:
                self._serving[operation] = found
        return found


def _needed(sets: Mapping[str, SetFact]) -> tuple[frozenset[str], ...]:
    """The members of each set fact that is a need; empty if none has any."""
    names = tuple(sets[name].members if name in sets else _NOTHING for name in _NAMES)
    return names if any(names) else ()


def _offering(name: str, models: list[Model]) -> dict[str, int]:
    offered: dict[str, list[int]] = {}
    for n, model in enumerate(models):
        listed: frozenset[str] | None = getattr(model, name)
        for feature in listed or ():
            offered.setdefault(feature, []).append(n)
    return {feature: bitset(numbers, len(models)) for feature, numbers in offered.items()}
