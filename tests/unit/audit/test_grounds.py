"""A permission that an exception or a sign-off grants is told from one that is there outright."""

from __future__ import annotations

import csv
import io
import json

import pytest

from policy_router.audit.causes import Effect
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import Matrix, matrix, reachable_routes
from policy_router.audit.turns import Turned, turns
from policy_router.domain.claim import Validity
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Matcher, PolicySet
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.snapshot import Snapshot
from policy_router.report.first_screen import first_rows, granted_note
from policy_router.report.matrix_data import matrix_csv, matrix_json
from policy_router.report.matrix_page import matrix_lines, matrix_markdown, parts
from policy_router.report.screen import Screen
from policy_router.report.turns import turns_json, turns_lines
from tests.small import (
    HERE,
    NOW,
    claim,
    exception,
    facts,
    policy,
    provider,
    registry,
    rule,
    signoff,
    snapshot,
    utc,
)

ASKED = (Scenario("letters", "", "", facts(None, data=("personal",)), HERE),)
TRAINS = Comparison("training", Matcher.IS, ("prohibited",), None, HERE)
JUDGED = Comparison("signoff", Matcher.INCLUDES, ("dpia",), None, HERE)
GOOD, BAD = claim("training", "prohibited"), claim("training", "used")
YEAR = Validity(None, utc("2029-01-01"))
SCREEN = Screen()


def waived(value: str) -> Snapshot:
    only = PolicySet((policy(rule(require=TRAINS)),), exceptions=(exception(valid=YEAR),))
    return snapshot(only, registry(provider("acme", claim("training", value))))


def judged() -> Snapshot:
    return snapshot(policy(rule(require=JUDGED)), registry(signoff(valid=YEAR)))


def of(found: Snapshot) -> Matrix:
    return matrix(found, ASKED, reachable_routes(found), NOW)


@pytest.mark.parametrize(
    ("found", "kind", "name"),
    [(waived("used"), "exceptions", "waiver"), (judged(), "signoffs", "judgement")],
)
def test_a_granted_permission_is_marked_in_every_shape(
    found: Snapshot, kind: str, name: str
) -> None:
    seen = of(found)
    (cell,) = json.loads(matrix_json(seen, seen.cells))["cells"]
    assert (cell["standing"], cell[kind]) == ("permitted", [name])
    assert cell["until"] == "2029-01-01T00:00:00Z"
    (row,) = csv.DictReader(io.StringIO(matrix_csv(seen, seen.cells)))
    assert (row[kind], row["until"]) == (name, "2029-01-01T00:00:00Z")
    first = First(seen.routes, Why.IN_REACH, 1)
    for lines in (
        matrix_lines(parts(seen, seen.cells, first, (), detail=False), SCREEN),
        matrix_lines(parts(seen, seen.cells, first, (), detail=True), SCREEN),
        matrix_markdown(parts(seen, seen.cells, first, (), detail=False)),
    ):
        text = "\n".join(lines)
        assert name in text
        assert "2028-12-31" in text


@pytest.mark.parametrize(
    ("found", "ground"),
    [(waived("used"), "an exception"), (judged(), "a sign-off"), (waived("prohibited"), "")],
)
def test_what_stands_first_says_what_is_not_permitted_outright(
    found: Snapshot, ground: str
) -> None:
    seen = of(found)
    in_use = First(seen.routes, Why.IN_USE, 1)
    ((_, standing),) = first_rows(seen, in_use)[1]
    assert standing == ("permitted*" if ground else "permitted")
    told = f"* only by {ground} of yours, while it holds." if ground else ""
    assert granted_note(seen, in_use) == told
    assert granted_note(seen, First(seen.routes, Why.ASKED_FIRST, 1)) == ""


def test_an_outright_permission_is_not_marked() -> None:
    seen = of(waived("prohibited"))
    (cell,) = json.loads(matrix_json(seen, seen.cells))["cells"]
    assert (cell["exceptions"], cell["signoffs"], cell["until"]) == ([], [], None)


def the_one(old: Snapshot, new: Snapshot) -> Turned:
    found = turns(old, new, ASKED, NOW)
    (turned,) = found.turned
    assert turned.cause.alone or turned.cause.together
    return turned


def test_a_permission_by_exception_in_place_of_an_outright_one_is_a_change() -> None:
    turned = the_one(waived("prohibited"), waived("used"))
    assert turned.turn.effect is Effect.GROUNDS
    found = turns(waived("prohibited"), waived("used"), ASKED, NOW)
    text = "\n".join(turns_lines(found, 40, SCREEN, detail=False))
    assert "waiver" in text
    assert "2028-12-31" in text
    (change,) = json.loads(turns_json(found))["changes"]
    assert (change["before"]["exceptions"], change["after"]["exceptions"]) == ([], ["waiver"])


def test_other_rules_in_the_way_are_a_change() -> None:
    keeps = Comparison("logging", Matcher.IS, ("none",), None, HERE)
    one, other = rule("one", require=TRAINS), rule("other", require=keeps)
    bad, kept = (
        registry(provider("acme", BAD)),
        registry(provider("acme", BAD, claim("logging", "content"))),
    )
    turned = the_one(snapshot(policy(one, other), bad), snapshot(policy(one, other), kept))
    assert turned.turn.effect is Effect.REASON
    assert turned.turn.before is not None
    assert turned.turn.after is not None
    assert turned.turn.before.rules != turned.turn.after.rules
