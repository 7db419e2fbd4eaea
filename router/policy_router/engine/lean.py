"""Contracts and evidence that say no more than a set of steps needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import assert_never

from policy_router.domain.contract import Clause
from policy_router.domain.policy import All, AnyOf, Not, Predicate, Rule, Test
from policy_router.engine.fronts import RuleKey
from policy_router.engine.marks import NOTHING_KEPT, RETENTION
from policy_router.engine.proposals import Proposals
from policy_router.engine.steps import Contract, Part, Shown, Step, parts_of, without
from policy_router.engine.trial import Trial

Steps = tuple[Step, ...]


class Lean:
    """Takes from sets of steps, out of `proposals`, what they say without need."""

    def __init__(self, trial: Trial, proposals: Proposals) -> None:
        self._trial = trial
        self._proposals = proposals
        self._any_choice = any(_leaves_a_choice(trial.rules[key]) for key in proposals.keys)

    def lean(self, steps: Steps, spared: Collection[RuleKey]) -> Steps:
        """The steps without what only rules want that the set spares."""
        steps = self._tried(steps, map(self._as_asked, steps))
        steps = self._tried(steps, (without(s, self._spared(s, spared)) for s in steps))
        if self._any_choice or any(map(self._may_say_too_much, steps)):
            for place, step in enumerate(steps):
                if isinstance(step, Contract | Shown):
                    steps = self._without_parts(steps, place, step)
        return steps

    def _without_parts(self, steps: Steps, place: int, step: Contract | Shown) -> Steps:
        """The steps, that at a place without each part that is not needed."""
        for part in parts_of(step):
            shorter = without(steps[place], {part})
            leaner = (*steps[:place], shorter, *steps[place + 1 :])
            steps = self._tried(steps, leaner, self._wanting(step, part))
        return steps

    def _tried(self, steps: Steps, leaner: Iterable[Step], likely: Iterable[RuleKey] = ()) -> Steps:
        shorter = tuple(leaner)
        return shorter if shorter != steps and self._trial.permits(shorter, likely) else steps

    def _as_asked(self, step: Step) -> Step:
        """The step, not saying that nothing is kept where nobody asks for it."""
        if not isinstance(step, Contract | Shown) or (RETENTION, NOTHING_KEPT) not in step.terms:
            return step
        asked = self._proposals.marks.instead_of_nothing()
        if asked is None:
            return without(step, {RETENTION})
        terms = ((name, asked if name == RETENTION else value) for name, value in step.terms)
        return replace(step, terms=tuple(terms))

    def _spared(self, step: Step, spared: Collection[RuleKey]) -> set[Part]:
        """What only rules want that are spared."""
        if not isinstance(step, Contract | Shown):
            return set()
        return {
            part
            for part in parts_of(step)
            if (wanting := self._wanting(step, part)) and wanting <= set(spared)
        }

    def _wanting(self, step: Contract | Shown, part: Part) -> set[RuleKey]:
        if isinstance(part, Clause):
            return self._proposals.clauses[step.hop][part]
        return {want.rule for want in self._proposals.wants.get((step.hop, part), ())}

    def _may_say_too_much(self, step: Step) -> bool:
        """Whether nobody wants some part, or some may do without others.

        Clauses may do without a place at home, and what is not kept without a place of storage.
        """
        if not isinstance(step, Contract | Shown):
            return False
        every_part_is_wanted = all(self._wanting(step, part) for part in parts_of(step))
        if (RETENTION, NOTHING_KEPT) in step.terms or not every_part_is_wanted:
            return True
        wants = (
            w for name, _ in step.terms for w in self._proposals.wants.get((step.hop, name), ())
        )
        return isinstance(step, Contract) and bool(step.clauses) and any(w.home for w in wants)


def _leaves_a_choice(rule: Rule) -> bool:
    """Whether a rule can be met in more than one way."""
    required = rule.require is not None and _has_choice(rule.require, wanted=True)
    return required or any(_has_choice(part, wanted=False) for part in rule.forbid)


def _has_choice(predicate: Predicate, *, wanted: bool) -> bool:
    match predicate:
        case Test():
            return False
        case Not(part):
            return _has_choice(part, wanted=not wanted)
        case All(parts) | AnyOf(parts):
            any_will_do = isinstance(predicate, AnyOf) is wanted
            return any_will_do or any(_has_choice(part, wanted=wanted) for part in parts)
        case _:
            assert_never(predicate)
