"""What would make a route pass: the smallest sets of steps, exactly, within a stated bound.

Every set of steps that permits the route settles each rule in its way, so it holds, for each of
them, one of the smallest sets that settle that rule. Those are worked out rule by rule and put
together (`effects`, `setwise`). What comes out is tried in the definition, fewest steps first. A
set that falls short because one step undoes another is tried with each further step that bears
on the rule that is then in the way, so that no set within the bound is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import assert_never

from policy_router.domain.decision import Candidate, RuleVerdict, Verdict
from policy_router.domain.policy import All, AnyOf, Mode, Not, Policy, Predicate, Rule, Test
from policy_router.domain.route import Route
from policy_router.engine.effects import Effects
from policy_router.engine.explanation import Change, Remedies
from policy_router.engine.openness import rules_in_doubt
from policy_router.engine.proposals import RuleKey, Wants, steps_for
from policy_router.engine.question import Question
from policy_router.engine.reference import candidate_for
from policy_router.engine.setwise import Bounds, by_size
from policy_router.engine.step_words import change
from policy_router.engine.steps import (
    Contract,
    Shown,
    Stated,
    Step,
    Waived,
    about_route,
    place_of,
    with_steps,
)

LARGEST_SET = 10
MOST_KEPT = 256
MOST_CONFIRMED = 64
MOST_FOUND = 16
ROUNDS = 2


def remedies(q: Question, covering: Sequence[Policy], candidate: Candidate) -> Remedies:
    """The smallest sets of changes that would permit a route that is suitable but blocked."""
    at_stake = _at_stake(covering, candidate)
    search = Search(q, at_stake, q.snapshot.registry.routes[candidate.route])
    found = search.smallest(candidate.verdicts)
    sets = sorted((search.worded(bits) for bits in found), key=lambda s: (len(s), s))
    return Remedies(tuple(sets), complete=not search.bounds.cut)


def _at_stake(covering: Iterable[Policy], candidate: Candidate) -> list[Policy]:
    """The policies without rules that no step could make stop the candidate.

    Rules that are only watched never stop it, and rules that do not apply to the request go on
    not to apply.
    """
    idle = {(v.policy, v.rule) for v in candidate.verdicts if v.verdict is Verdict.NOT_APPLICABLE}
    return [
        replace(
            p,
            rules=tuple(r for r in p.rules if r.mode is Mode.ENFORCE and (p.id, r.id) not in idle),
        )
        for p in covering
    ]


class Search:
    """The search for the steps that would permit one route.

    `effects` holds the steps there are to choose from; `bounds.cut` says whether it was cut.
    """

    def __init__(self, q: Question, covering: Sequence[Policy], route: Route) -> None:
        self._q = q
        self._route = route
        self._covering = list(covering)
        self._rules = {(p.id, r.id): r for p in covering for r in p.rules}
        self._wants = Wants()
        self._now = Question(about_route(q, route), q.facts, q.moment)
        self._blocked: list[RuleKey] = []
        self.bounds = Bounds(LARGEST_SET, MOST_KEPT)
        self.effects = Effects(q, route, (), self.bounds)

    def smallest(self, verdicts: Sequence[RuleVerdict]) -> list[int]:
        """The smallest sets of steps, as bits over the steps of `effects`."""
        at, wanting = self._now, list(_blocking(verdicts))
        self._blocked = wanting
        for _ in range(ROUNDS):
            for policy, rule in wanting:
                self._wants.add(self._q, policy, self._rules[policy, rule], at)
            steps = steps_for(at, self._wants)
            if steps == self.effects.steps:
                break
            self.effects = Effects(self._q, self._route, steps, self.bounds)
            found = self._confirmed(self._settling())
            if found:
                return found
            at = self._after_all()
            wanting = list(_blocking(self._verdicts(at)))
        return []

    def _settling(self) -> tuple[int, ...]:
        """The smallest sets that settle each blocked rule, as if no step undid another."""
        rules = self._rules
        return self.bounds.all_of(self.effects.enough(p, rules[p, r]) for p, r in self._blocked)

    def _after_all(self) -> Question:
        """The world in which everything is signed and shown: what is wanted then is wanted too."""
        ways_round = (Waived, Stated)
        steps = enumerate(self.effects.steps)
        return self.effects.world(sum(1 << n for n, s in steps if not isinstance(s, ways_round)))

    def _confirmed(self, sets: Sequence[int]) -> list[int]:
        """Those that permit the route, or what has to be added to them."""
        heap = [by_size(bits) for bits in sets]
        heapify(heap)
        found: list[int] = []
        tried: set[int] = set()
        while heap:
            size, bits = heappop(heap)
            if bits in tried or any(f & bits == f for f in found):
                continue
            if len(tried) >= MOST_CONFIRMED or len(found) >= MOST_FOUND:
                self.bounds.cut = True
                break
            tried.add(bits)
            stopping = next(_blocking(self._verdicts(self.effects.world(bits))), None)
            if stopping is None:
                found.append(bits)
            elif size >= LARGEST_SET:
                self.bounds.cut = True
            else:
                for further in self._further(bits, stopping):
                    heappush(heap, by_size(further))
        return found

    def _further(self, bits: int, stopping: RuleKey) -> Iterator[int]:
        """The set with each step more that may change what comes of the rule in the way."""
        for n in self.effects.bearing(stopping[0], self._rules[stopping]):
            if not bits >> n & 1:
                yield bits | 1 << n

    def _verdicts(self, world: Question) -> tuple[RuleVerdict, ...]:
        route = world.snapshot.registry.routes[self._route.id]
        return candidate_for(world, self._covering, route).verdicts

    # ---- in words ----

    def worded(self, bits: int) -> tuple[Change, ...]:
        """The steps of a set as changes, in order; contracts say no more than the set needs."""
        steps = self._lean(self.effects.taken(bits))
        stated = frozenset(s.fact for s in steps if isinstance(s, Stated))
        return tuple(sorted(change(self._q, s, self._in_doubt(s, stated)) for s in steps))

    def _in_doubt(self, step: Step, stated: frozenset[str]) -> tuple[str, ...]:
        """The blocked rules that may not apply because a step states a fact, among others."""
        if not isinstance(step, Stated):
            return ()
        doubtful = set(rules_in_doubt(self._q, stated))
        without = set(rules_in_doubt(self._q, stated - {step.fact}))
        return tuple(f"{p}/{r}" for p, r in self._blocked if (p, r) in doubtful - without)

    def _lean(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The steps without what they say for rules that the set waives, or say twice."""
        stated = frozenset(s.fact for s in steps if isinstance(s, Stated))
        spared = {(s.policy, s.rule) for s in steps if isinstance(s, Waived)}
        spared |= set(rules_in_doubt(self._q, stated)) if stated else set()
        needed = {place_of(s): s for s in steps_for(self._now, self._wants, frozenset(spared))}
        lean = tuple(_unsaid(needed.get(place_of(s), s), steps) for s in steps)
        if lean != steps and self._permits(lean):
            steps = lean
        if any(_leaves_a_choice(self._rules[key]) for key in self._blocked):
            for place in range(len(steps)):
                steps = self._with_fewest_terms(steps, place)
        return steps

    def _with_fewest_terms(self, steps: tuple[Step, ...], place: int) -> tuple[Step, ...]:
        """The steps, the one at `place` without terms that the set can spare."""
        step = steps[place]
        for term in step.said if isinstance(step, Contract | Shown) else ():
            if isinstance(step, Contract | Shown) and len(step.said) > 1:
                shorter = (*steps[:place], step.without(term), *steps[place + 1 :])
                if self._permits(shorter):
                    steps, step = shorter, shorter[place]
        return steps

    def _permits(self, steps: Sequence[Step]) -> bool:
        world = with_steps(self._q, self._now.snapshot, steps)
        return not any(_blocking(self._verdicts(world)))


def _blocking(verdicts: Sequence[RuleVerdict]) -> Iterator[RuleKey]:
    for v in verdicts:
        if v.mode is Mode.ENFORCE and not v.verdict.allows:
            yield v.policy, v.rule


def _unsaid(step: Step, steps: Iterable[Step]) -> Step:
    """Evidence without what a contract with the same party states."""
    stated = {
        name
        for s in steps
        if isinstance(s, Contract) and isinstance(step, Shown) and s.hop == step.hop
        for name, _ in s.terms
    }
    for term in step.said if isinstance(step, Shown) else ():
        if term.attribute in stated and isinstance(step, Shown) and len(step.said) > 1:
            step = step.without(term)
    return step


def _leaves_a_choice(rule: Rule) -> bool:
    """Whether a rule can be met in more than one way."""
    return any(map(_has_choice, (*rule.forbid, *((rule.require,) if rule.require else ()))))


def _has_choice(predicate: Predicate) -> bool:
    match predicate:
        case Test():
            return False
        case Not(part):
            return _has_choice(part)
        case All(parts):
            return any(map(_has_choice, parts))
        case AnyOf():
            return True
        case _:
            assert_never(predicate)
