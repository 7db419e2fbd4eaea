"""Deciding inside one epoch: bits of the request, its circumstances, a few set operations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import held, members
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Reason
from policy_router.domain.policy import Alias
from policy_router.domain.request import RequestFacts
from policy_router.engine.answer import Answer, Named
from policy_router.engine.best_route import BestRoute, depends_on_size, numbers_of
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.nearness import Nearness
from policy_router.engine.offers import Cheapest, Routes
from policy_router.engine.readings import Readings
from policy_router.engine.rests import Rests
from policy_router.engine.ruling import Ruling
from policy_router.engine.suitability import Need, Suitability

MOST_REMEMBERED = 8192
"""Circumstances, and answers: fewer where sets of routes are large."""
MOST_BYTES = 64 * 1024 * 1024
"""What one set of routes of each of them may take."""
FEWEST_REMEMBERED = 256

_MAY_COST_TOO_MUCH = {None, Reason.OBLIGATION_CONFLICT}
"""What is found of a request, caps on cost apart, that they may change."""

Views = int | tuple[int, int]
"""The bits of a request: of its one view, or of each of two."""

Chosen = tuple[Routes, Routes, int | None]
"""Permitted routes, the first model's of them, and the best: None if that depends on the size."""


class Epoch:
    """One epoch of one snapshot. `whole`: the same of all routes; None if these are all."""

    def __init__(self, bound: Bound, whole: Callable[[], Epoch] | None = None) -> None:
        self.bound = bound
        self.whole = whole
        self.best_route = BestRoute(bound)
        self.readings = Readings(bound)
        self.nearness = Nearness(bound.snapshot, bound.moment)
        self.suitability = Suitability(bound.snapshot.registry, bound.routes)
        self._bits, self._need = bound.reads.bits, self.suitability.need
        self.aliases = {a.id: a for a in bound.snapshot.policies.aliases}
        bytes_a_set = len(bound.routes) // 8 + 1
        self._most = max(FEWEST_REMEMBERED, min(MOST_REMEMBERED, MOST_BYTES // bytes_a_set))
        self.rests = Rests(self._most)
        self._circumstances: dict[Views, Circumstances] = {}
        self._answers: dict[tuple[Views, str | None, Need | None], Answer] = {}
        self._named: dict[str | None, Named] = {}

    def decide(self, facts: RequestFacts, moment: Moment) -> Ruling:
        """The ruling on a request at a moment of this epoch."""
        facts = self.as_carried_out(facts)
        bits = self._bits
        views: Views = bits(facts) if facts.base is None else (bits(facts), bits(facts.base))
        key = (views, facts.model, self._need(facts))
        answer = self._answers.get(key)
        if answer is None:
            answer = self._meet(facts, key)
        route = answer.route
        if answer.by_size is not None:
            route = self._cheapest(answer, answer.by_size, facts)
        if answer.capped and not self._affords(answer, route, facts):
            answer = self._within_caps(answer, facts, key[2])
            route = answer.route
            if answer.by_size is not None:
                route = self._cheapest(answer, answer.by_size, facts)
        return Ruling(self, answer, facts, moment, route)

    def as_carried_out(self, facts: RequestFacts) -> RequestFacts:
        """A request with the tools that its model uses unasked (`reference.tools_unasked`)."""
        tools = self._tools_unasked.get(facts.model)
        return facts if tools is None else facts.using(tools)

    def tools_unasked(self, name: str | None) -> frozenset[str]:
        """The tools that a call to `name` has, whether it asks for them or not."""
        return self._tools_unasked.get(name, frozenset())

    @cached_property
    def _tools_unasked(self) -> dict[str | None, frozenset[str]]:
        """The names a call to which has tools whatever it asks for, with these."""
        found: dict[str | None, frozenset[str]] = {}
        using = self.suitability.using.values()
        routes = [self.bound.routes[n] for bits in using for n in members(bits)]
        names = {*self.aliases, *(r.id for r in routes), *(r.model for r in routes)}
        for name in names if routes else ():
            tools = self.suitability.tools_of_all(numbers_of(self.named(name).named))
            if tools:
                found[name] = tools
        return found

    def named(self, name: str | None) -> Named:
        """The routes a name stands for."""
        found = self._named.get(name)
        if found is None:
            found = Named(self.bound, name, None if name is None else self.aliases.get(name))
            if found.named:
                self._named[name] = found
        return found

    def _meet(self, facts: RequestFacts, key: tuple[Views, str | None, Need | None]) -> Answer:
        """The answer to a question never met."""
        views, _, need = key
        circumstances = self._circumstances.get(views)
        if circumstances is None:
            each = (views,) if isinstance(views, int) else views
            # Circumstances do not depend on the name asked for, which may be long.
            circumstances = Circumstances(self.bound, facts.of_any_model(), each)
            if len(self._circumstances) >= self._most:
                self._circumstances.clear()
            self._circumstances[views] = circumstances
        answer = self._answer(circumstances, facts, need)
        answer.capped = bool(circumstances.costly) and answer.found in _MAY_COST_TOO_MUCH
        if answer.found is not Reason.UNKNOWN_MODEL:
            if len(self._answers) >= self._most:
                self._answers.clear()
            self._answers[key] = answer
        return answer

    def _affords(self, answer: Answer, route: str | None, facts: RequestFacts) -> bool:
        """Whether the best route, if there is one, is within all caps on cost."""
        number = None if route is None else self.bound.number[route]
        return number is not None and answer.circumstances.affords(number, facts)

    def _within_caps(self, answer: Answer, facts: RequestFacts, need: Need | None) -> Answer:
        """The answer with all caps on cost put to every route."""
        c = answer.circumstances
        return self._answer(c, facts, need, affordable=c.affordable(facts))

    def _cheapest(self, answer: Answer, priced: Cheapest, facts: RequestFacts) -> str:
        best = self.best_route.cheapest(answer.circumstances.by, facts, answer.first, priced)
        return self.bound.routes[best].id

    def _answer(
        self,
        c: Circumstances,
        facts: RequestFacts,
        need: Need | None,
        affordable: int | None = None,
    ) -> Answer:
        """Outcome, permitted routes and the best of them.

        `affordable`: the routes that rules about cost let pass; None leaves these rules aside.
        """
        named = self.named(facts.model)
        suitable = self._suitable(named.routes, need)
        reason = _refused(c, named, suitable)
        if reason is not None:
            return Answer(c, named, reason)
        found = self._chosen(c, facts, suitable, named.alias, affordable)
        stand_in = None if found else self._substitute(c, facts)
        if stand_in is not None:
            # Of an alias that has the requested model too, none of that model's is permitted.
            routes = self._suitable(self.named(stand_in.id).routes, need)
            found = self._chosen(c, facts, routes, stand_in, affordable)
        if found is None or c.conflicts:
            reason = Reason.OBLIGATION_CONFLICT if found else Reason.NO_COMPLIANT_ROUTE
            return Answer(c, named, reason, stand_in=stand_in)
        return self._permitted(c, facts, named, stand_in, found)

    def _permitted(
        self,
        c: Circumstances,
        facts: RequestFacts,
        named: Named,
        stand_in: Alias | None,
        chosen: Chosen,
    ) -> Answer:
        permitted, first, best = chosen
        order = stand_in or named.alias
        if best is None:
            priced = self.best_route.priced(c.by, facts, first)
            return Answer(c, named, None, permitted, first, None, order, stand_in, priced)
        route = self.bound.routes[best].id
        return Answer(c, named, None, permitted, first, route, order, stand_in)

    def _suitable(self, routes: Routes, need: Need | None) -> Routes:
        if need is None:
            return routes
        return routes & need.routes if isinstance(routes, int) else held(need.table, routes)

    def _chosen(
        self,
        c: Circumstances,
        facts: RequestFacts,
        suitable: Routes,
        alias: Alias | None,
        affordable: int | None,
    ) -> Chosen | None:
        """What is permitted of some routes; None if none is."""
        permitted: Routes
        if isinstance(suitable, int):
            permitted = suitable & c.permitted
            if affordable is not None:
                permitted &= affordable
        else:
            permitted = held(c.permitted_table, suitable)
            if affordable is not None:
                permitted = tuple(n for n in permitted if affordable >> n & 1)
        if not permitted:
            return None
        first = self._of_first_model(permitted, alias)
        if depends_on_size(c.by, facts):
            return permitted, first, None
        return permitted, first, self.best_route.of(c.by, facts, first)

    def _of_first_model(self, routes: Routes, alias: Alias | None) -> Routes:
        """The routes of the first model of an alias that has any of these."""
        if alias is None:
            return routes
        numbers = tuple(numbers_of(routes))
        model = self.bound.routes[numbers[0]].model
        return tuple(n for n in numbers if self.bound.routes[n].model == model)

    def _substitute(self, c: Circumstances, facts: RequestFacts) -> Alias | None:
        """The first alias whose substitution for the requested model is known to apply."""
        substitutions = self.bound.snapshot.policies.substitutions
        for number in c.substitutions():
            if substitutions[number].model == facts.model:
                return self.aliases.get(substitutions[number].alias)
        return None


def _refused(c: Circumstances, named: Named, suitable: Routes) -> Reason | None:
    """Why a request is denied before any rule is asked about a route; None if it is not."""
    if not c.covered:
        return Reason.NO_POLICY
    if named.reason is not None:
        return named.reason
    if not suitable:
        return Reason.UNSUITABLE
    if c.missing:
        return Reason.FACTS_MISSING
    return Reason.OBLIGATION if c.refusing else None
