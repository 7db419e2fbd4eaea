"""Which claim speaks at a hop: each sentence of the language as a case."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.claim import EvidenceDemand, Gap, Moment
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.small import (
    NOON,
    NOW,
    claim,
    evidence,
    gateway,
    model,
    places,
    provider,
    registry,
    route,
    utc,
)
from tests.unit.registry.speaking import (
    ATTESTED,
    BEFORE_NOON,
    CATALOGUE,
    FROM_NOON,
    GUESSED,
    OURS,
    Case,
    assert_speaks,
    training,
)

DATES = (
    Case("nothing is said", None, Gap.ABSENT),
    Case("a claim speaks", "used", general=(training("used"),)),
    Case(
        "a null claim speaks and says unknown",
        None,
        Gap.STATED_UNKNOWN,
        general=(training("prohibited"),),
        of_route=(training(None),),
    ),
    Case(
        "outside its validity a claim says nothing",
        "used",
        general=(training("used"),),
        of_route=(claim("training", "prohibited", valid=BEFORE_NOON),),
    ),
    Case(
        "from its first instant a claim speaks",
        "prohibited",
        general=(training("used"),),
        of_route=(claim("training", "prohibited", valid=FROM_NOON),),
    ),
    Case(
        "what was not yet recorded is not known",
        "used",
        general=(training("used"),),
        of_route=(training("prohibited", recorded="2026-05-02"),),
        moment=Moment(NOON, utc("2026-05-01")),
    ),
    Case(
        "what was recorded since is known now",
        "prohibited",
        general=(training("used"),),
        of_route=(training("prohibited", recorded="2026-05-02"),),
    ),
    Case(
        "of several records in one document the latest speaks",
        "used",
        general=(training("prohibited"), training("used", recorded="2026-05-02")),
    ),
    Case(
        "the latest record speaks though its source is weaker",
        "used",
        general=(training("prohibited", ATTESTED), training("used", GUESSED, "2026-05-02")),
    ),
    Case(
        "the latest record speaks though it says unknown",
        None,
        Gap.STATED_UNKNOWN,
        general=(training("prohibited"), training(None, recorded="2026-05-02")),
    ),
    Case(
        "records of one day that differ are unknown",
        None,
        Gap.CONFLICT,
        general=(training("prohibited", ATTESTED), training("used")),
        overruled=1,
    ),
    Case(
        "records of one day that agree speak",
        "prohibited",
        general=(training("prohibited"), training("prohibited", ATTESTED)),
    ),
    Case(
        "a model that the source does not cover is unknown",
        None,
        Gap.ABSENT,
        general=(training("prohibited"),),
        covers=("two",),
    ),
)

SCOPES = (
    Case(
        "route before model before offering",
        "opted_out",
        general=(training("prohibited"),),
        of_model=(training("off_by_default"),),
        of_route=(training("opted_out"),),
    ),
    Case(
        "model before offering",
        "off_by_default",
        general=(training("used"),),
        of_model=(training("off_by_default"),),
    ),
    Case(
        "an offering's claim for some models before its general one",
        "off_by_default",
        general=(training("used"),),
        narrow=(training("off_by_default"),),
    ),
    Case(
        "an offering's claim for some models stands where the offering covers others only",
        "off_by_default",
        narrow=(training("off_by_default"),),
        covers=("two",),
    ),
    Case(
        "better evidence and less favourable: the general claim wins, the conflict is reported",
        "used",
        general=(training("used", ATTESTED),),
        of_route=(training("prohibited"),),
        overruled=1,
    ),
    Case(
        "better evidence but more favourable: the specific claim stays",
        "used",
        general=(training("prohibited", ATTESTED),),
        of_route=(training("used"),),
    ),
    Case(
        "equal evidence: the specific claim stays",
        "prohibited",
        general=(training("used"),),
        of_route=(training("prohibited"),),
    ),
    Case(
        "worse evidence: the specific claim stays",
        "prohibited",
        general=(training("used", CATALOGUE),),
        of_route=(training("prohibited"),),
    ),
    Case(
        "better evidence that says unknown wins: unknown is less favourable",
        None,
        Gap.STATED_UNKNOWN,
        general=(training(None, ATTESTED),),
        of_route=(training("prohibited"),),
        overruled=1,
    ),
    Case(
        "better evidence and values without order: unknown",
        None,
        Gap.CONFLICT,
        attribute="inference_location",
        general=(claim("inference_location", places("US"), ATTESTED),),
        of_route=(claim("inference_location", places("DE")),),
        overruled=1,
    ),
    Case(
        "better evidence and more places: the general claim wins",
        places("DE", "US"),
        attribute="inference_location",
        general=(claim("inference_location", places("DE", "US"), ATTESTED),),
        of_route=(claim("inference_location", places("DE")),),
        overruled=1,
    ),
    Case(
        "one level that disagrees: the less favourable",
        "used",
        narrow=(training("prohibited", ATTESTED),),
        of_model=(training("used", GUESSED),),
        overruled=1,
    ),
    Case(
        "one level that disagrees without order: unknown",
        None,
        Gap.CONFLICT,
        attribute="zdr_exceptions",
        narrow=(claim("zdr_exceptions", places("flagged_content")),),
        of_model=(claim("zdr_exceptions", places("legal_order"), ATTESTED),),
        overruled=1,
    ),
    Case(
        "one level that agrees: the better evidence speaks",
        "prohibited",
        narrow=(training("prohibited", GUESSED),),
        of_model=(training("prohibited", ATTESTED),),
        demand=EvidenceDemand(at_least=ATTESTED),
    ),
)

DEMANDS = (
    Case(
        "evidence as old as the limit passes",
        "used",
        general=(claim("training", "used", evidence(read="2025-06-15")),),
        demand=EvidenceDemand(max_age_days=365),
    ),
    Case(
        "a day older does not",
        None,
        Gap.TOO_OLD,
        general=(claim("training", "used", evidence(read="2025-06-14")),),
        demand=EvidenceDemand(max_age_days=365),
    ),
    Case(
        "age counts from verification",
        "used",
        general=(claim("training", "used", evidence(read="2020-01-01", verified="2026-06-01")),),
        demand=EvidenceDemand(max_age_days=365),
    ),
    Case(
        "a source as strong as demanded passes",
        "used",
        general=(training("used", CATALOGUE),),
        demand=EvidenceDemand(at_least=CATALOGUE),
    ),
    Case(
        "a weaker one does not, and nothing behind it speaks",
        None,
        Gap.WEAK_SOURCE,
        general=(training("prohibited", CATALOGUE),),
        of_route=(training("prohibited", GUESSED),),
        demand=EvidenceDemand(at_least=CATALOGUE),
    ),
    Case(
        "what is stated to be unknown is that, however old",
        None,
        Gap.STATED_UNKNOWN,
        general=(claim("training", None, evidence(read="2020-01-01")),),
        demand=EvidenceDemand(max_age_days=365),
    ),
    Case(
        "verification may be demanded",
        None,
        Gap.NOT_VERIFIED,
        general=(training("used"),),
        demand=EvidenceDemand(verified=True),
    ),
    Case(
        "and passes where an identified person checked",
        "used",
        general=(claim("training", "used", evidence(verified="2026-05-02")),),
        demand=EvidenceDemand(verified=True),
    ),
    Case(
        "of two records that say the same, one of our contract is not preferred",
        "used",
        general=(claim("training", "used", OURS), training("used")),
    ),
)


@pytest.mark.parametrize("case", [*DATES, *SCOPES, *DEMANDS], ids=lambda c: c.name)
def test_which_claim_speaks(case: Case) -> None:
    assert_speaks(case)


def test_a_gateway_speaks_of_its_own_hop() -> None:
    known = registry(
        gateway("relay", claim("retention_days", Decimal(0)), adds_hop=True), route(at="relay")
    )
    view = Standpoint(known, NOW)
    assert knowledge(view, known.routes["r"], "relay", "retention_days").value == 0
    assert knowledge(view, known.routes["r"], "acme", "retention_days").gap is Gap.ABSENT


def test_a_model_document_speaks_only_at_the_hop_that_runs_the_model() -> None:
    known = registry(
        provider("acme"),
        provider("below"),
        model("one", training("used")),
        route(below=("below",)),
    )
    view = Standpoint(known, NOW)
    assert knowledge(view, known.routes["r"], "acme", "training").value == "used"
    assert knowledge(view, known.routes["r"], "below", "training").gap is Gap.ABSENT


def test_a_claim_for_other_models_is_not_about_this_one() -> None:
    known = registry(provider("acme", claim("training", "prohibited", covers=("two",))))
    found = knowledge(Standpoint(known, NOW), known.routes["r"], "acme", "training")
    assert found.gap is Gap.ABSENT
