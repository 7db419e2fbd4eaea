"""Exceptions in force, and what would make them match."""

from __future__ import annotations

import pytest

from policy_router.audit.gaps import thing_of
from policy_router.domain.claim import Validity
from policy_router.domain.policy import All, Not, PolicyException, PolicySet
from tests.explained import (
    CONTRACTED,
    DE,
    DPIA,
    INCLUDES,
    IS,
    NOTHING_KEPT,
    TRANSFER,
    UNTRAINED,
    WITH_ACME,
    explained,
    firm,
    texts,
)
from tests.small import NOON, claim, exception, places, policy, provider, registry, rule
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


@pytest.mark.parametrize(
    ("may_approve", "nobody"),
    [(None, False), ((), True), (("other/*",), True), (("policy/*",), False)],
    ids=("no project says", "nobody", "another policy", "this policy"),
)
def test_an_exception_that_nobody_may_approve_is_told_as_such(
    may_approve: tuple[str, ...] | None, nobody: bool
) -> None:
    in_force = PolicySet((policy(rule(require=UNTRAINED)),), may_approve=may_approve)
    *others, (waived,) = texts(explained(in_force, registry()))
    assert ("the project names nobody who may approve it" in waived) is nobody
    assert len(others) == len(BY_EXCEPTION) - 1


def test_a_way_without_an_exception_stands_first_however_many_steps_it_takes() -> None:
    found = texts(explained(rule(require=All((CONTRACTED, DPIA))), registry()))
    assert [len(steps) for steps in found] == [2, 1]
    assert "exception" in found[-1][0]


def test_what_a_contract_has_to_change_is_told_apart() -> None:
    """For the sake of a transfer the model may run elsewhere, or a mechanism serve where it is."""
    at_home = [claim(name, DE) for name in ("provider_jurisdiction", "support_location")]
    abroad = claim("inference_location", places("US"))
    known = registry(provider("acme", NOTHING_KEPT, abroad, *at_home))
    found = explained(firm(require=TRANSFER), known).remedies
    changed = [{change.otherwise for change in steps} for steps in found]
    assert changed == [{()}, {("inference_location",)}]
    things = [{thing_of(change) for change in steps} for steps in found]
    assert [len(each) for each in things] == [2, 1]
    assert not things[0] & things[1]
