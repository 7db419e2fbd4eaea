"""A decision in one line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.policy import Matcher, Mode, PolicySet
from policy_router.engine.wording import denied_line, shortfalls
from tests.small import decided, facts, model, policy, registry, route, rule
from tests.strategies.predicates import names

UNTRAINED = names("training", Matcher.IS, "prohibited")
WATCHED = rule("watched", require=UNTRAINED, mode=Mode.MONITOR)


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


@pytest.mark.parametrize(("count", "more"), [(3, ""), (4, "; ...")])
def test_of_many_rules_the_first_are_named_once(count: int, more: str) -> None:
    many = policy(*(rule(f"u{n}", require=UNTRAINED) for n in range(count)))
    found = denied_line(decided(many, registry(route("r"), route("s"))))
    shown = f"policy/u0; policy/u1; policy/u2{more}"
    assert found == f"`one` is denied: no_compliant_route ({shown})"


@pytest.mark.parametrize(
    ("tokens", "said"), [(0, ()), (1, ("1 tokens in all: the limit is not known",))]
)
def test_a_limit_that_nobody_states_is_none_for_nothing(tokens: int, said: tuple[str, ...]) -> None:
    assert shortfalls(model(window=None), facts(tokens__input=Decimal(tokens))) == said


def test_decisions_print_in_one_line() -> None:
    assert repr(decided(policy())) == "<permitted one at 2026-06-15T12:00:00+00:00: r>"
    denied = decided(PolicySet(()), asked=facts(None))
    assert repr(denied) == "<denied any model at 2026-06-15T12:00:00+00:00: no_policy>"
