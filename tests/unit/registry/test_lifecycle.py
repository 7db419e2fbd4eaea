"""The stage of a route: what its provider or gateway says, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import Moment, SourceKind
from policy_router.domain.route import LifecycleEvent, Route
from policy_router.registry.lifecycle import notices, stage_at, stage_event
from tests.small import NOON, NOW, evidence, route, utc

OWN = (
    SourceKind.SIGNED_CONTRACT,
    SourceKind.ATTESTATION,
    SourceKind.PROVIDER_DOCS,
    SourceKind.GATEWAY_CATALOGUE,
    SourceKind.VENDOR_ANSWER,
)


def event(
    stage: str = "retired",
    start: str = "2026-06-01",
    kind: SourceKind = SourceKind.PROVIDER_DOCS,
    read: str = "2026-05-01",
) -> LifecycleEvent:
    return LifecycleEvent(stage, utc(start), evidence(kind, read=read), "two")


def staged(stage: str | None, *events: LifecycleEvent) -> Route:
    return replace(route(), stage=stage, lifecycle=events)


@pytest.mark.parametrize(
    ("known", "moment", "stage"),
    [
        (staged("ga"), NOW, "ga"),
        (staged(None), NOW, None),
        (staged("retired"), NOW, "retired"),
        (staged("ga", event()), NOW, "retired"),
        (staged("ga", event(start="2026-06-15T12:00")), NOW, "retired"),
        (staged("ga", event(start="2026-06-15T12:01")), NOW, "ga"),
        (staged(None, event("deprecated")), NOW, "deprecated"),
        (staged("ga", event("deprecated", "2026-01-01"), event()), NOW, "retired"),
        (staged("ga", event(), event("deprecated", "2026-01-01")), NOW, "retired"),
        (staged("ga", event(start="2026-01-01"), event("ga")), NOW, "ga"),
        (staged("ga", event("deprecated"), event()), NOW, "retired"),
        (staged("ga", event(), event("deprecated")), NOW, "retired"),
        (staged("ga", event(read="2026-06-02")), Moment(NOON, utc("2026-06-01")), "ga"),
        (staged("ga", event(read="2026-06-02")), Moment(NOON, utc("2026-06-02")), "retired"),
        (staged("ga", event(kind=SourceKind.THIRD_PARTY)), NOW, "ga"),
        (staged("ga", event(kind=SourceKind.INFERRED)), NOW, "ga"),
    ],
    ids=(
        "as stated",
        "not stated",
        "stated retired",
        "retired since",
        "retired this instant",
        "to be retired",
        "deprecated",
        "the latest change",
        "the latest change, written first",
        "taken back",
        "two of one day",
        "two of one day, the other way round",
        "not yet read",
        "read that day",
        "a third party's word",
        "a guess",
    ),
)
def test_stage(known: Route, moment: Moment, stage: str | None) -> None:
    assert stage_at(known, moment) == stage


@pytest.mark.parametrize("kind", SourceKind)
def test_only_the_providers_or_gateways_own_statement_retires(kind: SourceKind) -> None:
    known = staged("ga", event(kind=kind))
    assert (stage_at(known, NOW) == "retired") is (kind in OWN)
    assert bool(notices(known, NOW)) is (kind not in OWN)
    assert (stage_event(known, NOW) is None) is (kind not in OWN)


def test_a_notice_takes_effect_when_it_says_and_is_known_when_it_was_read() -> None:
    later = event(start="2026-06-16", kind=SourceKind.THIRD_PARTY)
    unread = event(kind=SourceKind.THIRD_PARTY, read="2026-06-10")
    assert notices(staged("ga", later), NOW) == ()
    assert notices(staged("ga", unread), Moment(NOON, utc("2026-06-09"))) == ()
    assert notices(staged("ga", unread), NOW) == (unread,)
