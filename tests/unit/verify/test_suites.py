"""A case passes if, and only if, everything it expects is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policy_router.domain.decision import (
    Candidate,
    Determination,
    Digests,
    Outcome,
    Reason,
    RuleVerdict,
    Verdict,
)
from policy_router.domain.organisation import Expectation
from policy_router.domain.policy import Mode
from policy_router.verify.suites import Difference, differences


def _verdict(rule: str, verdict: Verdict) -> RuleVerdict:
    return RuleVerdict("gdpr", rule, Mode.ENFORCE, verdict)


PERMITTED = Determination(
    at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    known_at=None,
    requested="m",
    outcome=Outcome.PERMITTED,
    reason=None,
    chain=("a", "b"),
    substituted=False,
    obligations=(),
    monitor=(),
    warnings=(),
    details=(),
    missing=(),
    declared=(),
    candidates=(
        Candidate(
            "a", True, (), (_verdict("one", Verdict.PASS), _verdict("two", Verdict.EXCEPTED))
        ),
        Candidate(
            "c", False, (), (_verdict("one", Verdict.FAIL), _verdict("two", Verdict.UNKNOWN))
        ),
    ),
    digests=Digests("sha256:0", "sha256:1"),
)
DENIED = replace(
    PERMITTED,
    outcome=Outcome.DENIED,
    reason=Reason.FACTS_MISSING,
    chain=(),
    missing=("purpose", "regime"),
)


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        (Expectation("permitted"), PERMITTED),
        (Expectation("permitted", route="a", chain=("a", "b")), PERMITTED),
        (Expectation("permitted", fails=("gdpr/one",), unknown=("gdpr/two",)), PERMITTED),
        (Expectation("permitted", excepted=("gdpr/two",)), PERMITTED),
        (Expectation("denied", reason="facts_missing", missing=("regime",)), DENIED),
    ],
)
def test_what_is_as_expected_passes(expect: Expectation, found: Determination) -> None:
    assert list(differences(expect, found)) == []


@pytest.mark.parametrize(
    ("expect", "found", "difference"),
    [
        (Expectation("denied"), PERMITTED, Difference("outcome", "denied", "permitted")),
        (
            Expectation("denied", reason="retired"),
            DENIED,
            Difference("reason", "retired", "facts_missing"),
        ),
        (Expectation("permitted", route="b"), PERMITTED, Difference("route", "b", "a")),
        (
            Expectation("permitted", chain=("b", "a")),
            PERMITTED,
            Difference("chain", "b, a", "a, b"),
        ),
        (
            Expectation("permitted", fails=("gdpr/two",)),
            PERMITTED,
            Difference("fails", "gdpr/two", "unknown, excepted"),
        ),
        (
            Expectation("permitted", unknown=("gdpr/three",)),
            PERMITTED,
            Difference("unknown", "gdpr/three", "nothing"),
        ),
        (
            Expectation("permitted", excepted=("gdpr/one",)),
            PERMITTED,
            Difference("excepted", "gdpr/one", "pass, fail"),
        ),
        (
            Expectation("denied", missing=("purpose", "tenant")),
            DENIED,
            Difference("missing", "purpose, tenant", "purpose, regime"),
        ),
    ],
)
def test_what_is_not_as_expected_is_told(
    expect: Expectation, found: Determination, difference: Difference
) -> None:
    assert list(differences(expect, found)) == [difference]


def test_all_differences_are_told_at_once() -> None:
    expect = Expectation("permitted", route="a", fails=("gdpr/none",))
    assert [d.about for d in differences(expect, DENIED)] == ["outcome", "route", "fails"]
