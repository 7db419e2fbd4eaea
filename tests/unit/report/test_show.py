"""The page of a model begins with what its reader came for, and ends with how to call it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.audit.prospects import prospects
from policy_router.audit.sheet import sheet
from policy_router.domain.organisation import Scenario
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.report.screen import Screen
from policy_router.report.show import show_lines
from tests.explained import CONTRACTED, firm
from tests.small import (
    HERE,
    NOW,
    claim,
    evidence,
    facts,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    snapshot,
)

MAIL = Scenario("mail", "Mail", "", facts(data=("personal",)), HERE)
LEAVING = LifecycleEvent("deprecated", NOW.at, evidence())


def _route(name: str, at: str) -> Route:
    return replace(route(name, at=at), lifecycle=(LEAVING,))


def _shown(gateways: int, *, everything: bool = False) -> list[str]:
    names = [f"g{n}" for n in range(gateways)]
    routes = tuple(_route(f"r{n}", name) for n, name in enumerate(names))
    hubs = map(gateway, names)
    known = registry(*hubs, model("one"), provider("acme", claim("dpa", "available")), *routes)
    world = snapshot(policy(firm("signed", require=CONTRACTED)), known)
    page = sheet(world, "one", routes, NOW)
    packs = list(prospects(world, [MAIL], [r.id for r in routes], NOW))
    return list(show_lines(page, packs, Screen(width=200), everything=everything))


@pytest.mark.parametrize("everything", [False, True])
def test_what_may_go_there_comes_first_and_what_is_about_to_go_right_after(
    *, everything: bool
) -> None:
    lines = _shown(2, everything=everything)
    assert lines[1] == "2 routes within reach through `g0`, `g1`."
    titles = [
        "What may go there, each pack on its own",
        "Nearest steps, for data that may go nowhere yet",
        "Deprecated or retired, now or soon",
        "Card",
    ]
    places = [lines.index(title) for title in titles]
    assert places == sorted(places)
    assert places[0] == 3
    told = [line for line in lines if "Deprecated from" in line]
    assert [lines.index(line) for line in told] == [places[2] + 1]


def test_many_gateways_are_counted_and_not_listed_before_the_answer() -> None:
    assert _shown(9)[1] == (
        "9 routes within reach through 9 gateways, which the table of routes names."
    )


@pytest.mark.parametrize("everything", [False, True])
def test_the_table_of_routes_says_who_runs_each(*, everything: bool) -> None:
    lines = _shown(2, everything=everything)
    titles = lines[lines.index("Routes") + 1]
    asked = ["Route", "Provider", "Region", "Zero retention", "Training", "Input", "Output"]
    assert [title.strip() for title in titles.split("  ") if title.strip()] == asked


@pytest.mark.parametrize("everything", [False, True])
def test_both_calls_stand_on_the_page(*, everything: bool) -> None:
    lines = _shown(2, everything=everything)
    calls = [line for line in lines if line.startswith("Call it from")]
    assert calls == ["Call it from Python", "Call it from JavaScript"]
    assert sum(line.startswith("Where the address was read") for line in lines) == 1
