"""Exceptions in force, and what would make them match."""

from __future__ import annotations

import pytest

from policy_router.domain.claim import Validity
from policy_router.domain.policy import Not, PolicyException, PolicySet
from tests.explained import CONTRACTED, DPIA, INCLUDES, IS, WITH_ACME, explained, firm, texts
from tests.small import NOON, exception, policy, registry
from tests.strategies.predicates import names

SIGNED = "a sign-off `dpia` in force for this route and request"
UNUSED = ("prohibited", "off_by_default")
SHOWN = "`training` prohibited"
BY_EXCEPTION = [[f"{WITH_ACME} {SHOWN}"], [f"evidence for `acme`: {SHOWN}"], [SIGNED]]
RESEARCH = names("purpose", IS, "research")
HEALTH = names("data", INCLUDES, "health")


@pytest.mark.parametrize(
    ("waiver", "sets"),
    [
        (exception(training=UNUSED), BY_EXCEPTION),
        (exception(when=Not(HEALTH), training=UNUSED), BY_EXCEPTION),
        (exception(valid=Validity(None, NOON), training=UNUSED), [[SIGNED]]),
        (exception(valid=Validity(NOON, None), training=UNUSED), BY_EXCEPTION),
        (exception(when=RESEARCH, training=UNUSED), [[SIGNED]]),
        (exception(routes=("s",), training=UNUSED), [[SIGNED]]),
        (exception(of="policy/other", training=UNUSED), [[SIGNED]]),
    ],
    ids=(
        "in force",
        "of such requests",
        "has ended",
        "begins now",
        "of other requests",
        "of other routes",
        "of another rule",
    ),
)
def test_a_claim_that_an_exception_accepts_is_a_way(
    waiver: PolicyException, sets: list[list[str]]
) -> None:
    in_force = PolicySet((policy(firm(require=DPIA)),), exceptions=(waiver,))
    assert texts(explained(in_force, registry())) == sets


def test_what_an_exception_accepts_is_said_beside_what_another_rule_demands() -> None:
    """One contract says both, and no sign-off is needed; it would be a step more."""
    rules = firm(name="a", require=CONTRACTED), firm(require=DPIA)
    in_force = PolicySet((policy(*rules),), exceptions=(exception(training=UNUSED),))
    assert texts(explained(in_force, registry())) == [[f"{WITH_ACME} `dpa` in_force, {SHOWN}"]]
