"""When an agreement speaks, and when it puts a claim in force."""

from __future__ import annotations

import pytest

from policy_router.domain.claim import EvidenceDemand, Gap, Moment
from policy_router.domain.contract import Agreement
from policy_router.registry.speaking import agreements_in_force, knowledge
from policy_router.registry.standpoint import Standpoint
from tests.small import (
    NOON,
    NOW,
    agreement,
    claim,
    evidence,
    gateway,
    places,
    provider,
    registry,
    route,
    utc,
)
from tests.unit.registry.speaking import (
    ATTESTED,
    BEFORE_NOON,
    FROM_NOON,
    OURS,
    Case,
    assert_speaks,
    training,
)

OUR_CONTRACT = (
    Case(
        "our contract without an agreement in force is unknown",
        None,
        Gap.NO_AGREEMENT,
        of_route=(claim("training", "prohibited", OURS),),
    ),
    Case(
        "our contract under an agreement in force speaks",
        "prohibited",
        of_route=(claim("training", "prohibited", OURS),),
        agreements=(agreement(dpa="in_force"),),
    ),
    Case(
        "an agreement that has ended puts nothing in force",
        None,
        Gap.NO_AGREEMENT,
        of_route=(claim("training", "prohibited", OURS),),
        agreements=(agreement(dpa="in_force", valid=BEFORE_NOON),),
    ),
)

AGREEMENTS = (
    Case(
        "an agreement in force speaks first",
        "prohibited",
        general=(training("used", ATTESTED),),
        agreements=(agreement(training="prohibited"),),
        agreed="contract",
    ),
    Case(
        "an agreement that is worse than what is published speaks all the same",
        "used",
        of_route=(training("prohibited"),),
        agreements=(agreement(training="used"),),
        agreed="contract",
    ),
    Case(
        "an agreement that says the same as the route speaks",
        "prohibited",
        of_route=(training("prohibited"),),
        agreements=(agreement(training="prohibited"),),
        agreed="contract",
    ),
    Case(
        "an agreement with another party is silent",
        "used",
        general=(training("used"),),
        agreements=(agreement(training="prohibited", parties=("other",)),),
    ),
    Case(
        "an agreement about other models is silent",
        "used",
        general=(training("used"),),
        agreements=(agreement(training="prohibited", models=("two",)),),
    ),
    Case(
        "an agreement about something else is silent",
        "used",
        general=(training("used"),),
        agreements=(agreement(dpa="in_force"),),
    ),
    Case(
        "an agreement not yet recorded is silent",
        "used",
        general=(training("used", recorded="2025-01-01"),),
        agreements=(agreement(training="prohibited", recorded="2026-02-01"),),
        moment=Moment(NOON, utc("2026-01-01")),
    ),
    Case(
        "a blanket agreement does not better what a model document says: unknown",
        None,
        Gap.AGREEMENT_TOO_WIDE,
        of_model=(training("used"),),
        agreements=(agreement(training="prohibited"),),
        agreed="contract",
    ),
    Case(
        "nor what a route document says",
        None,
        Gap.AGREEMENT_TOO_WIDE,
        of_route=(training("used"),),
        agreements=(agreement(training="prohibited", models=(), routes=("r*",)),),
        agreed="contract",
    ),
    Case(
        "nor a model line that the provider excludes",
        None,
        Gap.AGREEMENT_TOO_WIDE,
        attribute="zero_data_retention",
        narrow=(claim("zero_data_retention", "unavailable"),),
        agreements=(agreement(zero_data_retention="granted"),),
        agreed="contract",
    ),
    Case(
        "nor what a route document leaves unknown",
        None,
        Gap.AGREEMENT_TOO_WIDE,
        of_route=(training(None),),
        agreements=(agreement(training="prohibited"),),
        agreed="contract",
    ),
    Case(
        "nor what has no order with it",
        None,
        Gap.AGREEMENT_TOO_WIDE,
        attribute="inference_location",
        of_route=(claim("inference_location", places("US")),),
        agreements=(agreement(inference_location=places("DE")),),
        agreed="contract",
    ),
    Case(
        "unless it names the model",
        "prohibited",
        of_model=(training("used"),),
        agreements=(agreement(training="prohibited", models=("one",)),),
        agreed="contract",
    ),
    Case(
        "or the route",
        "prohibited",
        of_route=(training("used"),),
        agreements=(agreement(training="prohibited", models=(), routes=("r",)),),
        agreed="contract",
    ),
    Case(
        "two agreements in force that differ: unknown",
        None,
        Gap.CONFLICT,
        agreements=(agreement("a", training="prohibited"), agreement("b", training="used")),
        agreed="a",
    ),
    Case(
        "two agreements that agree speak, be one of them too wide",
        "prohibited",
        of_route=(training("used"),),
        agreements=(
            agreement("a", training="prohibited"),
            agreement("b", training="prohibited", models=("one",)),
        ),
        agreed="b",
    ),
    Case(
        "two agreements that agree speak, be the text of one too old",
        "prohibited",
        agreements=(
            agreement("a", training="prohibited", of=evidence(read="2020-01-01")),
            agreement("b", training="prohibited"),
        ),
        demand=EvidenceDemand(max_age_days=365),
        agreed="b",
    ),
    Case(
        "an agreement whose text is too old is unknown: nothing behind it speaks",
        None,
        Gap.TOO_OLD,
        general=(training("prohibited"),),
        agreements=(agreement(training="prohibited", of=evidence(read="2020-01-01")),),
        demand=EvidenceDemand(max_age_days=365),
        agreed="contract",
    ),
)


@pytest.mark.parametrize("case", [*OUR_CONTRACT, *AGREEMENTS], ids=lambda c: c.name)
def test_which_claim_speaks_under_agreements(case: Case) -> None:
    assert_speaks(case)


@pytest.mark.parametrize(
    ("held", "in_force"),
    [
        (agreement(parties=("acme",)), True),
        (agreement(parties=("acme-group",)), True),
        (agreement(parties=("else",)), False),
        (agreement(models=(), routes=("r",)), True),
        (agreement(models=("o*",)), True),
        (agreement(models=("O*",)), False),
        (agreement(valid=FROM_NOON), True),
        (agreement(valid=BEFORE_NOON), False),
    ],
    ids=(
        "with the hop",
        "with its operator",
        "with somebody else",
        "about the route",
        "about models so named",
        "about models otherwise spelt",
        "from now on",
        "until now",
    ),
)
def test_which_agreements_are_in_force(held: Agreement, in_force: bool) -> None:
    known = registry(provider("acme", operator="acme-group"), held)
    found = agreements_in_force(known, known.routes["r"], "acme", NOW)
    assert found == ((held,) if in_force else ())


def test_an_agreement_can_be_with_a_gateway() -> None:
    held = agreement(parties=("relay",))
    known = registry(gateway("relay", adds_hop=True), route(at="relay"), held)
    assert agreements_in_force(known, known.routes["r"], "relay", NOW) == (held,)


def test_a_blanket_agreement_betters_what_a_gateway_says_of_itself() -> None:
    """A gateway's own document is about all of its routes: nothing is more specific in it."""
    relay = gateway("relay", training("used"), adds_hop=True)
    held = agreement(training="prohibited", parties=("relay",))
    known = registry(relay, route(at="relay"), held)
    found = knowledge(Standpoint(known, NOW), known.routes["r"], "relay", "training")
    assert (found.value, found.agreement) == ("prohibited", "contract")
