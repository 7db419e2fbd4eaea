"""A report over many routes begins with the routes in use, or with offerings, and says which."""

from __future__ import annotations

from datetime import date
from functools import cache, partial

import pytest

from policy_router.audit.gaps import Gaps, Need, gaps
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import matrix
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import PolicySet
from policy_router.domain.snapshot import Snapshot
from policy_router.report.first_screen import (
    first_rows,
    need_rows,
    note,
    note_and_more,
    without_list,
)
from policy_router.report.gaps import brief, gaps_lines
from policy_router.report.matrix_page import parts
from policy_router.report.screen import Screen
from policy_router.store.project import load_project
from tests.explained import IS, WITHIN
from tests.house.tree import ROOT
from tests.small import (
    HERE,
    NOW,
    claim,
    facts,
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

MAIL = Scenario("mail", "Mail", "", facts(data=("personal",)), HERE)
IN_FORCE = PolicySet((policy(rule(require=names("dpa", IS, "in_force"))),))
DIRECT = ("openai-api", "mistral-api")


@cache
def _world() -> Snapshot:
    """Two offerings with a contract on offer, one of them with a second route, and a third."""
    offered = claim("dpa", "available")
    return snapshot(
        IN_FORCE,
        registry(
            gateway("hub"),
            model("one"),
            *(provider(name, offered, covers=("one",)) for name in (*DIRECT, "elsewhere")),
            *(route(f"r-{name}", by=name) for name in (*DIRECT, "elsewhere")),
            route("r-second", by="openai-api"),
        ),
    )


ASKED = First(("r-mistral-api", "r-openai-api", "r-second"), Why.ASKED_FIRST, 4)
USED = First(("r-openai-api",), Why.IN_USE, 4)


@cache
def _gaps(first: First) -> Gaps:
    return gaps(_world(), [MAIL], first.routes, NOW)


def _needs(first: First) -> list[tuple[str, ...]]:
    found = _gaps(first)
    return [tuple(row) for row in need_rows(found, first, partial(brief, found.snapshot))]


def test_routes_in_use_stand_by_themselves() -> None:
    columns, rows = first_rows(matrix(_world(), [MAIL], tuple(_world().registry.routes), NOW), USED)
    assert [c.title for c in columns] == ["Route", "mail"]
    assert rows == [("r-openai-api", "refused")]
    assert _needs(USED) == [("r-openai-api", "mail", "contract with openai-api")]


def test_routes_of_an_offering_stand_together() -> None:
    columns, rows = first_rows(
        matrix(_world(), [MAIL], tuple(_world().registry.routes), NOW), ASKED
    )
    assert [c.title for c in columns] == ["Offering", "mail"]
    assert rows == [("mistral-api", "none"), ("openai-api", "none")]
    assert _needs(ASKED) == [
        ("mistral-api", "mail", "contract with mistral-api"),
        ("openai-api", "mail", "contract with openai-api"),
    ]
    assert without_list(_gaps(ASKED), ASKED) == ""


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (ASKED, ("none of these routes is yours", "3 routes of 4", "`--all`")),
        (USED, ("In use is 1 of 4 routes within reach", "`--all`")),
    ],
)
def test_the_note_says_which_routes_and_how_to_see_more(
    first: First, words: tuple[str, ...]
) -> None:
    assert all(word in note_and_more(first) for word in words)


@pytest.mark.parametrize("why", [Why.CHOSEN, Why.IN_REACH])
def test_nothing_is_said_of_routes_that_are_simply_there(why: Why) -> None:
    assert note(First(("r",), why, 1)) == ""


def test_what_has_no_list_is_named_and_left_out_only_without_a_project() -> None:
    found = _gaps(ASKED)
    stuck = tuple(Need(n.scenario, n.routes, None) for n in found.needs)
    none = Gaps(**{name: getattr(found, name) for name in Gaps.__slots__} | {"needs": stuck})
    assert need_rows(none, ASKED, partial(brief, none.snapshot)) == []
    assert "mistral-api; openai-api" in without_list(none, ASKED)
    used = need_rows(none, First(ASKED.routes, Why.IN_USE, 4), partial(brief, none.snapshot))
    assert {row[2] for row in used} == {"no list was found"}


def test_without_a_project_an_audit_opens_with_that_and_not_with_counts_of_all_routes() -> None:
    seen = matrix(_world(), [MAIL], tuple(_world().registry.routes), NOW)
    for first, opening in ((ASKED, "No project says"), (USED, "As of ")):
        page = list(parts(seen, seen.cells, first, (), detail=False))
        assert page[0].before[0].startswith(opening)
        told = " ".join(text for part in page for text in part.before)
        assert told.count("As of ") == 1
    line = next(parts(seen, seen.cells, ASKED, (), detail=False)).before[1]
    assert line.startswith("Of 4 routes on file, those permitted under `policy v1` for mail: none;")


@pytest.mark.parametrize("first", [ASKED, USED])
def test_what_a_contract_must_say_is_said_wherever_one_is_named(first: First) -> None:
    """Of each company that is named in the rows that are shown, and of no other."""
    told = list(gaps_lines(_gaps(first), first, 1, Screen(width=200)))
    said = [line for line in told if "Sign with " in line]
    assert len(said) == 1
    company = "mistral-api" if first is ASKED else "openai-api"
    assert said[0].endswith(f"Sign with {company}: processing contract: in force")


def test_a_contract_says_what_is_wanted_of_each_attribute_and_those_alike_together() -> None:
    known = registry(gateway(), provider("acme"), route("r"))
    wants = (names("dpa", IS, "in_force"), names("storage_location", WITHIN, "EEA"))
    runs = names("inference_location", WITHIN, "EEA")
    rules = [rule(f"r{n}", require=each) for n, each in enumerate((*wants, runs))]
    first = First(("r",), Why.IN_USE, 1)
    found = gaps(snapshot(PolicySet((policy(*rules),)), known), [MAIL], first.routes, NOW)
    told = " ".join(gaps_lines(found, first, 9, Screen(width=300)))
    assert (
        "Sign with acme: processing contract: in force; where data is stored, where the "
        "model runs: within EEA" in told
    )


def test_every_combination_has_a_need_and_it_is_one_of_the_smallest_sets() -> None:
    loaded = load_project(ROOT / "examples" / "organisation", today=date(2026, 11, 22))
    routes = ("inhouse:assistant-eu", "opper:openai/gpt-5-mini", "opper:openai/o4-mini")
    scenarios = list(loaded.scenarios.values())
    found = gaps(loaded.snapshot, scenarios, routes, Moment(NOW.at))
    needs = {(n.scenario, r): n.things for n in found.needs for r in n.routes}
    assert len(needs) == len(routes) * len(scenarios) == found.combinations
    assert sum(things == () for things in needs.values()) == found.permitted
    bundles = {b.things for b in found.bundles}
    assert {things for things in needs.values() if things} <= bundles


def test_offerings_that_need_as_little_stand_as_they_lie() -> None:
    offered, home = claim("dpa", "available"), claim("inference_location", places("DE"))
    known = registry(
        *(provider(name, offered, *more) for name, more in zip(DIRECT, [(), (home,)], strict=True)),
        *(route(f"r-{name}", by=name) for name in DIRECT),
    )
    first = First(tuple(f"r-{name}" for name in DIRECT), Why.ASKED_FIRST, 2)
    found = gaps(snapshot(IN_FORCE, known), [MAIL], first.routes, NOW)
    rows = need_rows(found, first, partial(brief, found.snapshot))
    assert [row[0] for row in rows] == ["mistral-api", "openai-api"]
