"""Spans of time, the two clocks, and what evidence weighs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from policy_router.domain.claim import Moment, SourceKind, Validity
from policy_router.domain.decision import Digests, Verdict
from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity, Span
from policy_router.domain.policy import PolicySet
from policy_router.domain.price import Window
from policy_router.domain.territory import Confirmation
from tests.small import NOON, decided, evidence, policy, snapshot, utc

BEFORE, AFTER = utc("2026-06-15T11:59"), utc("2026-06-15T12:01")


@pytest.mark.parametrize(
    ("validity", "before", "on", "after"),
    [
        (Validity(), True, True, True),
        (Validity(NOON, None), False, True, True),
        (Validity(None, NOON), True, False, False),
        (Validity(NOON, AFTER), False, True, False),
        (Validity(NOON, NOON), False, False, False),
    ],
)
def test_a_span_includes_its_start_and_not_its_end(
    validity: Validity, before: bool, on: bool, after: bool
) -> None:
    assert [validity.holds(at) for at in (BEFORE, NOON, AFTER)] == [before, on, after]


def test_the_instants_of_a_span_are_where_something_changes() -> None:
    assert Validity(BEFORE, AFTER).instants() == (BEFORE, AFTER)
    assert Validity(BEFORE, None).instants() == (BEFORE,)
    assert Validity().instants() == ()


@pytest.mark.parametrize(
    ("known_at", "recorded", "knows"),
    [
        (None, AFTER, True),
        (NOON, NOON, True),
        (NOON, BEFORE, True),
        (NOON, AFTER, False),
    ],
)
def test_the_second_clock(known_at: object, recorded: object, knows: bool) -> None:
    assert Moment(NOON, known_at).knows(recorded) is knows  # type: ignore[arg-type]


ELSEWHERE = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))


@pytest.mark.parametrize("moment", [Moment(ELSEWHERE, NOON), Moment(NOON, ELSEWHERE)])
def test_both_clocks_run_in_utc(moment: Moment) -> None:
    assert moment == Moment(NOON, NOON)
    assert [i and i.tzinfo for i in (moment.at, moment.known_at)] == [UTC, UTC]


@pytest.mark.parametrize("known_at", [None, NOON])
def test_no_clock_runs_without_a_zone(known_at: datetime | None) -> None:
    nowhere = datetime(2026, 6, 15, 12)  # noqa: DTZ001
    said = "`2026-06-15T12:00:00` has no zone: add one"
    with pytest.raises(ValueError, match=said):
        Moment(nowhere, known_at)
    with pytest.raises(ValueError, match=said):
        Moment(NOON, nowhere)


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        (time(8), time(20), ("08:00", "12:00", "19:59"), ("07:59", "20:00", "23:00")),
        (time(16, 30), time(0, 30), ("16:30", "23:59", "00:00", "00:29"), ("00:30", "16:29")),
        (time(0), time(8), ("00:00", "07:59"), ("08:00", "23:59")),
    ],
)
def test_a_daily_window_may_cross_midnight(
    start: time, end: time, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    window = Window(start, end)
    assert all(window.holds(utc(f"2026-06-15T{at}")) for at in inside)
    assert not any(window.holds(utc(f"2026-06-15T{at}")) for at in outside)


def test_age_counts_from_verification_else_from_reading() -> None:
    assert evidence(read="2026-05-01").fresh_on == date(2026, 5, 1)
    assert evidence(read="2025-05-01", verified="2026-06-01").fresh_on == date(2026, 6, 1)


def test_sources_from_strongest_to_weakest() -> None:
    assert sorted(SourceKind, key=lambda kind: -kind.weight) == [
        SourceKind.SIGNED_CONTRACT,
        SourceKind.ATTESTATION,
        SourceKind.PROVIDER_DOCS,
        SourceKind.GATEWAY_CATALOGUE,
        SourceKind.VENDOR_ANSWER,
        SourceKind.THIRD_PARTY,
        SourceKind.INFERRED,
    ]


def test_law_that_nobody_confirmed_is_not_used() -> None:
    assert [c for c in Confirmation if c.usable] == [
        Confirmation.STORED_SOURCE,
        Confirmation.LEGAL_TEXT_NOT_REREAD,
    ]


def test_only_three_verdicts_let_a_route_through() -> None:
    assert {v for v in Verdict if v.allows} == {
        Verdict.NOT_APPLICABLE,
        Verdict.PASS,
        Verdict.EXCEPTED,
    }


def test_a_decision_knows_its_route_and_its_digests() -> None:
    permitted = decided(policy())
    assert permitted.permitted
    assert permitted.route == "r"
    denied = decided(PolicySet((), digest="sha256:none"))
    assert not denied.permitted
    assert denied.route is None
    assert denied.digests == Digests("sha256:none", "sha256:registry")
    assert snapshot(policy()).digests.registry == "sha256:registry"


def test_errors_are_listed_once_and_in_order() -> None:
    first = Diagnostic("SCH101", Severity.ERROR, "unknown key `x`", Span("a.yaml", 1, 2), "try `y`")
    second = Diagnostic("SCH102", Severity.WARNING, "odd", Span("b.yaml", 3, 4))
    errors = DocumentErrors((second, first, first))
    assert errors.diagnostics == (first, second)
    assert errors.args == ("1 error(s) in documents",)
    assert str(errors) == (
        "a.yaml:1:2: error[SCH101]: unknown key `x` (help: try `y`)\n"
        "b.yaml:3:4: warning[SCH102]: odd"
    )
