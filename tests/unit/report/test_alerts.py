"""What to do about a permission that was lost: the nearest step that would bring one back."""

from __future__ import annotations

from typing import cast

from policy_router.audit.alerts import Alert, Watched
from policy_router.audit.gaps import gaps
from policy_router.audit.matrix import Cell
from policy_router.domain.organisation import Scenario
from policy_router.report.alerts import what_to_do
from tests.explained import CONTRACTED, firm
from tests.small import HERE, NOW, claim, facts, places, policy, provider, registry, route, snapshot

MAIL = Scenario("mail", "Mail", "", facts(data=("personal",)), HERE)


def test_of_equally_short_steps_that_of_the_route_that_lies_nearest_is_named() -> None:
    offered = claim("dpa", "available")
    known = registry(
        provider("abroad", offered, claim("inference_location", places("US"))),
        provider("near", offered, claim("inference_location", places("DE"))),
        route("a", by="abroad"),
        route("z", by="near"),
    )
    world = snapshot(policy(firm("signed", require=CONTRACTED)), known)
    lost = Alert(
        next(iter(Watched)),
        ("mail",),
        ("a", "z"),
        lapsed=(),
        by_time=False,
        decided=cast("Cell", object()),
        steps=gaps(world, [MAIL], ["a", "z"], NOW),
    )
    assert what_to_do(lost).startswith("the nearest step: contract with near; ")
