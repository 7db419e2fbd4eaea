"""A decision as JSON: the shape that `decide`, the gateway and the log share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from policy_router.domain.claim import Moment, SourceKind
from policy_router.domain.decision import Used
from policy_router.domain.policy import Matcher, Mode, PolicySet
from policy_router.domain.route import LifecycleEvent
from policy_router.engine.render import decision_json, instant, used_data
from tests.small import (
    NOON,
    claim,
    decided,
    evidence,
    exception,
    facts,
    model,
    obligation,
    policy,
    provider,
    registry,
    route,
    rule,
    utc,
)
from tests.strategies.predicates import names

CONTRACTED = rule(require=names("dpa", Matcher.IS, "in_force"))
WATCHED = rule("watched", require=names("training", Matcher.IS, "prohibited"), mode=Mode.MONITOR)


def test_a_permission() -> None:
    duty = obligation("duty", store=False, tier=Decimal("1.50"), user=None, n=1)
    notice = LifecycleEvent("retired", utc("2026-06-01"), evidence(SourceKind.THIRD_PARTY))
    in_force = PolicySet(
        (policy(CONTRACTED, WATCHED, obligations=(duty,)),),
        exceptions=(exception(),),
        digest="sha256:policies",
    )
    known = registry(
        provider("acme", claim("dpa", "available")), replace(route(), lifecycle=(notice,))
    )
    asked = replace(facts(data=("personal",)), base=facts(), declared=("data",))
    found = decided(in_force, known, asked, Moment(NOON, utc("2026-06-01")))
    excepted = {
        "policy": "policy",
        "rule": "rule",
        "mode": "enforce",
        "verdict": "excepted",
        "exception": "waiver",
    }
    watched = {"policy": "policy", "rule": "watched", "mode": "monitor", "verdict": "unknown"}
    notice_of = "a third party lists it as retired since 2026-06-01 (third_party 2026-05-01)"
    assert json.loads(decision_json(found)) == {
        "at": "2026-06-15T12:00:00Z",
        "known_at": "2026-06-01T00:00:00Z",
        "requested": "one",
        "outcome": "permitted",
        "reason": None,
        "route": "r",
        "chain": ["r"],
        "substituted": False,
        "obligations": [
            {
                "policy": "policy",
                "obligation": "duty",
                "set": {"store": False, "tier": "1.50", "user": None, "n": 1},
            }
        ],
        "monitor": [watched],
        "warnings": [{"about": "r", "message": notice_of}],
        "details": [],
        "missing": [],
        "declared": ["data"],
        "candidates": [
            {"route": "r", "permitted": True, "unsuitable": [], "verdicts": [excepted, watched]}
        ],
        "digests": {"policies": "sha256:policies", "registry": "sha256:registry"},
    }


def test_a_denial() -> None:
    found = json.loads(decision_json(decided(policy(rule(needs=("purpose",))))))
    assert found["outcome"] == "denied"
    assert found["reason"] == "facts_missing"
    assert (found["route"], found["chain"], found["missing"]) == (None, [], ["purpose"])
    said = "`purpose` is not known: needed by policy/rule"
    assert found["details"] == [{"about": "purpose", "message": said}]


def test_a_route_that_is_not_suitable() -> None:
    asked = facts(None, features=("tools",))
    known = registry(model(), route("a"))
    (found,) = json.loads(decision_json(decided(policy(), known, asked)))["candidates"]
    assert found == {
        "route": "a",
        "permitted": False,
        "unsuitable": ["feature `tools` is not offered"],
        "verdicts": [],
    }


def test_keys_are_sorted_on_one_line_and_names_stay_as_they_are() -> None:
    text = decision_json(decided(policy(), asked=facts("modèle")))
    assert "\n" not in text
    assert "modèle" in text
    assert text == json.dumps(
        json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOON, "2026-06-15T12:00:00Z"),
        (NOON + timedelta(microseconds=5), "2026-06-15T12:00:00.000005Z"),
        (datetime(2026, 6, 15, 14, tzinfo=timezone(timedelta(hours=2))), "2026-06-15T12:00:00Z"),
    ],
)
def test_instants_are_in_utc(at: datetime, text: str) -> None:
    assert instant(at) == text


def test_what_stands_behind_a_permission_is_named_by_kind() -> None:
    assert used_data(Used(("EEA",), ("waiver",), ("dpa",), ("tia", "dpia"))) == {
        "agreements": ["dpa"],
        "exceptions": ["waiver"],
        "signoffs": ["tia", "dpia"],
        "secondary_readings_of_law": ["EEA"],
    }
