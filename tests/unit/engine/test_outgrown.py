"""Claims that are better than one an exception accepts, and with which its rule may stop again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.policy import All, AnyOf, Matcher, Not, Rule
from policy_router.engine.outgrown import outgrown
from tests.small import exception, rule
from tests.strategies.predicates import bound, names

IS = Matcher.IS
CONTRACTED = names("dpa", IS, "in_force")
UNTRAINED = names("training", IS, "prohibited")
KEPT_BRIEFLY = bound("retention_days", Matcher.AT_MOST, Decimal(30))
PRICED = bound("price.input", Matcher.AT_MOST, Decimal(5))


@pytest.mark.parametrize(
    ("waived", "accepted", "found"),
    [
        (rule(require=CONTRACTED), {}, {}),
        (rule(require=CONTRACTED), {"dpa": ("available",)}, {}),
        (rule(require=CONTRACTED), {"dpa": ("in_force",)}, {}),
        (rule(require=PRICED), {"dpa": ("in_force",)}, {}),
        (rule(require=PRICED), {"dpa": ("available",)}, {"dpa": ("in_force",)}),
        (rule(require=PRICED), {"dpa": ("none", "in_force")}, {"dpa": ("available",)}),
        (rule(require=CONTRACTED), {"dpa": ("none",)}, {"dpa": ("available",)}),
        (rule(require=CONTRACTED), {"dpa": ("none", "available")}, {}),
        (
            rule(require=All((CONTRACTED, PRICED))),
            {"dpa": ("available",)},
            {"dpa": ("in_force",)},
        ),
        (rule(require=All((CONTRACTED, PRICED))), {"dpa": ("available", "in_force")}, {}),
        (rule(require=AnyOf((CONTRACTED, PRICED))), {"dpa": ("available",)}, {}),
        (rule(forbid=(Not(CONTRACTED),)), {"dpa": ("available",)}, {}),
        (
            rule(forbid=(Not(CONTRACTED), Not(PRICED))),
            {"dpa": ("available",)},
            {"dpa": ("in_force",)},
        ),
        (
            rule(require=CONTRACTED, forbid=(Not(PRICED),)),
            {"dpa": ("available",)},
            {"dpa": ("in_force",)},
        ),
        (
            rule(require=All((CONTRACTED, UNTRAINED))),
            {"dpa": ("available",), "training": ("prohibited",)},
            {"dpa": ("in_force",)},
        ),
        (rule(require=KEPT_BRIEFLY), {"retention_days": ("45",)}, {}),
        (rule(require=PRICED), {"retention_days": ("45",)}, {"retention_days": ("0",)}),
        (rule(require=PRICED), {"retention_days": ("0", "45")}, {}),
    ],
)
def test_better_claims_that_are_not_accepted_and_not_enough(
    waived: Rule, accepted: dict[str, tuple[str, ...]], found: dict[str, tuple[str, ...]]
) -> None:
    granted = replace(exception(), accepts=tuple(accepted.items()))
    assert dict(outgrown(granted, waived)) == found
