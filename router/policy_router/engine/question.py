"""A request put to a snapshot at a moment, and what is known of predicates on its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy_router.domain.claim import Moment
from policy_router.domain.policy import Predicate, Rule
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import UNKNOWN, Truth, conjunction, disjunction, negation
from policy_router.engine.matching import FactView, RouteView, holds, tests_in


@dataclass(frozen=True, slots=True)
class Question:
    """One request, put to one snapshot at one moment."""

    snapshot: Snapshot
    facts: RequestFacts
    moment: Moment

    def may_apply(self, predicate: Predicate) -> Truth:
        """A predicate that adds demands: it holds if it does with or without mere declarations."""
        return disjunction(self._views(predicate))

    def surely(self, predicate: Predicate) -> Truth:
        """A predicate that widens or orders: it must hold with and without mere declarations."""
        return conjunction(self._views(predicate))

    def _views(self, predicate: Predicate) -> Iterator[Truth]:
        for facts in self.facts.views:
            yield holds(predicate, FactView(self.snapshot, facts, self.moment).test)

    def knows(self, name: str) -> bool:
        """Whether a fact can be relied on."""
        return all(facts.knows(name) for facts in self.facts.views)

    def open_facts(self, rule: Rule) -> tuple[str, ...]:
        """Unknown facts that leave open whether a rule applies; none if it is known to apply."""
        if self.may_apply(rule.when).known_true:
            return ()
        unknown = (t.subject for t in tests_in(rule.when) if not self.knows(t.subject))
        return tuple(dict.fromkeys(unknown))

    def demands(self, rule: Rule, route: Route, doubt: Truth = UNKNOWN) -> list[Truth]:
        """What is known of each demand: `require`, and the opposite of each part of `forbid`.

        `doubt`: what to take for granted where the request's own facts leave something open.
        """
        wanted: list[Truth] = []
        for facts in self.facts.views:
            view = RouteView(self.snapshot, route, facts, self.moment, rule.demand, doubt)
            if rule.require is not None:
                wanted.append(holds(rule.require, view.test))
            wanted.extend(negation(holds(part, view.test)) for part in rule.forbid)
        return wanted
