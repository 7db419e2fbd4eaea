"""What exports to a country would rest on, and what it wants of a country to rest on something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from policy_router.domain.claim import NO_DEMAND
from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from policy_router.domain.request import RequestFacts
from policy_router.engine.fronts import covered, marks_met
from policy_router.engine.question import Question
from policy_router.engine.resting import Resting
from tests.explained import IS, PERSONAL
from tests.small import NOW, agreement, facts, places, policy, registry, signoff, snapshot
from tests.strategies.predicates import names

TRANSFER = names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "adequacy", "scc_with_tia")
CLAUSES = agreement("scc", Clause(Mechanism.SCC, "M2"))
ASSESSED = signoff("tia", importers=("acme",), countries=("US",))
OPEN = facts(data=("personal",), opened=("data",), purpose="support", tenant="blue")
WITH_HEALTH = replace(facts(data=("personal", "health")), base=PERSONAL)


def resting(*held: Agreement | Signoff, asked: RequestFacts = PERSONAL) -> Resting:
    return Resting(Question(snapshot(policy(), registry(*held)), asked, NOW))


def met(country: str, *held: Agreement | Signoff, asked: RequestFacts = PERSONAL) -> int:
    transfers = [(("policy", "rule"), NO_DEMAND, TRANSFER)]
    return marks_met(places(country), list(resting(*held, asked=asked).marks("acme", transfers)))


@pytest.mark.parametrize(
    ("held", "asked", "country", "rests"),
    [
        ((), PERSONAL, "DE", True),
        ((), PERSONAL, "US", False),
        ((CLAUSES,), PERSONAL, "US", False),
        ((CLAUSES, ASSESSED), PERSONAL, "US", True),
        ((CLAUSES, ASSESSED), PERSONAL, "IN", False),
        ((CLAUSES, ASSESSED), OPEN, "US", False),
        ((CLAUSES, ASSESSED), WITH_HEALTH, "US", False),
        (
            (CLAUSES, replace(ASSESSED, data=frozenset({"personal", "health"}))),
            WITH_HEALTH,
            "US",
            True,
        ),
    ],
)
def test_what_exports_to_a_country_rest_on(
    held: Sequence[Agreement | Signoff], asked: RequestFacts, country: str, rests: bool
) -> None:
    assert resting(*held, asked=asked).rests("acme", NO_DEMAND, TRANSFER, country) is rests


def test_each_demand_is_looked_at_by_itself() -> None:
    here = resting(CLAUSES, ASSESSED)
    at_home = names("transfer_basis.eu_gdpr", IS, "not_a_transfer")
    assert here.rests("acme", NO_DEMAND, TRANSFER, "US")
    assert not here.rests("acme", NO_DEMAND, at_home, "US")


@pytest.mark.parametrize("asked", [PERSONAL, OPEN])
def test_a_country_that_needs_fewer_steps_has_more(asked: RequestFacts) -> None:
    """Home, what is assessed or will be once all data is stated, elsewhere, anywhere."""
    ordered = [met(name, ASSESSED, asked=asked) for name in ("DE", "US", "IN", "GLOBAL")]
    for more, fewer in pairwise(ordered):
        assert covered(fewer, [more])
        assert more != fewer


def test_an_assessment_must_cover_the_data_that_was_merely_declared_too() -> None:
    assert met("US", ASSESSED, asked=WITH_HEALTH) == met("IN", ASSESSED, asked=WITH_HEALTH)
    wide = replace(ASSESSED, data=frozenset({"personal", "health"}))
    assert met("US", wide, asked=WITH_HEALTH) != met("IN", wide, asked=WITH_HEALTH)


def test_steps_about_a_country_help_wherever_it_is_a_country() -> None:
    marks = list(resting().marks("acme", [(("policy", "rule"), NO_DEMAND, TRANSFER)]))
    assert [mark.mendable for mark in marks] == [False, True, True]
    assert all(mark.every for mark in marks)
    assert [mark.met(places("US")) for mark in marks] == [True, False, False]
    assert [mark.met(places("GLOBAL")) for mark in marks] == [False, False, False]
