"""A blocked route by itself, tried as it would be once steps are taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from policy_router.domain.decision import RuleVerdict
from policy_router.domain.policy import Mode, Policy
from policy_router.domain.route import Route
from policy_router.engine.fronts import RuleKey
from policy_router.engine.question import Question
from policy_router.engine.reference import verdict
from policy_router.engine.steps import Step, about_route, with_steps
from policy_router.engine.wording import shortfalls


class Trial:
    """What the definition says of one route, were steps taken.

    `q`: the question as asked. `now`: the same about the route alone, without any steps. `rules`:
    all that could stop it.
    """

    def __init__(self, q: Question, covering: list[Policy], route: Route) -> None:
        self.q = q
        self.route = route
        self.now = Question(about_route(q, route), q.facts, q.moment)
        self.rules = {(p.id, r.id): r for p in covering for r in p.rules}
        self._policies = {(p.id, r.id): p for p in covering for r in p.rules}

    def world(self, steps: Collection[Step]) -> Question:
        """The question, were `steps` taken."""
        return with_steps(self.q, self.now.snapshot, steps)

    def stopping(self, world: Question) -> Iterator[RuleKey]:
        """The rules that block the route in `world`, looked for one by one."""
        return (key for key in self.rules if self._stops(world, key))

    def permits(self, steps: Collection[Step], likely: Iterable[RuleKey] = ()) -> bool:
        """Whether `steps` permit the route. `likely`: the rules to ask first, as they may not."""
        world = self.world(steps)
        if any(self._stops(world, key) for key in likely if key in self.rules):
            return False
        return next(self.stopping(world), None) is None

    def _stops(self, world: Question, key: RuleKey) -> bool:
        """Whether a rule blocks the route, which no rule is asked about if it lacks something."""
        route = world.snapshot.registry.routes[self.route.id]
        if shortfalls(world.snapshot.registry.card(route), world.facts):
            return False
        found = verdict(world, self._policies[key], self.rules[key], route)
        return found.mode is Mode.ENFORCE and not found.verdict.allows


def blocking(verdicts: Iterable[RuleVerdict]) -> Iterator[RuleKey]:
    """The enforced rules among `verdicts` that do not let a route pass."""
    for v in verdicts:
        if v.mode is Mode.ENFORCE and not v.verdict.allows:
            yield v.policy, v.rule
