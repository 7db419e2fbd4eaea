"""Where epochs end: whenever anything that a decision reads becomes known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from policy_router.compiler.epochs import Epochs
from policy_router.domain.claim import Moment
from policy_router.domain.policy import PolicySet
from policy_router.domain.route import LifecycleEvent
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Scope, Suspension
from policy_router.domain.vocabulary import Regime
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOON,
    agreement,
    claim,
    evidence,
    exception,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    signoff,
    snapshot,
    utc,
)
from tests.strategies.law import adequacy

DAY = "2026-06-11"
SAID = claim("training", "prohibited", recorded=DAY)
DECIDED = adequacy("us", Regime.EU_GDPR, Scope.WHOLE, "US")
SUSPENDED = Suspension("stay", ALWAYS_VALID, utc(DAY), "reference", HERE)
RETIRED = LifecycleEvent("retired", NOON, evidence(read=DAY))
WAIVED = PolicySet((policy(),), exceptions=(exception(recorded=DAY),))


@pytest.mark.parametrize(
    "read",
    [
        snapshot(policy(), registry(gateway("hub", SAID))),
        snapshot(policy(), registry(provider("acme", SAID))),
        snapshot(policy(), registry(model("one", SAID))),
        snapshot(policy(), registry(route(hub=(SAID,)))),
        snapshot(policy(), registry(agreement(recorded=DAY))),
        snapshot(policy(), registry(signoff(recorded=DAY))),
        snapshot(policy(), registry(replace(DECIDED, recorded=utc(DAY)))),
        snapshot(policy(), registry(replace(DECIDED, suspensions=(SUSPENDED,)))),
        snapshot(policy(), registry(replace(route(), lifecycle=(RETIRED,)))),
        snapshot(WAIVED),
    ],
    ids=(
        *("gateway", "provider", "model", "route", "agreement", "signoff"),
        *("decision", "suspension", "stage", "exception"),
    ),
)
def test_an_epoch_ends_when_something_becomes_known(read: Snapshot) -> None:
    epochs = Epochs(read)
    learnt = utc(DAY)
    before, then, later = (
        epochs.key(Moment(NOON, learnt + timedelta(seconds=n))) for n in (-1, 0, 1)
    )
    assert before != then == later
