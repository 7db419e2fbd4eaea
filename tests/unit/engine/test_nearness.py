"""Among routes of which equally much is wanted, those that anybody would try first stand first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Claim
from policy_router.domain.policy import Alias, PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.route import GatewayType, Provider
from policy_router.engine.explanation import Change, ChangeKind
from policy_router.engine.nearness import Nearness, distance, nearest, smallest
from tests.explained import CONTRACTED, IS, firm, told
from tests.small import (
    HERE,
    NOW,
    agreement,
    claim,
    gateway,
    model,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names

RUNS = "inference_location"
UNSIGNED = claim("dpa", "none")
AT_SELLER = replace(gateway(), type=GatewayType.DIRECT)
"""A gateway of the provider, so that no route behind it is the organisation's own."""


def _seller(name: str, *runs: Claim, unpinned: str | None = None) -> Provider:
    return replace(provider(name, UNSIGNED, *runs, covers=("one", "two")), unpinned=unpinned)


def _runs(*countries: str, opened: bool = False, covers: tuple[str, ...] | None = None) -> Claim:
    return claim(RUNS, places(*countries, opened=opened), covers=covers)


ELSEWHERE_AT_HOME = _runs("DE", covers=("two",))
SELLERS = (
    _seller("z-inside", _runs("DE", "SE")),
    _seller("y-partly", _runs("DE", "US")),
    _seller("x-perhaps", _runs("DE", opened=True)),
    _seller("w-likely", ELSEWHERE_AT_HOME),
    _seller("v-likelier", claim(RUNS, None), ELSEWHERE_AT_HOME),
    _seller("u-unknown"),
    _seller("t-mixed", ELSEWHERE_AT_HOME, _runs("US", covers=("two",))),
    _seller("s-abroad", _runs("US")),
    _seller("r-anywhere", _runs("GLOBAL")),
    _seller("a-picked", _runs("DE"), unpinned="the gateway picks a company"),
)
"""Nearest last in the alphabet: of each kind of place one or two, then one nobody can sign with."""


def _world(*more: object) -> Registry:
    routes = [route(seller.id, by=seller.id) for seller in SELLERS]
    return registry(AT_SELLER, model("one"), model("two"), *SELLERS, *routes, *more)  # type: ignore[arg-type]


def _ordered(known: Registry, policies: PolicySet | None = None) -> list[str]:
    order = Nearness(snapshot(policies or PolicySet((policy(),)), known), NOW)
    return sorted(known.routes, key=lambda name: (order.place(name), name))


def test_where_a_model_is_known_to_run_in_the_eea_comes_before_where_it_is_not() -> None:
    assert _ordered(_world()) == [
        "z-inside",
        "x-perhaps",
        "y-partly",
        "v-likelier",
        "w-likely",
        "t-mixed",
        "u-unknown",
        "r-anywhere",
        "s-abroad",
        "a-picked",
    ]


def test_the_worst_hop_of_a_route_counts() -> None:
    far = replace(gateway("far", _runs("US"), adds_hop=True), type=GatewayType.OPPER)
    unknown = replace(gateway("new", adds_hop=True), type=GatewayType.OPPER)
    known = _world(
        far, unknown, route("b-far", at="far", by="z-inside"), route("c", at="new", by="z-inside")
    )
    found = _ordered(known)
    assert found.index("c") > found.index("v-likelier")
    assert found.index("b-far") > found.index("u-unknown")
    assert _ordered(_world(route("u-twin", by="u-unknown")))[7] == "u-unknown"
    assert _ordered(_world(route("b", by="z-inside", below=("s-abroad",)))).index("b") > 5


def test_a_route_of_ones_own_comes_first_wherever_it_runs() -> None:
    hub = replace(gateway("own"), type=GatewayType.LITELLM)
    assert _ordered(_world(hub, route("t-own", at="own", by="s-abroad")))[0] == "t-own"
    held = agreement("held", models=(), routes=("s-abroad",))
    assert _ordered(_world(held))[0] == "s-abroad"
    asked = PolicySet((policy(),), aliases=(Alias("best", ("two",), HERE),))
    assert _ordered(_world(route("s-two", of="two", by="s-abroad")), asked)[0] == "s-two"


def _change(kind: ChangeKind, *otherwise: str, elsewhere: tuple[str, ...] = ()) -> Change:
    return Change(kind, "acme", "", otherwise=otherwise, elsewhere=elsewhere)


def test_to_change_what_is_known_counts_as_a_step_and_an_exception_stands_behind() -> None:
    plain = [_change(ChangeKind.AGREEMENT)]
    moved = [_change(ChangeKind.AGREEMENT, RUNS, elsewhere=(RUNS,))]
    many = [_change(ChangeKind.AGREEMENT, RUNS, "storage_location"), *plain]
    waived = [_change(ChangeKind.EXCEPTION)]
    ordered = [[], plain, moved, many, waived, None]
    assert sorted([*ordered[::-1]], key=distance) == ordered
    assert [distance(steps)[2] for steps in (plain, moved, many)] == [1, 2, 4]


@pytest.mark.parametrize("inside", ["z", "m", "a"])
def test_the_route_that_is_explained_runs_in_the_eea_if_as_little_is_wanted_there(
    inside: str,
) -> None:
    """However it is called: names settle nothing."""
    sellers = [_seller(f"{name}-seller") for name in "bcdefghijklnop"]
    near = _seller(inside, _runs("DE"))
    routes = [route(f"{seller.id}-route", by=seller.id) for seller in (*sellers, near)]
    known = registry(AT_SELLER, *sellers, near, *routes)
    found = nearest(told(policy(rule(require=CONTRACTED)), known).nearest)
    assert found is not None
    assert found.route == f"{inside}-route"


def test_the_smallest_set_is_that_of_the_nearest_route_and_an_exception_the_last_resort() -> None:
    far, home = _seller("a", _runs("US")), _seller("z", _runs("DE"))
    dear = replace(_seller("m", _runs("DE")), claims=(UNSIGNED, claim("training", "used")))
    known = registry(AT_SELLER, far, home, dear, *(route(p.id, by=p.id) for p in (far, home, dear)))
    signed = firm("signed", require=CONTRACTED)
    untrained = rule("untrained", forbid=(names("training", IS, "used"),))
    routes = told(policy(signed, untrained), known).nearest
    assert [change.about for change in smallest(routes)] == ["z"]
    assert smallest(()) == ()
