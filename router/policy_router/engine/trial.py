"""A blocked route by itself, tried as it would be once steps are taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from policy_router.domain.decision import RuleVerdict
from policy_router.domain.policy import Mode, Policy
from policy_router.domain.route import Route
from policy_router.engine.fronts import RuleKey
from policy_router.engine.question import Question
from policy_router.engine.reference import candidate_for
from policy_router.engine.steps import Step, about_route, with_steps


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
        self._covering = covering

    def world(self, steps: Collection[Step]) -> Question:
        """The question, were `steps` taken."""
        return with_steps(self.q, self.now.snapshot, steps)

    def stopping(self, world: Question) -> Iterator[RuleKey]:
        """The rules that block the route in `world`."""
        route = world.snapshot.registry.routes[self.route.id]
        yield from blocking(candidate_for(world, self._covering, route).verdicts)

    def permits(self, steps: Collection[Step]) -> bool:
        """Whether `steps` permit the route."""
        return next(self.stopping(self.world(steps)), None) is None


def blocking(verdicts: Iterable[RuleVerdict]) -> Iterator[RuleKey]:
    """The enforced rules among `verdicts` that do not let a route pass."""
    for v in verdicts:
        if v.mode is Mode.ENFORCE and not v.verdict.allows:
            yield v.policy, v.rule
