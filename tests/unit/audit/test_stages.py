"""The stage of a route in words: no list calls ready what somebody says is on its way out."""

from __future__ import annotations

import pytest

from policy_router.audit.stages import is_fading, stage_said
from policy_router.domain.claim import SourceKind
from policy_router.domain.route import Route
from tests.small import NOW, evidence
from tests.unit.registry.test_lifecycle import event, staged

RUMOUR = SourceKind.THIRD_PARTY
SAYS = f"says {evidence().reference}"
IS_SAID = f"says {evidence(RUMOUR).reference}"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (staged("ga"), None),
        (staged(None), None),
        (
            staged("ga", event("deprecated", kind=RUMOUR)),
            f"ga; deprecated (from 2026-06-01, {IS_SAID})",
        ),
        (
            staged(None, event("deprecated", "2026-12-01", kind=RUMOUR)),
            f"not known; deprecated (from 2026-12-01, {IS_SAID})",
        ),
        (
            staged("ga", event("retired", "2026-12-01"), event("deprecated")),
            f"deprecated (from 2026-06-01, {SAYS}); retired (from 2026-12-01, {SAYS})",
        ),
        (
            staged("ga", event("preview", "2026-01-01"), event("ga")),
            f"ga (from 2026-06-01, {SAYS})",
        ),
        (
            staged("ga", event("ga"), event("deprecated", "2026-01-01", kind=RUMOUR)),
            f"deprecated (from 2026-01-01, {IS_SAID}); ga (from 2026-06-01, {SAYS})",
        ),
    ],
    ids=(
        "nobody says more",
        "nobody says anything",
        "a third party says it is",
        "a third party says it will be",
        "its own word now and later",
        "what it said before is over",
        "each side says its own",
    ),
)
def test_what_is_said_of_a_stage(known: Route, said: str | None) -> None:
    assert stage_said(known, NOW) == said


@pytest.mark.parametrize(
    ("routes", "fading"),
    [
        ([], False),
        ([staged("ga")], False),
        ([staged("deprecated")], True),
        ([staged("ga", event("deprecated", kind=RUMOUR))], True),
        ([staged("ga", event("deprecated", "2026-12-01", kind=RUMOUR))], False),
        ([staged("ga", event("retired")), staged("ga")], False),
        ([staged("ga", event("retired")), staged("deprecated")], True),
    ],
)
def test_a_model_is_on_its_way_out_when_all_its_routes_are(
    routes: list[Route], *, fading: bool
) -> None:
    assert is_fading(routes, NOW) is fading
