"""A decision in one line."""

from __future__ import annotations

import pytest

from policy_router.domain.policy import Matcher, Mode, PolicySet
from policy_router.engine.wording import MOST_IN_A_LINE, denied_line
from tests.small import decided, facts, policy, registry, route, rule
from tests.strategies.predicates import names

UNTRAINED = names("training", Matcher.IS, "prohibited")
WATCHED = rule("watched", require=UNTRAINED, mode=Mode.MONITOR)
MANY = policy(*(rule(f"u{n}", require=UNTRAINED) for n in range(MOST_IN_A_LINE + 1)))


@pytest.mark.parametrize(
    ("in_force", "asked", "line"),
    [
        (PolicySet(()), "one", "`one` is denied: no_policy"),
        (PolicySet(()), None, "any model is denied: no_policy"),
        (
            policy(rule(require=UNTRAINED), WATCHED),
            "one",
            "`one` is denied: no_compliant_route (policy/rule)",
        ),
        (
            policy(rule(needs=("purpose",))),
            "r",
            "`r` is denied: facts_missing (`purpose` is not known: needed by policy/rule)",
        ),
    ],
    ids=("without a policy", "without a name", "a rule", "a fact"),
)
def test_a_denial(in_force: PolicySet, asked: str | None, line: str) -> None:
    assert denied_line(decided(in_force, asked=facts(asked))) == line


def test_of_many_rules_the_first_are_named_once() -> None:
    found = denied_line(decided(MANY, registry(route("r"), route("s"))))
    shown = "; ".join(f"policy/u{n}" for n in range(MOST_IN_A_LINE))
    assert found == f"`one` is denied: no_compliant_route ({shown}; ...)"


def test_decisions_print_in_one_line() -> None:
    assert repr(decided(policy())) == "<permitted one at 2026-06-15T12:00:00+00:00: r>"
    denied = decided(PolicySet(()), asked=facts(None))
    assert repr(denied) == "<denied any model at 2026-06-15T12:00:00+00:00: no_policy>"
