"""The nearest steps on the page of a model: one for each scenario that is shut, or that none is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from policy_router.audit import gaps
from policy_router.audit.prospects import prospects
from policy_router.domain.decision import Candidate
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy
from policy_router.domain.registry import Registry
from policy_router.engine.explanation import Remedies
from policy_router.engine.question import Question
from policy_router.engine.remedies import remedies
from policy_router.report.prospects import nearest_lines, prospect_data, standing_lines
from policy_router.report.screen import Screen
from tests.explained import CONTRACTED, DPIA, INCLUDES, WITHIN, firm
from tests.small import (
    HERE,
    NOW,
    claim,
    facts,
    gateway,
    places,
    policy,
    provider,
    registry,
    route,
    signoff,
    snapshot,
)
from tests.strategies.predicates import names

HEALTH = names("data", INCLUDES, "health")
SCENARIOS = tuple(
    Scenario(name, name, "", facts(data=(kind,)), HERE)
    for name, kind in (("mail", "personal"), ("notes", "health"))
)
UNSIGNED = claim("dpa", "available")
KNOWN = registry(
    gateway(),
    provider("abroad", UNSIGNED, claim("inference_location", places("US"))),
    provider("near", UNSIGNED, claim("inference_location", places("DE"))),
    route("a", by="abroad"),
    route("z", by="near"),
)


def _told(in_force: Policy, known: Registry = KNOWN) -> str:
    packs = prospects(snapshot(in_force, known), SCENARIOS, sorted(known.routes), NOW)
    return " ".join(" ".join(nearest_lines(packs, Screen(width=400))).split())


def test_each_scenario_that_is_shut_has_its_own_step_on_the_route_that_lies_nearest() -> None:
    judged = firm("judged", require=DPIA, when=HEALTH)
    assert _told(policy(firm("signed", require=CONTRACTED), judged)) == (
        "Nearest steps, for data that may go nowhere yet "
        "- on `z`: contract with near "
        "`policy` for mail: refused: processing contract "
        "- on `z`: contract with near; sign-off `dpia` "
        "`policy` for notes: refused: processing contract, sign-off by a person"
    )


JUDGED = firm("judged", require=DPIA, when=HEALTH)


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        (["z"], ["permitted", "permitted*", "* only by a sign-off of yours, while it holds."]),
        (
            ["a", "z"],
            [
                "2 of 2",
                "1 of 2*",
                "* all or some of these only by a sign-off of yours, while it holds.",
            ],
        ),
    ],
)
def test_what_a_sign_off_of_yours_permits_is_marked(routes: list[str], told: list[str]) -> None:
    approved = signoff(data=("health",), routes=("z",))
    known = replace(KNOWN, signoffs=(approved,))
    packs = list(prospects(snapshot(policy(JUDGED), known), SCENARIOS, routes, NOW))
    *_, row, note = standing_lines(packs, Screen())
    assert [*re.split(" {2,}", row)[1:], note] == told
    given = [e for e in prospect_data(packs) if e["standing"] == "permitted" and e["signoffs"]]
    assert [(each["scenario"], each["route"]) for each in given] == [("notes", "z")]


def test_what_needs_no_sign_off_has_no_mark() -> None:
    packs = list(prospects(snapshot(policy(JUDGED), KNOWN), SCENARIOS[:1], ["z"], NOW))
    assert len(standing_lines(packs, Screen())) == 2
    assert "*" not in "".join(standing_lines(packs, Screen()))


def test_scenarios_that_need_the_same_stand_together() -> None:
    assert _told(policy(firm("signed", require=CONTRACTED))) == (
        "Nearest steps, for data that may go nowhere yet "
        "- on `z`: contract with near `policy`: refused: processing contract"
    )


def test_of_a_scenario_that_no_document_opens_it_is_said() -> None:
    """No company moves its seat for a customer."""
    seated = claim("provider_jurisdiction", places("US"))
    known = registry(gateway(), provider("acme", UNSIGNED, seated), route("r"))
    seat = names("provider_jurisdiction", WITHIN, "EEA")
    stays = firm("stays", require=seat, when=HEALTH)
    assert _told(policy(firm("signed", require=CONTRACTED), stays), known) == (
        "Nearest steps, for data that may go nowhere yet "
        "- on `r`: contract with acme "
        "`policy` for mail: refused: processing contract "
        "- no list of documents would do on any of these routes; nearest is `r` "
        "`policy` for notes: refused: processing contract, country of the operating company"
    )


def test_nothing_is_said_where_something_may_go_for_every_scenario() -> None:
    assert _told(policy()) == ""


def test_steps_are_searched_no_further_than_the_nearest_route_of_which_one_step_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a model with dozens of routes each search would be waited for."""
    searched: list[str] = []

    def noted(q: Question, covering: Sequence[Policy], candidate: Candidate) -> Remedies:
        searched.append(candidate.route)
        return remedies(q, covering, candidate)

    monkeypatch.setattr(gaps, "remedies", noted)
    assert "- on `z`: contract with near" in _told(policy(firm("signed", require=CONTRACTED)))
    assert set(searched) == {"z"}


def test_a_route_further_off_is_named_where_fewer_steps_are_wanted_of_it() -> None:
    known = registry(
        gateway(),
        provider("abroad", UNSIGNED, claim("inference_location", places("US"))),
        provider("near", UNSIGNED, claim("inference_location", places("DE"))),
        route("a", by="abroad"),
        route("z", by="near"),
        signoff(routes=("a",), data=("personal", "health")),
    )
    judged = firm("judged", require=DPIA)
    assert "- on `a`: contract with abroad" in _told(
        policy(firm("signed", require=CONTRACTED), judged), known
    )
