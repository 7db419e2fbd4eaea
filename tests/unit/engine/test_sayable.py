"""What could be said of an attribute at a hop, by whom, and who would lose by it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import NO_DEMAND, ClaimValue, EvidenceDemand
from policy_router.domain.policy import Matcher, Rule
from policy_router.domain.registry import Registry
from policy_router.engine.marks import Marks
from policy_router.engine.question import Question
from policy_router.engine.sayable import Offer, Sayable
from policy_router.engine.setwise import Bounds
from tests.explained import CONTRACTED, DE, IS, NOTHING_KEPT, PERSONAL, UNTRAINED, WITHIN, firm
from tests.small import (
    NOW,
    agreement,
    claim,
    evidence,
    model,
    places,
    policy,
    provider,
    registry,
    snapshot,
)
from tests.strategies.predicates import bound, names

YOUNG = EvidenceDemand(max_age_days=365)
OLD = evidence(read="2020-01-01")
OPTED_OUT = names("training", IS, "opted_out")
STORED = names("storage_location", WITHIN, "EEA")
KEPT = bound("retention_days", Matcher.ABOVE, Decimal(0))
US = places("US")
FIRST, SECOND = ("policy", "0"), ("policy", "1")


def sayable(known: Registry, *rules: Rule) -> Sayable:
    q = Question(snapshot(policy(), known), PERSONAL, NOW)
    marks = Marks(q, {("policy", str(n)): rule for n, rule in enumerate(rules)}, ())
    return Sayable(q, marks, Bounds(10, 256))


def offered(known: Registry, attribute: str, *rules: Rule) -> Offer:
    """What could be said of the provider; it must be of some use."""
    found = sayable(known, *rules).offer("acme", attribute)
    assert found is not None
    return found


def test_what_is_not_known_may_be_signed_or_shown() -> None:
    found = offered(registry(), "training", firm(require=UNTRAINED))
    assert found == Offer(("prohibited",), True, ("prohibited",), None, moves=False)


def test_what_is_known_otherwise_can_only_be_signed() -> None:
    known = registry(provider("acme", claim("training", "used")))
    found = offered(known, "training", firm(require=UNTRAINED))
    assert found == Offer(("prohibited",), True, (), None, moves=False)


@pytest.mark.parametrize("value", ["prohibited", None])
def test_what_is_of_no_use_is_not_offered(value: ClaimValue | None) -> None:
    known = registry(provider("acme", claim("training", value)))
    wanted = () if value is None else (firm(require=UNTRAINED),)
    assert sayable(known, *wanted).offer("acme", "training") is None


def test_a_contract_is_signed_and_never_shown() -> None:
    assert offered(registry(), "dpa", firm(require=CONTRACTED)).shown == ()


@pytest.mark.parametrize("seat", ["provider_jurisdiction", "parent_jurisdiction"])
def test_no_company_moves_for_a_contract(seat: str) -> None:
    wanted = firm(require=names(seat, WITHIN, "EEA"))
    abroad = registry(provider("acme", claim(seat, US)))
    assert sayable(abroad, wanted).offer("acme", seat) is None
    unknown = offered(registry(), seat, wanted)
    assert unknown.signed
    assert unknown.shown == (DE,)


def test_no_contract_says_where_the_maker_of_a_model_is() -> None:
    wanted = firm(require=names("maker_jurisdiction", WITHIN, "EEA"))
    found = sayable(registry(), wanted).offer("maker", "maker_jurisdiction")
    assert found == Offer((DE,), False, (DE,), None, moves=False)
    abroad = registry(model("one", claim("maker_jurisdiction", US)))
    assert sayable(abroad, wanted).offer("maker", "maker_jurisdiction") is None


def test_a_claim_that_is_too_old_and_useful_may_be_verified() -> None:
    old = claim("training", "prohibited", OLD)
    found = offered(
        registry(provider("acme", old)), "training", firm(require=UNTRAINED, demand=YOUNG)
    )
    assert found == Offer(("prohibited",), True, (), old, moves=False)


def test_a_claim_that_is_too_old_and_of_no_use_is_not_verified() -> None:
    known = registry(provider("acme", claim("training", "used", OLD)))
    found = offered(known, "training", firm(require=UNTRAINED, demand=YOUNG))
    assert (found.again, found.shown) == (None, ("prohibited",))


def test_what_an_agreement_says_is_not_verified() -> None:
    held = agreement(training="prohibited", of=OLD)
    found = offered(registry(held), "training", firm(require=UNTRAINED, demand=YOUNG))
    assert found.again is None


def test_evidence_may_show_more_than_is_known_to_one_of_two_rules() -> None:
    known = registry(provider("acme", claim("training", "used", OLD)))
    lenient, strict = firm(require=UNTRAINED), firm(require=UNTRAINED, demand=YOUNG)
    assert offered(known, "training", lenient, strict).shown == ("prohibited",)
    assert offered(known, "training", lenient).shown == ()


def test_what_a_rule_has_already_may_be_left_unsaid() -> None:
    known = registry(provider("acme", claim("training", "opted_out")))
    rules = firm(require=UNTRAINED), firm(require=OPTED_OUT)
    assert offered(known, "training", *rules).values == ("prohibited", None)
    assert offered(known, "training", rules[0]).values == ("prohibited",)


def test_what_may_be_verified_is_offered_beside_what_may_be_signed() -> None:
    old = claim("training", "opted_out", OLD)
    rules = (firm(require=UNTRAINED), firm(require=OPTED_OUT, demand=YOUNG))
    found = offered(registry(provider("acme", old)), "training", *rules)
    assert found == Offer(("prohibited", "opted_out"), True, ("prohibited",), old, moves=False)


def test_a_rule_loses_by_what_is_worse_for_it() -> None:
    known = registry(provider("acme", claim("training", "opted_out")))
    here = sayable(known, firm(require=UNTRAINED), firm(require=OPTED_OUT))
    found = here.offer("acme", "training")
    assert found is not None
    assert list(here.losing("acme", "training", found)) == [SECOND]
    kept = replace(found, values=(None,))
    assert list(here.losing("acme", "training", kept)) == []
    verified = replace(kept, again=claim("training", "used"))
    assert list(here.losing("acme", "training", verified)) == [SECOND]


@pytest.mark.parametrize(
    ("kept", "value"),
    [
        ((NOTHING_KEPT,), places()),
        ((claim("retention_days", Decimal(9)),), US),
    ],
)
def test_where_nothing_is_kept_nothing_is_stored(
    kept: tuple[object, ...], value: ClaimValue
) -> None:
    known = registry(provider("acme", claim("storage_location", US), *kept))  # type: ignore[arg-type]
    assert sayable(known).known(NO_DEMAND, "acme", "storage_location") == value


def test_a_place_of_storage_counts_once_something_is_kept() -> None:
    """One rule has data kept: then where it is stored matters to the other."""
    known = registry(provider("acme", claim("storage_location", US), NOTHING_KEPT))
    found = offered(known, "storage_location", firm(require=KEPT), firm(require=STORED))
    assert found.values == (DE,)


def test_what_would_hold_of_a_known_place_were_data_kept_may_be_lost() -> None:
    known = registry(provider("acme", claim("storage_location", US), NOTHING_KEPT))
    there = names("storage_location", Matcher.INCLUDES, "US")
    here = sayable(known, firm(require=STORED), firm(require=there))
    found = here.offer("acme", "storage_location")
    assert found is not None
    assert found.values == (US, DE, None)
    assert list(here.losing("acme", "storage_location", found)) == [FIRST, SECOND]


def test_a_known_place_is_moved_for_transfers_alone() -> None:
    transfer = names("transfer_basis.eu_gdpr", IS, "not_a_transfer")
    strict = firm(require=transfer, demand=YOUNG)
    asked = firm(require=names("inference_location", WITHIN, "EEA", "US"))
    fresh = registry(provider("acme", claim("inference_location", US)))
    assert offered(fresh, "inference_location", firm(require=transfer)).moves
    assert not offered(fresh, "inference_location", firm(require=transfer), asked).moves
    old = registry(provider("acme", claim("inference_location", US, OLD)))
    assert not offered(old, "inference_location", firm(require=transfer), strict).moves
    anywhere = registry(provider("acme", claim("inference_location", places("GLOBAL"))))
    assert not offered(anywhere, "inference_location", firm(require=transfer)).moves
