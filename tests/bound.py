"""What is known of one predicate as the engine binds it, to stand beside the definition's."""

from __future__ import annotations

from dataclasses import replace

from policy_router.compiler.bind import Bound
from policy_router.compiler.lower import lower
from policy_router.domain.policy import PolicySet, Predicate
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.truth import Truth
from policy_router.engine.matching import FactView, RouteView, holds
from tests.small import policy, rule


def truth_of(predicate: Predicate, view: FactView) -> Truth:
    """What is known of a predicate on facts: by the definition, and just the same when bound."""
    truth = holds(predicate, view.test)
    snapshot = replace(view.snapshot, policies=PolicySet((policy(scope=predicate),)))
    bound = Bound(lower(snapshot.policies), snapshot, view.moment)
    true, possible = bound.reads.packing.split(bound.reads.bits(view.facts))
    (covering,) = bound.policies
    assert covering.scope.holds(true, possible) is truth.known_true
    assert covering.scope.holds(possible, true) is not truth.known_false
    return truth


class BoundBeside(RouteView):
    """A view of a route of which every test is looked up in what is bound as well."""

    def test(self, test: Comparison) -> Truth:
        """What is known of a test: by the definition, and just the same when bound."""
        truth = super().test(test)
        demanding = policy(rule(require=test, demand=self.demand))
        snapshot = replace(
            self.snapshot, policies=replace(self.snapshot.policies, policies=(demanding,))
        )
        bound = Bound(lower(snapshot.policies), snapshot, self.moment)
        (demand,) = bound.policies[0].rules[0].planned.demands
        bits = bound.reads.bits(self.facts)
        found = bound.demand(demand, self.facts, bits, doubt=self.doubt)
        assert found.at(bound.number[self.route.id]) == (
            truth.known_true,
            truth.known_false,
            truth.may_be_true,
            truth.may_be_false,
        )
        return truth
