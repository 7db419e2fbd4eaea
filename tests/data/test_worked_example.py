"""The four calls that everybody is shown first come out as the docs say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination, Outcome, Reason, Verdict
from policy_router.domain.policy import Mode
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.reference import decide
from policy_router.language.facts import request_facts
from policy_router.store.project import load_project
from tests.data.shipped import ROOT

TODAY = date(2026, 11, 22)
NOON = Moment(datetime(2026, 11, 22, 12, tzinfo=UTC))
O4_MINI = "opper:openai/o4-mini"
PERSONAL = {"model": "openai/o4-mini", "data": ["personal"], "regime": ["eu_gdpr"]}
HEALTH = {
    "model": "openai/o4-mini",
    "data": ["health"],
    "regime": ["eu_gdpr"],
    "purpose": "patient-letters",
    "lawful_basis": "A6-1-b",
    "special_condition": "A9-2-h",
}


@cache
def snapshot(*, example: bool) -> Snapshot:
    path = ROOT / "examples" / "organisation" if example else None
    return load_project(path, today=TODAY, packs=("gdpr",)).snapshot


def decided(request: Mapping[str, object], *, example: bool) -> tuple[RequestFacts, Determination]:
    facts = request_facts(request)
    return facts, decide(snapshot(example=example), facts, NOON)


def blocking(found: Determination) -> dict[str, Verdict]:
    (candidate,) = found.candidates
    return {
        v.rule: v.verdict
        for v in candidate.verdicts
        if v.mode is Mode.ENFORCE and not v.verdict.allows
    }


@pytest.mark.parametrize("example", [False, True])
def test_public_text_is_permitted(*, example: bool) -> None:
    asked = "openai/o4-mini" if example else O4_MINI
    _, found = decided({"model": asked, "data": ["non_personal"]}, example=example)
    assert (found.outcome, found.route) == (Outcome.PERMITTED, O4_MINI)
    assert found.obligations == ()
    (warning,) = found.warnings
    assert "2026-10-23" in warning.message


def test_personal_data_without_contracts_are_denied() -> None:
    facts, found = decided({**PERSONAL, "model": O4_MINI}, example=False)
    assert (found.outcome, found.reason) == (Outcome.DENIED, Reason.NO_COMPLIANT_ROUTE)
    assert blocking(found) == {
        "processor-contract": Verdict.FAIL,
        "transfer-basis": Verdict.UNKNOWN,
        "storage-limit": Verdict.UNKNOWN,
    }
    (route,) = explain(Engine(snapshot(example=False)), facts, found).routes
    assert route.remedies


def test_personal_data_under_contract_are_permitted() -> None:
    _, found = decided(PERSONAL, example=True)
    assert (found.outcome, found.route) == (Outcome.PERMITTED, O4_MINI)
    assert [(o.obligation, o.set) for o in found.obligations] == [
        ("keep-no-state", (("store", False),))
    ]


def test_health_data_are_denied_for_exactly_three_things() -> None:
    facts, found = decided(HEALTH, example=True)
    assert (found.outcome, found.reason) == (Outcome.DENIED, Reason.NO_COMPLIANT_ROUTE)
    assert blocking(found) == {
        "special-categories": Verdict.FAIL,
        "special-categories-stay-and-vanish": Verdict.FAIL,
    }
    (route,) = explain(Engine(snapshot(example=True)), facts, found).routes
    short = {
        s.subject
        for rule in route.rules
        if rule.verdict.mode is Mode.ENFORCE
        for s in rule.shortfalls
    }
    assert short == {"inference_location", "zero_data_retention", "signoff"}


def test_health_data_are_offered_the_own_route_with_the_difference_in_price() -> None:
    facts, found = decided(HEALTH, example=True)
    (offered,) = explain(Engine(snapshot(example=True)), facts, found).alternatives
    assert (offered.route, offered.own) == ("inhouse:assistant-eu", True)
    assert offered.input_difference == Decimal("0.90")
    assert offered.output_difference == Decimal("3.60")
