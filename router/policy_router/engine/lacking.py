"""Which tests of a rule which routes do not meet, for all routes at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from policy_router.compiler.formula import Atom, Every, Formula, Opposite, Some
from policy_router.compiler.plan import PlannedRule
from policy_router.domain.request import RequestFacts
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.question import Question
from policy_router.engine.shortfalls import Aim


@dataclass(frozen=True, slots=True)
class Lack:
    """A test, seen with one view of a request, and the routes that do not meet it.

    `known`: those of them that are known not to meet it; of the others it is not known.
    `atom`: the number of the test in the plan; `settled`: the bits of the view.
    """

    atom: int
    unmet: Aim
    view: RequestFacts
    settled: int
    routes: int
    known: int

    def is_about(self, number: int) -> bool:
        """Whether route number `number` does not meet it."""
        return bool(self.routes >> number & 1)

    def is_known(self, number: int) -> bool:
        """Whether route number `number` is known not to meet it."""
        return bool(self.known >> number & 1)


class Lacking:
    """What each rule of the covering policies finds wanting, for every route of an epoch.

    Rules go by their place: the order of a candidate's verdicts.
    """

    def __init__(self, c: Circumstances, q: Question) -> None:
        self._c = c
        self._q = q
        rules = [rule for policy in c.covering for rule in policy.rules]
        self.rules = tuple(rule.planned for rule in rules)
        self._lacks: dict[int, tuple[Lack, ...]] = {}
        self._open: dict[int, tuple[str, ...]] = {}

    def of(self, place: int) -> tuple[Lack, ...]:
        """The tests that keep demands of a rule from being known to be met, as written."""
        found = self._lacks.get(place)
        if found is None:
            found = self._lacks[place] = lacks(self._c, self.rules[place], self._q.facts)
        return found

    def open_facts(self, place: int) -> tuple[str, ...]:
        """The unknown facts that leave open whether a rule applies."""
        found = self._open.get(place)
        if found is None:
            found = self._open[place] = self._q.open_facts(self.rules[place].rule)
        return found


def lacks(c: Circumstances, rule: PlannedRule, facts: RequestFacts) -> tuple[Lack, ...]:
    """The tests that keep demands of `rule` from being known to be met, as written."""
    found: list[Lack] = []
    for view, settled in zip(facts.views, c.views, strict=True):
        walk = _Walk(c, view, settled)
        for demand in rule.demands:
            found.extend(walk.lacks(demand, c.bound.full, wanted=True))
    return tuple(_united(found))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One view of a request, for which formulas are walked down to their tests."""

    circumstances: Circumstances
    view: RequestFacts
    settled: int

    def lacks(self, formula: Formula, routes: int, *, wanted: bool) -> Iterator[Lack]:
        bound = self.circumstances.bound
        bits = bound.demand(formula, self.view, self.settled)
        left = routes & ~(bits.true if wanted else bits.false)
        if not left:
            return
        match formula:
            case Atom(number):
                open_to = bits.maybe_true if wanted else bits.maybe_false
                test = bound.plan.route_atoms[number].test
                unmet = Aim(test, wanted)
                yield Lack(number, unmet, self.view, self.settled, left, left & ~open_to)
            case Opposite(part):
                yield from self.lacks(part, left, wanted=not wanted)
            case Every(parts) | Some(parts):
                for part in parts:
                    yield from self.lacks(part, left, wanted=wanted)
            case _:
                assert_never(formula)


def _united(found: list[Lack]) -> Iterator[Lack]:
    """Each test once for a view, wherever in the rule it stands."""
    united: dict[tuple[Aim, int], Lack] = {}
    for lack in found:
        key = (lack.unmet, id(lack.view))
        seen = united.get(key)
        if seen is not None:
            lack = replace(seen, routes=seen.routes | lack.routes, known=seen.known | lack.known)  # noqa: PLW2901
        united[key] = lack
    yield from united.values()
