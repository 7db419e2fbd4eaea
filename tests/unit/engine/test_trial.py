"""A route tried with steps taken: which rules stop it, whichever are asked first."""

from __future__ import annotations

import pytest

from policy_router.domain.policy import Mode
from policy_router.engine.question import Question
from policy_router.engine.steps import Contract, Step
from policy_router.engine.trial import Trial
from tests.explained import CONTRACTED, IS, PERSONAL, UNTRAINED
from tests.small import NOW, claim, facts, policy, provider, registry, rule, snapshot
from tests.strategies.predicates import names

COVERING = policy(rule("a", require=UNTRAINED), rule("b", require=CONTRACTED))
KNOWN = registry(provider("acme", claim("training", "opted_out"), claim("dpa", "none")))
TRAINED = Contract("acme", (("training", "prohibited"),))
SIGNED = Contract("acme", (("dpa", "in_force"),))
BOTH = Contract("acme", (*TRAINED.terms, *SIGNED.terms))
A, B, UNHEARD = ("policy", "a"), ("policy", "b"), ("policy", "z")


def _trial() -> Trial:
    q = Question(snapshot(COVERING, KNOWN), PERSONAL, NOW)
    return Trial(q, [COVERING], KNOWN.routes["r"])


@pytest.mark.parametrize("likely", [(), (A,), (B,), (B, A), (UNHEARD,), (UNHEARD, B)])
@pytest.mark.parametrize(
    ("steps", "stopping"),
    [((), [A, B]), ((TRAINED,), [B]), ((SIGNED,), [A]), ((BOTH,), [])],
)
def test_what_stops_a_route_is_the_same_whatever_is_asked_first(
    steps: tuple[Step, ...], stopping: list[tuple[str, str]], likely: tuple[tuple[str, str], ...]
) -> None:
    trial = _trial()
    assert list(trial.stopping(trial.world(steps))) == stopping
    assert trial.permits(steps, likely) is (stopping == [])


def test_no_rule_is_asked_about_a_route_that_lacks_something() -> None:
    q = Question(snapshot(COVERING, KNOWN), facts("one", features=("flying",)), NOW)
    trial = Trial(q, [COVERING], KNOWN.routes["r"])
    assert list(trial.stopping(trial.now)) == []


def test_a_rule_that_is_only_watched_stops_nothing() -> None:
    watched = policy(rule("a", mode=Mode.MONITOR, require=names("training", IS, "never")))
    q = Question(snapshot(watched, KNOWN), PERSONAL, NOW)
    assert Trial(q, [watched], KNOWN.routes["r"]).permits(())
