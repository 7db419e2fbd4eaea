"""What did it, where no claim of a party accounts for it: prices, stages, dates and scopes."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from policy_router.audit.dossier.causes import PLACES
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.differences import CauseKind, Since
from policy_router.audit.dossier.shape import plain, read
from policy_router.domain.claim import EvidenceDemand, Moment, Validity
from policy_router.domain.policy import Matcher, Policy
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.price import PriceTable
from policy_router.domain.registry import Registry
from policy_router.domain.route import LifecycleEvent
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Adequacy, Confirmation, Scope, Suspension
from policy_router.domain.vocabulary import Regime
from policy_router.registry.transfer import PLACE_ATTRIBUTES
from policy_router.report.dossier.data import read_report, report_json
from policy_router.report.dossier.findings import reasons
from policy_router.report.dossier.looked import Looked
from policy_router.report.dossier.registers import transfers
from tests.small import (
    HERE,
    agreement,
    claim,
    evidence,
    places,
    policy,
    provider,
    registry,
    rule,
    snapshot,
    utc,
)
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


_SAID: dict[str, Any] = {
    **{name: places("DE") for name in PLACE_ATTRIBUTES},
    "retention_days": Decimal(30),
}
_AT_HOME = policy(rule(require=is_("transfer_basis.eu_gdpr", "not_a_transfer")))
_ENDS = Validity(end=utc("2026-12-02"))


def _told_when(lapsing: str, ends: Validity, **otherwise: Any) -> list[str]:  # noqa: ANN401
    """What is told of places a day after an end, where a claim about `lapsing` has it."""
    values = {**_SAID, **otherwise}
    told = [
        claim(name, value, valid=ends if name == lapsing else Validity())
        for name, value in values.items()
    ]
    found = snapshot(_AT_HOME, registry(provider("acme", *told)))
    earlier = read_report(report_json(reported(found)))
    since = reported(found, earlier, Moment(utc("2026-12-03"))).since
    assert since is not None
    return [c.after or "" for t in since.turns for c in t.causes if c.attribute == PLACES]


@pytest.mark.parametrize("name", PLACE_ATTRIBUTES)
def test_a_lapsed_claim_about_places_is_told_with_what_it_said_and_until_when(name: str) -> None:
    (after,) = _told_when(name, _ENDS)
    assert "not known (lapsed: DE, provider docs" in after
    assert "until 2026-12-01)" in after


@pytest.mark.parametrize(
    ("public", "said"),
    [({}, "not known"), ({name: places("US") for name in PLACE_ATTRIBUTES}, "US")],
    ids=["nothing else", "other places"],
)
def test_places_that_go_with_a_contract_are_told_with_its_name(
    public: dict[str, Any], said: str
) -> None:
    """Not with the kind of cause alone: which of the contracts ended is what a reader asks."""
    valid = Validity(end=utc("2026-12-02"))
    contracts = (
        agreement("hosting", valid=valid, **_SAID),
        agreement("another", valid=valid, training="prohibited"),
    )
    told = (claim(name, value) for name, value in public.items())
    found = snapshot(_AT_HOME, registry(provider("acme", *told), *contracts))
    earlier = read_report(report_json(reported(found)))
    since = reported(found, earlier, Moment(utc("2026-12-03"))).since
    assert since is not None
    (cause,) = (c for t in since.turns for c in t.causes if c.attribute == PLACES)
    assert cause.kind is CauseKind.AGREEMENT
    assert (cause.before, (cause.after or "")[: len(said)]) == ("DE (hosting)", said)
    assert "another" not in f"{cause.before}{cause.after}"


def test_a_contract_whose_reading_is_too_old_is_named_on_both_sides() -> None:
    at_home = is_("transfer_basis.eu_gdpr", "not_a_transfer")
    rules = policy(rule(require=at_home, demand=EvidenceDemand(max_age_days=365)))
    found = snapshot(rules, registry(provider("acme"), agreement("hosting", **_SAID)))
    earlier = read_report(report_json(reported(found)))
    since = reported(found, earlier, Moment(utc("2028-12-03"))).since
    assert since is not None
    (cause,) = (c for t in since.turns for c in t.causes if c.attribute == PLACES)
    assert (cause.before, cause.after) == ("DE (hosting)", "not known (hosting)")


def test_that_nothing_is_kept_may_lapse_too() -> None:
    (after,) = _told_when("retention_days", _ENDS, retention_days=Decimal(0), storage_location=None)
    assert "not known (lapsed: 0, provider docs" in after
    assert "until 2026-12-01)" in after


def test_a_place_whose_claim_ended_before_the_report_did_not_lapse_since() -> None:
    before = Validity(end=utc("2026-03-01"))
    assert not any("lapsed" in after for after in _told_when("inference_location", before))


def test_a_report_that_tells_no_ends_is_read_and_no_document_differs_for_it() -> None:
    told = [claim(name, value, valid=_ENDS) for name, value in _SAID.items()]
    found = snapshot(_AT_HOME, registry(provider("acme", *told)))
    data = json.loads(report_json(reported(found)))
    assert [part for part in data["parts"] if part.pop("endings", None)]
    since = reported(found, read_report(json.dumps(data)), Moment(utc("2026-12-03"))).since
    assert since is not None
    assert since.documents == ()
    assert "lapsed" in str(since.turns)


@pytest.mark.parametrize("changes", [{"stage": "retired"}, {"lifecycle": (_RETIRING,)}])
def test_what_stood_in_the_way_before_any_rule(changes: dict[str, Any]) -> None:
    since = _since(snapshot(TRAINS, _as_route()), snapshot(TRAINS, _as_route(**changes)))
    ((cause,),) = (turn.causes for turn in since.turns)
    assert (cause.kind, cause.about, cause.attribute) == (CauseKind.ROUTE, "r", "stage")
    assert (cause.before, (cause.after or "")[:7]) == ("ga", "retired")
    assert [(d.kind, d.id, d.what) for d in since.documents] == [("route", "r", *changes)]


# ---- law -----------------------------------------------------------------------------------------


def _adequate() -> Registry:
    """A party in Switzerland, and a decision about it that a court stops in July 2026."""
    stop = Suspension("stop", Validity(utc("2026-07-01")), utc("2026-06-01"), "a court", HERE)
    law = Adequacy(
        id="eu-ch",
        regime=Regime.EU_GDPR,
        countries=frozenset({"CH"}),
        territory=None,
        scope=Scope.WHOLE,
        conditions=frozenset(),
        extension=None,
        instrument="2000/518",
        validity=Validity(utc("2000-07-26")),
        recorded=utc("2026-01-02"),
        confirmation=Confirmation.STORED_SOURCE,
        at_risk=None,
        sources=("the journal",),
        span=HERE,
        suspensions=(stop,),
    )
    attributes = ("inference_location", "storage_location", "support_location")
    told = [claim(name, places("CH")) for name in (*attributes, "provider_jurisdiction")]
    return replace(registry(provider("acme", *told)), adequacy=(law,))


_EXPORTS = policy(rule(require=is_("transfer_basis.eu_gdpr", "adequacy")))


def test_a_decision_that_is_suspended_by_date_is_named_with_what_suspends_it() -> None:
    found = snapshot(_EXPORTS, _adequate())
    since = reported(found, reported(found), Moment(utc("2026-07-01"))).since
    assert since is not None
    ((cause,),) = ([c for c in turn.causes if c.about == "eu-ch"] for turn in since.turns)
    assert (cause.kind, cause.before) == (CauseKind.LAW, "2000/518: in force, without end")
    assert cause.after == "2000/518: suspended by `stop` from 2026-07-01 without end (a court)"
    assert since.states == (cause,)


def test_a_permission_by_a_decision_leads_to_it() -> None:
    found = reported(snapshot(_EXPORTS, _adequate()))
    told = "an adequacy decision (`eu-ch`, 2000/518, the journal, on file since 2026-01-02)"
    assert told in transfers(Looked(found)).rows[0]
    assert told in str(reasons(Looked(found)).rows)


def test_where_a_decision_gives_no_basis_none_is_named() -> None:
    found = reported(snapshot(_EXPORTS, _adequate()), None, Moment(utc("2026-07-01")))
    assert {t.decisions for t in found.transfers} == {()}


def test_a_report_that_tells_of_no_law_is_read_and_compared() -> None:
    found = snapshot(_EXPORTS, _adequate())
    data = json.loads(report_json(reported(found)))
    del data["report"]["law"]
    for finding in data["findings"]:
        for place in (p for demand in finding["demands"] for p in demand["places"]):
            place.pop("decisions", None)
    for transfer in data["report"]["transfers"]:
        transfer.pop("decisions", None)
    for document in data["report"]["documents"]:
        document["parts"] = [data["parts"][number] for number in document["parts"]]
    old = read_report(json.dumps({**data, "format": 3}))
    since = reported(found, old, Moment(utc("2026-07-01"))).since
    assert since is not None
    assert since.states == ()
    assert {c.kind for turn in since.turns for c in turn.causes} == {CauseKind.LAW}
