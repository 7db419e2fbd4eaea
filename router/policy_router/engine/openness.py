"""Which rules might turn out not to apply, were facts of the request stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from policy_router.domain.policy import All, AnyOf, Mode, Not, Predicate, Rule
from policy_router.domain.policy import Test as FactTest
from policy_router.domain.request import RequestFacts
from policy_router.engine.matching import FactView
from policy_router.engine.question import Question


def rules_in_doubt(q: Question, stated: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The enforced rules that may not apply once the facts `stated` are, as policy and rule."""
    for policy in q.snapshot.policies.policies:
        for rule in policy.rules:
            if rule.mode is Mode.ENFORCE and may_not_apply(q, rule, stated):
                yield policy.id, rule.id


def may_not_apply(q: Question, rule: Rule, stated: frozenset[str]) -> bool:
    """Whether values of the facts `stated` are possible for which the rule does not apply."""
    return all(
        _Possible(q, view, stated).come_out(rule.when, wanted=False) for view in q.facts.views
    )


class _Possible:
    """How predicates on facts may come out; each unknown test on a stated fact as one likes."""

    def __init__(self, q: Question, facts: RequestFacts, stated: frozenset[str]) -> None:
        self._view = FactView(q.snapshot, facts, q.moment)
        self._stated = stated

    def come_out(self, predicate: Predicate, *, wanted: bool) -> bool:
        """Whether `predicate` may become known true; known false, where `wanted` is False."""
        match predicate:
            case FactTest():
                return self._test(predicate, wanted=wanted)
            case Not(part):
                return self.come_out(part, wanted=not wanted)
            case All(parts) | AnyOf(parts):
                each = (self.come_out(p, wanted=wanted) for p in parts)
                return all(each) if isinstance(predicate, All) is wanted else any(each)
            case _:
                assert_never(predicate)

    def _test(self, test: FactTest, *, wanted: bool) -> bool:
        truth = self._view.test(test)
        if test.subject in self._stated:
            return truth.may_be_true if wanted else truth.may_be_false
        return truth.known_true if wanted else truth.known_false
