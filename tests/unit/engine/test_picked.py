"""Nobody can sign with whichever company a gateway picks: a route that pins one is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.audit.gaps import gaps
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.route import GatewayType
from policy_router.report.gaps import brief
from tests.explained import CONTRACTED, firm, told
from tests.small import HERE, NOW, facts, gateway, policy, provider, registry, route, snapshot

SIGNED = policy(firm("signed", require=CONTRACTED))
PICKED = replace(
    provider("hub-upstream", operator="hub-upstream"),
    title="whichever Hub picks",
    entity=None,
    unpinned="the gateway picks a company for each call",
)
OF_A_PLACE = replace(PICKED, operator="acme", entity="Acme Inc", title="Acme in the US")
"""A company that is known, in a place that nothing sets."""


def _behind(kind: GatewayType, of: object = PICKED) -> Registry:
    return registry(replace(gateway(), type=kind), of, route("r", by="hub-upstream"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "pin"),
    [
        (GatewayType.OPENROUTER, "`pin:`, its name there"),
        (GatewayType.OPENAI_COMPATIBLE, "an `address:` that leads to it alone"),
    ],
)
def test_a_step_with_whoever_is_picked_says_what_to_write(kind: GatewayType, pin: str) -> None:
    with_one = (
        "one provider that a route of your own pins (write `kind: route` with `gateway: hub`, its "
        f"`provider:` and {pin}; nobody can sign with whichever Hub picks)"
    )
    known = _behind(kind)
    (step,) = told(SIGNED, known).routes[0].remedies[0]
    assert step.text == f"an agreement with {with_one} in force: `dpa` in_force"
    mail = Scenario("mail", "Mail", "", facts(data=("personal",)), HERE)
    found = gaps(snapshot(SIGNED, known), [mail], ["r"], NOW)
    assert [brief(found.snapshot, m.thing) for m in found.missing] == [f"contract with {with_one}"]


def test_a_company_that_is_known_can_be_signed_with_though_nothing_sets_the_place() -> None:
    known = _behind(GatewayType.OPENAI_COMPATIBLE, OF_A_PLACE)
    (step,) = told(SIGNED, known).routes[0].remedies[0]
    assert step.text.startswith("an agreement with Acme in the US (`hub-upstream`) in force: ")
