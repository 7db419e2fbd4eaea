"""What did it, where no claim of a party accounts for it: prices, stages, dates and scopes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.differences import CauseKind, Since
from policy_router.audit.dossier.shape import plain, read
from policy_router.domain.claim import Moment, Validity
from policy_router.domain.policy import Matcher, Policy
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.price import PriceTable
from policy_router.domain.registry import Registry
from policy_router.domain.route import LifecycleEvent
from policy_router.domain.snapshot import Snapshot
from tests.small import HERE, claim, evidence, policy, provider, registry, rule, snapshot, utc
from tests.unit.audit.test_since import GOOD, TRAINS, is_, of, reported


def _since(before: Snapshot, after: Snapshot) -> Since:
    since = reported(after, read(Dossier, plain(reported(before)))).since
    assert since is not None
    return since


def _as_route(**changes: Any) -> Registry:  # noqa: ANN401 - any part
    found = registry(provider("acme", GOOD))
    return replace(found, routes={"r": replace(found.routes["r"], **changes)})


def _priced(amount: int) -> Registry:
    listed = replace(evidence(), reference="price list")
    amounts = (("output", Decimal(amount)),)
    return _as_route(prices=(PriceTable("USD", amounts, Validity(), listed, HERE),))


_DEAR = policy(rule(require=Comparison("price.output", Matcher.AT_MOST, (), Decimal(10), HERE)))
_RETIRING = LifecycleEvent("retired", utc("2026-01-01"), evidence())


def test_a_price_that_is_another_is_named_with_its_source_its_rule_and_its_document() -> None:
    since = _since(snapshot(_DEAR, _priced(8)), snapshot(_DEAR, _priced(12)))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert (cause.kind, cause.about, cause.attribute) == (CauseKind.FACT, "r", "price.output")
    for said, told in (
        (cause.before, ("8.00 USD", "policy/rule: met", "price list")),
        (cause.after, ("12.00 USD", "policy/rule: not met", "price list")),
    ):
        assert said is not None
        assert all(part in said for part in told)
    assert [(d.kind, d.id, d.what) for d in since.documents] == [("route", "r", "prices")]


def test_what_changes_no_permission_of_a_route_is_no_changed_document() -> None:
    since = _since(snapshot(_DEAR, _priced(8)), snapshot(_DEAR, _priced(9)))
    assert (since.turns, since.documents) == ((), ())


_ASKING = rule(require=is_("training", "used"))


@pytest.mark.parametrize(
    ("narrow", "what"),
    [
        (policy(replace(_ASKING, when=is_("tenant", "zzz"))), "when"),
        (policy(replace(_ASKING, when=is_("purpose", "sales"))), "when"),
    ],
)
def test_a_rule_that_applies_to_other_requests(narrow: Policy, what: str) -> None:
    since = _since(snapshot(narrow, of(GOOD)), snapshot(policy(_ASKING), of(GOOD)))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert (cause.kind, cause.attribute) == (CauseKind.POLICY, what)
    assert "policy" in cause.about
    assert what in {d.what for d in since.documents}


def test_a_policy_that_is_about_other_requests() -> None:
    narrow = replace(TRAINS, scope=is_("purpose", "sales"))
    since = _since(snapshot(narrow, of(GOOD)), snapshot(TRAINS, of(GOOD)))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert (cause.kind, cause.about, cause.attribute) == (CauseKind.POLICY, "policy", "scope")


def test_verdicts_are_told_in_words() -> None:
    more = policy(*TRAINS.rules, rule("new", require=is_("training", "used")))
    since = _since(snapshot(TRAINS, of(GOOD)), snapshot(more, of(GOOD)))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert (cause.before, cause.after) == (None, "not met")


def test_a_claim_whose_last_day_passed_is_said_to_have_lapsed() -> None:
    dated = claim("training", "prohibited", valid=Validity(end=utc("2026-12-02")))
    found = snapshot(TRAINS, of(dated))
    since = reported(found, reported(found), Moment(utc("2026-12-03"))).since
    assert since is not None
    ((cause,),) = (turn.causes for turn in since.turns)
    assert cause.after is not None
    assert "lapsed" in cause.after
    assert "until 2026-12-01" in cause.after


def test_a_claim_that_was_removed_did_not_lapse() -> None:
    since = _since(snapshot(TRAINS, of(GOOD)), snapshot(TRAINS, of()))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert "lapsed" not in (cause.after or "")


@pytest.mark.parametrize("changes", [{"stage": "retired"}, {"lifecycle": (_RETIRING,)}])
def test_what_stood_in_the_way_before_any_rule(changes: dict[str, Any]) -> None:
    since = _since(snapshot(TRAINS, _as_route()), snapshot(TRAINS, _as_route(**changes)))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert (cause.kind, cause.about, cause.attribute) == (CauseKind.ROUTE, "r", "stage")
    assert (cause.before, (cause.after or "")[:7]) == ("ga", "retired")
    assert [(d.kind, d.id, d.what) for d in since.documents] == [("route", "r", *changes)]
