"""Which routes are known to offer what a call needs, as sets of routes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from policy_router.compiler.bitset import bitset, positions, table
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.route import Model, Route
from policy_router.domain.vocabulary import SERVER_TOOLS

MOST_NEEDS = 1024
LONGEST = 1024
"""Characters of needs that are remembered: what callers say must not fill the memory."""

Operation = tuple[str, bool]
"""What a call does, and whether it asks for a model by name."""

_Places = tuple[int, int, bool]
"""The places of the two sizes of a call among the limits that models have, and whether both of its
token counts are known, so that it has a cost."""

_Needed = tuple[Operation | None, tuple[frozenset[str], ...], _Places, frozenset[str]]
"""What a call needs: its operation, the members of each set fact, its sizes, and that no model uses
certain tools, as it does not show them."""

_NAMES = ("features", "input_modalities", "output_modalities")
_SETS = frozenset({*_NAMES, SERVER_TOOLS})
_SCALARS = frozenset({"endpoint", "tokens.input", "tokens.output"})
_ANY = 0
_NO_SIZES = (_ANY, _ANY, False)
_NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """What a call needs, by the routes known to meet it: as a set and as a table.

    Calls that need the same share one, so that a look at which it is tells them apart.
    """

    routes: int
    table: bytes


class _Limits:
    """Routes by a limit: the set whose limit is at least some size; any will do for nothing."""

    def __init__(self, limits: list[int | None]) -> None:
        by_limit = positions(limits)
        known = sorted(limit for limit in by_limit if limit is not None)
        self._sizes = [Decimal(0), *map(Decimal, known)]
        self._sets: list[int] = []
        found = 0
        for limit in reversed(known):
            found |= bitset(by_limit[limit], len(limits))
            self._sets.insert(0, found)
        self._sets.insert(_ANY, (1 << len(limits)) - 1)

    @property
    def sizes(self) -> frozenset[Decimal]:
        """The limits."""
        return frozenset(self._sizes)

    def place(self, size: Decimal) -> int:
        """The place of a size among the limits."""
        return bisect_left(self._sizes, size)

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
        self._needs: dict[_Needed, Need] = {}

    @cached_property
    def _offering(self) -> list[dict[str, int]]:
        return [_offering(name, self._models) for name in _NAMES]

    @cached_property
    def _context(self) -> _Limits:
        return _Limits([model.context_window for model in self._models])

    @cached_property
    def _output(self) -> _Limits:
        return _Limits([model.max_output_tokens for model in self._models])

    @cached_property
    def using(self) -> dict[str, int]:
        """The routes whose models use a tool by themselves, by the tool."""
        return _by_member([model.unasked_tools or _NOTHING for model in self._models])

    @cached_property
    def tools(self) -> frozenset[str]:
        """The tools that some model uses by itself."""
        return frozenset(self.using)

    def tools_of_all(self, routes: Iterable[int]) -> frozenset[str]:
        """Those that the models of all of some routes use, by number; none of no routes."""
        used = [self._models[number].unasked_tools or _NOTHING for number in routes]
        return _NOTHING.union(*used[:1]).intersection(*used)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The facts on which it can depend; tools of a call where a model uses some by itself."""
        return (_SETS if self.tools else _SETS - {SERVER_TOOLS}) | _SCALARS

    @cached_property
    def _of_any_model(self) -> Need | None:
        return self._need(RequestFacts())

    @cached_property
    def _of_a_model(self) -> Need | None:
        return self._need(RequestFacts(seen=False))

    @property
    def outputs(self) -> frozenset[Decimal]:
        """The limits that models put to what comes out."""
        return self._output.sizes

    @property
    def windows(self) -> frozenset[Decimal]:
        """The limits that models put to what goes in and comes out."""
        return self._context.sizes

    def need(self, facts: RequestFacts) -> Need | None:
        """What a call is known to need; None if nothing."""
        if _SETS.isdisjoint(facts.sets) and _SCALARS.isdisjoint(facts.scalars):
            return self._of_any_model if facts.model is None and facts.seen else self._of_a_model
        return self._need(facts)

    def of(self, facts: RequestFacts) -> int:
        """The routes known to meet every known need of a call."""
        need = self.need(facts)
        return self._full if need is None else need.routes

    def _need(self, facts: RequestFacts) -> Need | None:
        needed = self._needed(facts)
        if needed is None:
            return None
        found = self._needs.get(needed)
        if found is None:
            routes = self._meeting(needed)
            found = Need(routes, table(routes, self._count))
            if _characters(needed) <= LONGEST:
                if len(self._needs) >= MOST_NEEDS:
                    self._needs.clear()
                self._needs[needed] = found
        return found

    def _needed(self, facts: RequestFacts) -> _Needed | None:
        names = () if _SETS.isdisjoint(facts.sets) else _members(facts.sets)
        called = facts.operation
        operation = None if called is None else (called, facts.model is not None)
        places = self._places(facts)
        unshown = self._unshown(facts.sets) if self.tools else _NOTHING
        plain = operation is None and not names and places == _NO_SIZES and not unshown
        return None if plain else (operation, names, places, unshown)

    def _unshown(self, sets: Mapping[str, SetFact]) -> frozenset[str]:
        """The tools that some model uses by itself and the call does not show."""
        shown = sets[SERVER_TOOLS].members if SERVER_TOOLS in sets else _NOTHING
        return self.tools - shown if shown else self.tools

    def _places(self, facts: RequestFacts) -> _Places:
        into, out = facts.scalars.get("tokens.input"), facts.scalars.get("tokens.output")
        if not facts.shares_a_window:
            longest = self._output.place(out) if isinstance(out, Decimal) else _ANY
            return longest, _ANY, isinstance(into, Decimal) and isinstance(out, Decimal)
        if not isinstance(out, Decimal):
            window = self._context.place(into) if isinstance(into, Decimal) else _ANY
            return _ANY, window, False
        longest = self._output.place(out)
        if not isinstance(into, Decimal):
            return longest, self._context.place(out), False
        return longest, self._context.place(into + out), True

    def _meeting(self, needed: _Needed) -> int:
        operation, names, (longest, window, _), unshown = needed
        found = self._full
        for tool in unshown:
            found &= ~self.using[tool]
        if longest != _ANY:
            found &= self._output.from_place(longest)
        if window != _ANY:
            found &= self._context.from_place(window)
        if operation is not None:
            found &= self._suiting(operation)
        if names:
            for offering, members in zip(self._offering, names, strict=True):
                for name in members:
                    found &= offering.get(name, 0)
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


def _characters(needed: _Needed) -> int:
    operation, names = needed[:2]
    length = 0 if operation is None else len(operation[0])
    return length + sum(len(name) for each in names for name in each)


def _members(sets: Mapping[str, SetFact]) -> tuple[frozenset[str], ...]:
    """The members of each set fact that is a need; empty if none has any."""
    names = tuple([sets[name].members if name in sets else _NOTHING for name in _NAMES])
    return names if any(names) else ()


def _offering(name: str, models: list[Model]) -> dict[str, int]:
    return _by_member([getattr(model, name) or _NOTHING for model in models])


def _by_member(listed: list[frozenset[str]]) -> dict[str, int]:
    """The places of the sets that hold a member, by the member."""
    places: dict[str, list[int]] = {}
    for n, members in enumerate(listed):
        for member in members:
            places.setdefault(member, []).append(n)
    return {member: bitset(numbers, len(listed)) for member, numbers in places.items()}
