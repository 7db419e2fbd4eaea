"""Deciding inside one epoch: bits of the request, its circumstances, a few set operations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import lowest, members
from policy_router.compiler.order import ordered
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Reason
from policy_router.domain.policy import Alias
from policy_router.domain.request import RequestFacts
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.offers import Offers
from policy_router.engine.readings import Readings
from policy_router.engine.ruling import Answer, Named, Ruling
from policy_router.engine.suitability import Suitability

MOST_CIRCUMSTANCES = 8192
MOST_ANSWERS = 1024

Views = tuple[Any, ...]
"""The bits of a request: of its one view, or of each of two."""
_NEEDS = ("features", "input_modalities", "output_modalities")
_COST = "cost"


class Epoch:
    """One epoch of one snapshot."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.aliases = {a.id: a for a in bound.snapshot.policies.aliases}
        self.suitability = Suitability(bound.snapshot.registry, bound.routes)
        self.readings = Readings(bound)
        self._circumstances: dict[Views, Circumstances] = {}
        self._named: dict[str | None, Named] = {}
        self._offers: dict[tuple[int, int], Offers] = {}

    def decide(self, facts: RequestFacts, moment: Moment) -> Ruling:
        """The ruling on a request at a moment of this epoch."""
        settled = self.bound.reads.settled
        views: Views = settled(facts)
        if facts.base is not None:
            views = (views, settled(facts.base))
        circumstances = self._circumstances.get(views)
        if circumstances is None:
            circumstances = self._meet(facts, views)
        sized = _has_needs(facts)
        if not sized:
            answer = circumstances.answers.get(facts.model)
            if answer is not None:
                return Ruling(self, circumstances, facts, moment, answer)
        answer = self._answer(circumstances, facts, sized=sized)
        if not sized and len(circumstances.answers) < MOST_ANSWERS:
            circumstances.answers[facts.model] = answer
        return Ruling(self, circumstances, facts, moment, answer)

    def named(self, name: str | None) -> Named:
        """The routes a name stands for."""
        alias = None if name is None else self.aliases.get(name)
        found = Named(self.bound, name, alias)
        if found.named:
            self._named[name] = found
        return found

    def _meet(self, facts: RequestFacts, views: Views) -> Circumstances:
        met = Circumstances(self.bound, facts, (views,) if facts.base is None else views)
        if len(self._circumstances) >= MOST_CIRCUMSTANCES:
            self._circumstances.clear()
        self._circumstances[views] = met
        return met

    def _answer(self, c: Circumstances, facts: RequestFacts, *, sized: bool) -> Answer:
        """Outcome, permitted routes and the best of them."""
        named = self._named.get(facts.model) or self.named(facts.model)
        if not c.covered:
            return Answer(named, Reason.NO_POLICY)
        if named.reason is not None:
            return Answer(named, named.reason)
        suitable = named.routes & self.suitability.of(facts) if sized else named.routes
        if not suitable:
            return Answer(named, Reason.UNSUITABLE)
        if c.missing:
            return Answer(named, Reason.FACTS_MISSING)
        if c.refusing:
            return Answer(named, Reason.OBLIGATION)
        permitted = suitable & c.permitted
        if c.costly:
            permitted &= c.affordable(facts)
        stand_in, order = None, named.alias
        if not permitted:
            stand_in, permitted = self._stand_in(c, facts)
            order = stand_in
        if not permitted:
            return Answer(named, Reason.NO_COMPLIANT_ROUTE, stand_in=stand_in)
        if c.conflicts:
            return Answer(named, Reason.OBLIGATION_CONFLICT, stand_in=stand_in)
        best = self.bound.routes[self.head(c, facts, permitted, order)].id
        return Answer(named, None, permitted, best, order, stand_in)

    def _stand_in(self, c: Circumstances, facts: RequestFacts) -> tuple[Alias | None, int]:
        """The alias that may stand in for the requested model, and its permitted routes."""
        alias = self.substitute(c, facts)
        if alias is None:
            return None, 0
        permitted = self.stand_ins(alias, facts) & c.permitted & self.suitability.of(facts)
        if c.costly:
            permitted &= c.affordable(facts)
        return alias, permitted

    def substitute(self, c: Circumstances, facts: RequestFacts) -> Alias | None:
        """The first alias whose substitution for the requested model is known to apply."""
        substitutions = self.bound.snapshot.policies.substitutions
        for number in c.substitutions():
            if substitutions[number].model == facts.model:
                return self.aliases.get(substitutions[number].alias)
        return None

    def stand_ins(self, alias: Alias, facts: RequestFacts) -> int:
        """The routes of an alias's other models that can be asked at all."""
        requested = self.bound.by_model.get(facts.model or "", 0)
        return self.named(alias.id).routes & ~requested

    def head(
        self, c: Circumstances, facts: RequestFacts, permitted: int, alias: Alias | None
    ) -> int:
        """The number of the best of `permitted`, which is not empty."""
        if alias is not None:
            for model in alias.models:
                of_model = permitted & self.bound.by_model.get(model, 0)
                if of_model:
                    permitted = of_model
                    break
        if not permitted & (permitted - 1):
            return permitted.bit_length() - 1
        into, out = facts.scalars.get("tokens.input"), facts.scalars.get("tokens.output")
        if _COST in c.by and isinstance(into, Decimal) and isinstance(out, Decimal):
            if c.by[0] == _COST:
                return self._cheapest(c, facts, permitted, (into, out))
            return self._first(c.by, facts, permitted)
        if self._is_usual(c.by) and (into is None or not self.bound.reads.sizes):
            return lowest(permitted)
        return self._first(c.by, facts, permitted)

    def _is_usual(self, by: tuple[str, ...]) -> bool:
        """Whether routes are numbered in this order, for a request whose cost is not known."""
        return _without_cost(by) == _without_cost(self.bound.order.by)

    def chain(
        self, c: Circumstances, facts: RequestFacts, permitted: int, alias: Alias | None
    ) -> tuple[str, ...]:
        """The ids of `permitted`, best first."""
        routes = [self.bound.routes[n] for n in members(permitted)]
        models = () if alias is None else alias.models
        ranked = ordered(self.bound.snapshot, self.bound.moment, c.by, facts, routes)
        place = {model: n for n, model in enumerate(models)}
        return tuple(r.id for r in sorted(ranked, key=lambda r: place.get(r.model, len(models))))

    def _cheapest(
        self, c: Circumstances, facts: RequestFacts, permitted: int, size: tuple[Decimal, Decimal]
    ) -> int:
        into, out = int(size[0]), int(size[1])
        if into <= 0 or out <= 0 or Decimal(into) != size[0] or Decimal(out) != size[1]:
            return self._first(c.by, facts, permitted)
        offers = self._offers_at(facts)
        best = offers.best(permitted, into, out) if offers.linear else permitted
        if best and not best & (best - 1):
            return best.bit_length() - 1
        return self._first(c.by, facts, best or permitted)

    def _offers_at(self, facts: RequestFacts) -> Offers:
        sizes = self.bound.reads.sizes
        true, false = self.bound.reads.settled(facts)
        key = (true & sizes, false & sizes)
        found = self._offers.get(key)
        if found is None:
            found = self._offers[key] = Offers(self.bound, facts)
        return found

    def _first(self, by: tuple[str, ...], facts: RequestFacts, permitted: int) -> int:
        routes = [self.bound.routes[n] for n in members(permitted)]
        best = ordered(self.bound.snapshot, self.bound.moment, by, facts, routes)[0]
        return self.bound.number[best.id]


def _without_cost(by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in by if name != _COST)


def _has_needs(facts: RequestFacts) -> bool:
    sets, scalars = facts.sets, facts.scalars
    for name in _NEEDS:
        needed = sets.get(name)
        if needed is not None and needed.members:
            return True
    return "tokens.input" in scalars or "tokens.output" in scalars
