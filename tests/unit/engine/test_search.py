"""The search among given steps, and the policies it looks at."""

from __future__ import annotations

import pytest

from policy_router.domain.policy import AnyOf, Mode, PolicySet, Rule
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.engine.question import Question
from policy_router.engine.reference import decide
from policy_router.engine.remedies import Search, at_stake
from policy_router.engine.setwise import Bounds
from policy_router.engine.steps import Contract, Judged, Stated, Step, Waived
from policy_router.engine.trial import Trial, blocking
from tests.explained import CONTRACTED, DPIA, INCLUDES, IS, PERSONAL, UNTRAINED
from tests.small import NOW, claim, facts, policy, provider, registry, rule, snapshot
from tests.strategies.predicates import names

HEALTH = names("data", INCLUDES, "health")
OPTED_OUT = registry(provider("acme", claim("training", "opted_out"), claim("dpa", "none")))
TRAINED = Contract("acme", (("training", "prohibited"),))
SIGNED = Contract("acme", (("dpa", "in_force"),))
BOTH = Contract("acme", (*TRAINED.terms, *SIGNED.terms))
STATED, JUDGED = Stated("data"), Judged("dpia")
WAIVED_A, WAIVED_B = Waived("policy", "a"), Waived("policy", "b")
A = rule("a", require=UNTRAINED)
KEPT = rule("b", require=names("training", IS, "opted_out"))
OPEN = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")


def found(
    steps: tuple[Step, ...],
    *demanded: Rule,
    known: Registry = OPTED_OUT,
    asked: RequestFacts = PERSONAL,
) -> list[tuple[Step, ...]]:
    """The smallest sets of steps, as they are found."""
    covering = policy(*demanded)
    q = Question(snapshot(covering, known), asked, NOW)
    (candidate,) = decide(q.snapshot, asked, NOW).candidates
    trial = Trial(q, [covering], q.snapshot.registry.routes[candidate.route])
    bounds = Bounds(10, 256)
    search = Search(trial, steps, tuple(blocking(candidate.verdicts)), bounds)
    sets = search.smallest()
    assert not bounds.cut
    return [search.effects.taken(bits) for bits in sets]


@pytest.mark.parametrize(
    ("steps", "sets"),
    [
        ((TRAINED, WAIVED_B), [(TRAINED, WAIVED_B)]),
        ((WAIVED_B, TRAINED), [(WAIVED_B, TRAINED)]),
        ((WAIVED_B, TRAINED, WAIVED_A), [(WAIVED_A,), (WAIVED_B, TRAINED)]),
        ((TRAINED,), []),
        ((WAIVED_A,), [(WAIVED_A,)]),
    ],
)
def test_a_set_by_which_another_rule_loses_is_mended(
    steps: tuple[Step, ...], sets: list[tuple[Step, ...]]
) -> None:
    assert found(steps, A, KEPT) == sets


def test_a_set_is_not_mended_with_what_is_enough_alone() -> None:
    for_health = rule("a", when=HEALTH, require=UNTRAINED)
    steps = (TRAINED, STATED, WAIVED_B)
    assert found(steps, for_health, KEPT, asked=OPEN) == [(STATED,), (TRAINED, WAIVED_B)]


def test_two_sets_may_be_mended_to_the_same_one() -> None:
    """Each way past one rule is in the way of the other; both are mended by one more step."""
    either = rule("a", require=AnyOf((UNTRAINED, CONTRACTED)))
    neither = rule("b", require=names("training", IS, "opted_out"), forbid=(CONTRACTED,))
    steps = (BOTH, WAIVED_B, TRAINED, SIGNED)
    sets = found(steps, either, neither)
    assert len(sets) == len(set(sets)) == 3
    assert all(len(chosen) == 2 and WAIVED_B in chosen for chosen in sets)


def test_rules_that_stop_nothing_are_not_looked_at() -> None:
    watched = rule("watched", require=DPIA, mode=Mode.MONITOR)
    idle = rule("idle", when=HEALTH, require=DPIA)
    covering = [policy(A, watched, idle, KEPT), policy(watched, name="other")]
    in_force = snapshot(PolicySet(tuple(covering)), OPTED_OUT)
    (candidate,) = decide(in_force, PERSONAL, NOW).candidates
    first, second = at_stake(covering, candidate)
    assert [r.id for r in first.rules] == ["a", "b"]
    assert (second.id, second.rules) == ("other", ())
